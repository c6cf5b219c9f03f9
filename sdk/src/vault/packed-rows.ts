import type { Table } from "dexie";

/**
 * Rows that came many at a time, many to a row. Each row that IndexedDB is given is a message to another process and an entry of its own in a
 * tree there, which costs ten times what its bytes do: a hundred thousand rows of a vault that a new device takes in are a few thousand
 * messages this way.
 *
 * A row stands in one place, alone in its table or on one page: who changes a row of a page takes it out of there, and it stands alone from
 * then on (or on a new page, among the many that were changed with it). What goes leaves no bytes on a page.
 */
export interface PageRow<T> {
  /** Given by the database. */
  readonly n?: number;
  /** What `find` looks for: `name:value` for every index of every row. */
  readonly keys: readonly string[];
  readonly rows: readonly T[];
}

/** All of it works inside a transaction over both tables. */
export interface PackedTable<T> {
  /** Rows of which the index has one of these values. */
  find(index: string, values: readonly string[]): Promise<readonly T[]>;
  /** Of which the index has a value that begins so. */
  findNamed(index: string, prefix: string): Promise<readonly T[]>;
  all(): Promise<readonly T[]>;
  /** Rows in the place of those that are the same ones. */
  put(rows: readonly T[]): Promise<void>;
  /** Rows of which the caller knows that they are not there: nothing is looked up. */
  add(rows: readonly T[]): Promise<void>;
  /** Rows whose `main` index has one of these values. */
  remove(values: readonly string[]): Promise<void>;
  clear(): Promise<void>;
}

export interface PackedTableDeps<T, Key> {
  readonly table: Table<T, Key>;
  readonly pages: Table<PageRow<T>, number>;
  /** The values of a row by index. */
  readonly indexes: Readonly<Record<string, (row: T) => readonly string[]>>;
  /** The index by which a row is looked up that is to be put: few rows share a value of it. */
  readonly main: string;
  /** Which row it is. */
  readonly idOf: (row: T) => string;
  /** So many rows at least come onto pages. */
  readonly packFrom?: number;
}

/** Rows of a page: one that is changed has the others written again. */
const PAGE_ROWS = 64;
/** A range is read as a whole while it holds at most so many times as many keys as are asked for. */
const CLOSE = 2;
/** Fewer keys are asked for one by one. */
const FEW = 8;

export function createPackedTable<T, Key>(deps: PackedTableDeps<T, Key>): PackedTable<T> {
  const { table, pages, indexes, main, idOf, packFrom = PAGE_ROWS } = deps;
  const valuesOf = (index: string, row: T): readonly string[] => indexes[index]?.(row) ?? [];
  const mainOf = (rows: readonly T[]): string[] => rows.flatMap((row) => valuesOf(main, row));

  return {
    async find(index, values) {
      const wanted = new Set(values);
      const [alone, paged] = await Promise.all([
        findAlone(index, [...wanted]),
        pagesWith(index, wanted),
      ]);
      const isWanted = (row: T): boolean => valuesOf(index, row).some((value) => wanted.has(value));
      return [...alone, ...paged.flatMap(({ rows }) => rows.filter(isWanted))];
    },
    async findNamed(index, prefix) {
      const [alone, numbers] = await Promise.all([
        table.where(index).startsWith(prefix).distinct().toArray(),
        pages.where("keys").startsWith(keyOf(index, prefix)).primaryKeys(),
      ]);
      const isNamed = (row: T): boolean =>
        valuesOf(index, row).some((value) => value.startsWith(prefix));
      return [...alone, ...(await read(numbers)).flatMap(({ rows }) => rows.filter(isNamed))];
    },
    async all() {
      const [alone, paged] = await Promise.all([table.toArray(), pages.toArray()]);
      return [...alone, ...paged.flatMap(({ rows }) => rows)];
    },
    async put(rows) {
      const last = new Map(rows.map((row) => [idOf(row), row]));
      if (last.size === 0) return;
      await takeOut(mainOf(rows), (row) => last.has(idOf(row)));
      const isMany = last.size >= packFrom;
      const alone = isMany ? await findAlone(main, [...new Set(mainOf(rows))]) : [...last.values()];
      const stays = new Set(alone.map(idOf));
      const [single, packed]: [T[], T[]] = [[], []];
      for (const [id, row] of last) (stays.has(id) ? single : packed).push(row);
      await Promise.all([table.bulkPut(single), pages.bulkAdd(toPages(packed))]);
    },
    async add(rows) {
      if (rows.length < packFrom) await table.bulkAdd([...rows]);
      else await pages.bulkAdd(toPages(rows));
    },
    async remove(values) {
      const gone = new Set(values);
      if (gone.size === 0) return;
      const isGone = (row: T): boolean => valuesOf(main, row).some((value) => gone.has(value));
      const [alone] = await Promise.all([
        table
          .where(main)
          .anyOf([...gone])
          .primaryKeys(),
        takeOut([...gone], isGone),
      ]);
      await table.bulkDelete(alone);
    },
    async clear() {
      await Promise.all([table.clear(), pages.clear()]);
    },
  };

  /** Rows that lie together are read as one run; scattered ones each by a request of its own, all under way at once. */
  async function findAlone(index: string, values: readonly string[]): Promise<readonly T[]> {
    const sorted = values.toSorted();
    const range = () => table.where(index).between(sorted[0], sorted.at(-1), true, true);
    const most = CLOSE * sorted.length;
    const size =
      sorted.length < FEW
        ? most + 1
        : await range()
            .limit(most + 1)
            .count();
    if (size === 0) return [];
    const wanted = new Set(values);
    const rows =
      size > most
        ? await Promise.all(sorted.map((value) => table.where(index).equals(value).toArray()))
        : [await range().toArray()];
    const found = rows.flat().filter((row) => valuesOf(index, row).some((of) => wanted.has(of)));
    return [...new Map(found.map((row) => [idOf(row), row])).values()];
  }

  /** One question for all of them, where they lie together or there is nothing. */
  async function pagesWith(
    index: string,
    values: ReadonlySet<string>,
  ): Promise<readonly PageRow<T>[]> {
    const keys = [...values].map((value) => keyOf(index, value)).toSorted();
    const [first, last] = [keys[0], keys.at(-1)];
    if (first === undefined || last === undefined) return [];
    const most = CLOSE * keys.length;
    if (keys.length >= FEW) {
      const there = await pages
        .where("keys")
        .between(first, last, true, true)
        .limit(most + 1)
        .primaryKeys();
      if (there.length <= most) return read(there);
    }
    const numbers = await Promise.all(
      keys.map((key) => pages.where("keys").equals(key).primaryKeys()),
    );
    return read(numbers.flat());
  }

  async function read(numbers: readonly number[]): Promise<readonly PageRow<T>[]> {
    const unique = [...new Set(numbers)];
    const found = unique.length === 0 ? [] : await pages.bulkGet(unique);
    return found.flatMap((page) => page ?? []);
  }

  async function takeOut(values: readonly string[], isTaken: (row: T) => boolean): Promise<void> {
    const empty: number[] = [];
    const rewritten: PageRow<T>[] = [];
    for (const { n = 0, rows } of await pagesWith(main, new Set(values))) {
      const rest = rows.filter((row) => !isTaken(row));
      if (rest.length === 0) empty.push(n);
      else if (rest.length < rows.length) rewritten.push({ n, ...toPage(rest) });
    }
    if (empty.length > 0) await pages.bulkDelete(empty);
    if (rewritten.length > 0) await pages.bulkPut(rewritten);
  }

  function toPages(rows: readonly T[]): PageRow<T>[] {
    const made: PageRow<T>[] = [];
    for (let from = 0; from < rows.length; from += PAGE_ROWS)
      made.push(toPage(rows.slice(from, from + PAGE_ROWS)));
    return made;
  }

  function toPage(rows: readonly T[]): PageRow<T> {
    const keys = new Set(
      Object.keys(indexes).flatMap((index) =>
        rows.flatMap((row) => valuesOf(index, row).map((value) => keyOf(index, value))),
      ),
    );
    return { keys: [...keys], rows };
  }
}

function keyOf(index: string, value: string): string {
  return `${index}:${value}`;
}

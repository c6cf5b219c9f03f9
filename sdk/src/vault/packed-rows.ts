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
  /** Epoch milliseconds of its newest and its oldest row, where a list goes by time. */
  readonly newest?: number;
  readonly oldest?: number;
}

export type Value = string | number;

/** All of it works inside a transaction over both tables. */
export interface PackedTable<T, Key = unknown> {
  /** Rows of which the index has one of these values. */
  find(index: string, values: readonly Value[]): Promise<readonly T[]>;
  /** Of which the index has a value that begins so. */
  findNamed(index: string, prefix: string): Promise<readonly T[]>;
  /** By the key of the table, in the order asked. `index`: has the same values. */
  get(index: string, keys: readonly (Key & Value)[]): Promise<readonly (T | null)[]>;
  /** Rows from this value on, in the order of the index, which has one value a row. */
  from(index: string, value: Value, limit: number): Promise<readonly T[]>;
  all(): Promise<readonly T[]>;
  /** All values of an index. No row is read. */
  values(index: string): Promise<readonly Value[]>;
  isEmpty(): Promise<boolean>;
  /** Rows in the place of those that are the same ones, under the same key. */
  put(rows: readonly T[]): Promise<void>;
  /** Rows of which the caller knows that they are not there: nothing is looked up. */
  add(rows: readonly T[]): Promise<void>;
  /** Whether a page has a row of which the `main` index has one of these values. */
  isPaged(values: readonly Value[]): Promise<boolean>;
  /** Rows whose `main` index has one of these values. */
  remove(values: readonly Value[]): Promise<void>;
  clear(): Promise<void>;
}

export interface PackedTableDeps<T, Key> {
  readonly table: Table<T, Key>;
  readonly pages: Table<PageRow<T>, number>;
  /** The values of a row by index: whole numbers from 0 on, or texts. */
  readonly indexes: Readonly<Record<string, (row: T) => readonly Value[]>>;
  /** The index by which a row is looked up that is to be put: few rows share a value of it. */
  readonly main: string;
  /** Which row it is. */
  readonly idOf: (row: T) => string;
  /** What else a page says of its rows. */
  readonly headOf?: (rows: readonly T[]) => Pick<PageRow<T>, "newest" | "oldest">;
  /** Rows of a page: one that is read or changed has the others read or written as well. Default 64. */
  readonly pageRows?: number;
  /** So many rows at least come onto pages. */
  readonly packFrom?: number;
}

const PAGE_ROWS = 64;
/** A range is read as a whole while it holds at most so many times as many keys as are asked for. */
const CLOSE = 2;
/** Fewer keys are asked for one by one. */
const FEW = 8;
/** More than a recall reads. */
const MANY = 64;
/** Digits of the largest number that a page is found by. */
const DIGITS = 16;
const ZEROS = "0".repeat(DIGITS);

export function createPackedTable<T, Key>(deps: PackedTableDeps<T, Key>): PackedTable<T, Key> {
  const { table, pages, indexes, main, idOf, headOf, packFrom = PAGE_ROWS } = deps;
  const { pageRows = PAGE_ROWS } = deps;
  const valuesOf = (index: string, row: T): readonly Value[] => indexes[index]?.(row) ?? [];
  const mainOf = (rows: readonly T[]): Value[] => rows.flatMap((row) => valuesOf(main, row));

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
        valuesOf(index, row).some((value) => String(value).startsWith(prefix));
      return [...alone, ...(await read(numbers)).flatMap(({ rows }) => rows.filter(isNamed))];
    },
    async get(index, keys) {
      const alone = await table.bulkGet([...keys]);
      const missing = new Set(keys.filter((_, i) => alone[i] === undefined));
      // A recall waits for these: a page may be read twice, but none of them waits for another.
      const found =
        missing.size > MANY
          ? [await pagesWith(index, missing)]
          : await Promise.all(
              [...missing].map((key) => pages.where("keys").equals(keyOf(index, key)).toArray()),
            );
      const paged = new Map<Value, T>();
      for (const { rows } of found.flat())
        for (const row of rows) for (const value of valuesOf(index, row)) paged.set(value, row);
      return keys.map((key, i) => alone[i] ?? paged.get(key) ?? null);
    },
    async from(index, value, limit) {
      const [alone, numbers] = await Promise.all([
        table.where(index).aboveOrEqual(value).limit(limit).toArray(),
        pages
          .where("keys")
          .between(keyOf(index, value), keyOf(index, BEHIND))
          .limit(limit)
          .primaryKeys(),
      ]);
      const of = (row: T): Value => valuesOf(index, row)[0] ?? "";
      const paged = (await read(numbers)).flatMap(({ rows }) => rows);
      return [...alone, ...paged.filter((row) => of(row) >= value)]
        .toSorted((a, b) => compare(of(a), of(b)))
        .slice(0, limit);
    },
    async all() {
      const [alone, paged] = await Promise.all([table.toArray(), pages.toArray()]);
      return [...alone, ...paged.flatMap(({ rows }) => rows)];
    },
    async values(index) {
      const prefix = keyOf(index, "");
      const [alone, paged] = await Promise.all([
        table.orderBy(index).keys(),
        pages.where("keys").startsWith(prefix).keys(),
      ]);
      return [...(alone as Value[]), ...(paged as string[]).map((key) => key.slice(prefix.length))];
    },
    async isEmpty() {
      const [alone, paged] = await Promise.all([
        table.limit(1).primaryKeys(),
        pages.limit(1).primaryKeys(),
      ]);
      return alone.length + paged.length === 0;
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
    async isPaged(values) {
      const keys = values.map((value) => keyOf(main, value));
      return (await pages.where("keys").anyOf(keys).limit(1).primaryKeys()).length > 0;
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
  async function findAlone(index: string, values: readonly Value[]): Promise<readonly T[]> {
    const sorted = values.toSorted(compare);
    const range = () => table.where(index).between(sorted[0], sorted.at(-1), true, true);
    const most = CLOSE * sorted.length;
    const there =
      sorted.length < FEW
        ? null
        : await range()
            .limit(most + 1)
            .primaryKeys();
    if (sorted.length === 0 || there?.length === 0) return [];
    const wanted = new Set(values);
    const rows =
      there === null || there.length > most
        ? await Promise.all(sorted.map((value) => table.where(index).equals(value).toArray()))
        : [await range().toArray()];
    const found = rows.flat().filter((row) => valuesOf(index, row).some((of) => wanted.has(of)));
    return [...new Map(found.map((row) => [idOf(row), row])).values()];
  }

  /** One question for all of them, where they lie together or there is nothing. */
  async function pagesWith(
    index: string,
    values: ReadonlySet<Value>,
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

  async function takeOut(values: readonly Value[], isTaken: (row: T) => boolean): Promise<void> {
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
    for (let from = 0; from < rows.length; from += pageRows)
      made.push(toPage(rows.slice(from, from + pageRows)));
    return made;
  }

  function toPage(rows: readonly T[]): PageRow<T> {
    const keys: string[] = [];
    for (const [index, of] of Object.entries(indexes)) {
      let last: Value | undefined;
      // Rows of one page mostly have the same thread: the database drops what else stands twice.
      for (const row of rows)
        for (const value of of(row)) if (value !== last) keys.push(keyOf(index, (last = value)));
    }
    return { ...headOf?.(rows), keys, rows };
  }
}

/** Sorts behind every digit. */
const BEHIND = "~";

function keyOf(index: string, value: Value): string {
  const text = typeof value === "number" ? (ZEROS + value).slice(-DIGITS) : value;
  return `${index}:${text}`;
}

function compare(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import type { Collection, Table } from "dexie";

/** A range is read as a whole while it holds at most so many times as many rows as are asked for. */
const CLOSE = 2;
/** Fewer keys are asked for one by one. */
const FEW = 8;

/**
 * Rows of these keys, by key, inside a transaction. Each key that IndexedDB is asked for is a message to another process and back, and ids
 * that were given one after the other lie together: so the range in which they lie is looked at first, and is read at once where it
 * holds little else. A range that is empty costs one question.
 *
 * @param index unique: one row a key
 */
export async function rowsNear<T, Key>(
  table: Table<T, Key>,
  index: keyof T & string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, T>> {
  const asked = [...new Set(keys)].toSorted();
  const range = rangeOf(table, index, asked);
  let rows: readonly (T | undefined)[];
  if (asked.length < FEW || range === null) rows = await oneByOne(table, index, asked);
  else {
    const most = CLOSE * asked.length;
    const there = await range()
      .limit(most + 1)
      .primaryKeys();
    if (there.length === 0) return new Map();
    rows = there.length > most ? await oneByOne(table, index, asked) : await range().toArray();
  }
  const wanted = new Set(asked);
  const found = new Map<string, T>();
  for (const row of rows) {
    const key = row?.[index] as string | undefined;
    if (row !== undefined && key !== undefined && wanted.has(key)) found.set(key, row);
  }
  return found;
}

/** Takes out rows by their primary keys: in one go where nothing else lies between them. */
export async function deleteNear<T>(
  table: Table<T, string>,
  keys: readonly string[],
): Promise<void> {
  const asked = [...new Set(keys)].toSorted();
  const range = rangeOf(table, ":id", asked);
  if (asked.length >= FEW && range !== null) {
    const there = await range()
      .limit(asked.length + 1)
      .primaryKeys();
    if (there.length === 0) return;
    const wanted = new Set(asked);
    if (there.length <= asked.length && there.every((key) => wanted.has(key))) {
      await range().delete();
      return;
    }
  }
  await table.bulkDelete(asked);
}

function rangeOf<T, Key>(
  table: Table<T, Key>,
  index: string,
  asked: readonly string[],
): (() => Collection<T, Key>) | null {
  const [first] = asked;
  const last = asked.at(-1);
  if (first === undefined || last === undefined) return null;
  return () => table.where(index).between(first, last, true, true);
}

async function oneByOne<T, Key>(
  table: Table<T, Key>,
  index: string,
  keys: readonly string[],
): Promise<readonly (T | undefined)[]> {
  if (table.schema.primKey.name === index) return table.bulkGet([...keys] as Key[]);
  const rows = await Promise.all(keys.map((key) => table.where(index).equals(key).toArray()));
  return rows.flat();
}

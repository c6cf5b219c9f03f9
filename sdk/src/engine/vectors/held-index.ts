import { rowLayout } from "../kernels/row-layout.ts";
import type { Arrangement, FlatVectorIndex, StoredRun } from "./flat-vector-index.ts";
import { isDead } from "./stored-vectors.ts";
import type { VectorIndex } from "./vector-index.ts";
import { pickRows, widenRows } from "./widen-rows.ts";

/** What a space asks of its index in memory, whichever engine it is. */
export type HeldIndex = Pick<
  FlatVectorIndex,
  | "dimensions"
  | "size"
  | "add"
  | "remove"
  | "search"
  | "stats"
  | "close"
  | "arrange"
  | "has"
  | "keys"
  | "tune"
  | "measure"
>;

/** An engine that knows nothing of stored segments gets their rows as if they were added. It measures nothing. */
export function holdPlainIndex(index: VectorIndex): HeldIndex {
  const layout = rowLayout(index.dimensions);
  const there = new Set<number>();
  const segments = new Map<string, readonly number[]>();

  const leave = (keys: readonly number[]): void => {
    index.remove(keys);
    for (const key of keys) there.delete(key);
  };

  const place = ({ id, sketch, rows, dead }: StoredRun): void => {
    if (rows === null) throw new RangeError("This engine needs the rows of a segment.");
    const live = [...sketch.keys.keys()].filter((row) => !isDead(dead, row));
    const keys = live.map((row) => sketch.keys[row] ?? 0);
    index.add(keys, widenRows(pickRows(rows, live, layout), layout));
    for (const key of keys) there.add(key);
    segments.set(id, keys);
  };

  return {
    dimensions: index.dimensions,
    get size() {
      return index.size;
    },
    add(keys, vectors) {
      index.add(keys, vectors);
      for (const key of keys) there.add(key);
    },
    remove: leave,
    search: (query, k, filter) => index.search(query, k, filter),
    stats: () => index.stats(),
    close: () => index.close(),
    arrange({ put, drop }: Arrangement) {
      const stays = new Set(put.flatMap(({ sketch }) => [...sketch.keys]));
      for (const id of drop) {
        leave((segments.get(id) ?? []).filter((key) => !stays.has(key)));
        segments.delete(id);
      }
      for (const stored of put) place(stored);
    },
    has: (key) => there.has(key),
    keys: () => Float64Array.from(there).toSorted(),
    tune: () => undefined,
    measure: () => Promise.resolve(null),
  };
}

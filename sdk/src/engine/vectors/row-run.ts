import type { RowBlock, ScanPart } from "../kernels/scan-kernels.ts";
import { filterBits, mayPass, type KeyFilter } from "./key-filter.ts";

/** Rows of one block with their keys: a stored segment, or rows that were added since. */
export interface RowRun {
  /** Of the stored segment; `null` where the rows are in memory only. */
  readonly id: string | null;
  readonly block: RowBlock;
  /** The number that its first row has in a scan. */
  firstRow: number;
  readonly count: number;
  /** Rows that were not removed. */
  readonly live: number;
  /** What its signatures were made with; `null` where it has none yet, and is compared in full. */
  mean: Float32Array<ArrayBuffer> | null;
  /** Whether its int8 rows are in memory. */
  readonly resident: boolean;
  keyAt(row: number): number;
  /** The row of a key that is there and not removed; -1 where there is none. */
  find(key: number): number;
  isLive(row: number): boolean;
  /** For runs of added rows only. */
  append(keys: readonly number[]): void;
  remove(row: number): void;
  /** The rows that a search is to look at, and how many they are; `null` where none is. */
  part(filter: KeyFilter | undefined): { readonly part: ScanPart; readonly rows: number } | null;
  readonly bytes: number;
}

export interface RowRunOptions {
  readonly id: string | null;
  readonly block: RowBlock;
  readonly mean: Float32Array<ArrayBuffer> | null;
  readonly resident: boolean;
  /** Rising where the run is a stored segment; empty for one that rows are added to. */
  readonly keys: Float64Array<ArrayBuffer>;
  /** One bit a row, empty where all are alive. */
  readonly dead: Uint8Array;
}

interface KnownFilter {
  /** Rows that were asked. */
  asked: number;
  bits: Uint32Array<ArrayBuffer>;
  /** `bits` without what was removed, as of `change`. */
  live: { readonly change: number; readonly bits: Uint32Array; readonly rows: number } | null;
}

export function createRowRun(options: RowRunOptions): RowRun {
  const { id, block, resident } = options;
  let { keys, mean } = options;
  const stored = id !== null;
  let count = keys.length;
  let live = count;
  let change = 0;
  const gone = new Uint32Array((block.capacity + 31) >> 5);
  /** Where added keys do not rise, so that they cannot be searched by halves. */
  let places: Map<number, number> | null = null;
  const known = new WeakMap<KeyFilter, KnownFilter>();
  let firstRow = 0;

  const isLive = (row: number): boolean => ((gone[row >> 5] ?? 0) & (1 << (row & 31))) === 0;
  const remove = (row: number): void => {
    if (row < 0 || row >= count || !isLive(row)) return;
    gone[row >> 5] = (gone[row >> 5] ?? 0) | (1 << (row & 31));
    places?.delete(keys[row] ?? 0);
    live -= 1;
    change += 1;
  };
  options.dead.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) remove(at * 8 + bit);
  });

  const find = (key: number): number => {
    if (places !== null) return places.get(key) ?? -1;
    if (count === 0 || key > (keys[count - 1] ?? 0)) return -1;
    const row = lowerBound(keys, count, key);
    return row < count && keys[row] === key && isLive(row) ? row : -1;
  };

  /** What the filter says of rows that were not asked yet is added; what it said once stays. */
  const knownOf = (filter: KeyFilter): KnownFilter => {
    let entry = known.get(filter);
    if (entry === undefined) {
      const bits = stored ? filterBits(filter, keys) : new Uint32Array((block.capacity + 31) >> 5);
      entry = { asked: stored ? count : 0, bits, live: null };
      known.set(filter, entry);
    }
    for (; entry.asked < count; entry.asked += 1) {
      const key = keys[entry.asked] ?? 0;
      if (!mayPass(filter, key, key) || !filter.passes(key)) continue;
      const word = entry.asked >> 5;
      entry.bits[word] = (entry.bits[word] ?? 0) | (1 << (entry.asked & 31));
      entry.live = null;
    }
    return entry;
  };

  const alive = (): { readonly bits: Uint32Array; readonly rows: number } => {
    const bits = gone.map((word) => ~word);
    return { bits, rows: live };
  };

  const passing = (filter: KeyFilter): { readonly bits: Uint32Array; readonly rows: number } => {
    const entry = knownOf(filter);
    if (entry.live?.change !== change) {
      let rows = 0;
      const bits = entry.bits.map((word, at) => {
        const kept = word & ~(gone[at] ?? 0);
        rows += ones(kept);
        return kept;
      });
      entry.live = { change, bits, rows };
    }
    return entry.live;
  };

  return {
    id,
    block,
    resident,
    get mean() {
      return mean;
    },
    set mean(made) {
      mean = made;
    },
    get firstRow() {
      return firstRow;
    },
    set firstRow(row) {
      firstRow = row;
    },
    get count() {
      return count;
    },
    get live() {
      return live;
    },
    keyAt: (row) => keys[row] ?? 0,
    find,
    isLive,
    append(added) {
      if (keys.length < block.capacity) {
        const grown = new Float64Array(block.capacity);
        grown.set(keys);
        keys = grown;
      }
      for (const key of added) {
        if (places === null && count > 0 && key <= (keys[count - 1] ?? 0)) {
          places = new Map();
          for (let row = 0; row < count; row += 1) if (isLive(row)) places.set(keys[row] ?? 0, row);
        }
        keys[count] = key;
        places?.set(key, count);
        count += 1;
        live += 1;
      }
    },
    remove,
    part(filter) {
      const whole = { block, firstRow, to: count };
      if (live === 0) return null;
      if (filter === undefined)
        return live === count
          ? { part: whole, rows: live }
          : { part: { ...whole, filter: alive().bits }, rows: live };
      if (stored && !mayPass(filter, keys[0] ?? 0, keys[count - 1] ?? 0)) return null;
      const { bits, rows } = passing(filter);
      if (rows === 0) return null;
      return { part: rows === count ? whole : { ...whole, filter: bits }, rows };
    },
    get bytes() {
      return keys.byteLength + gone.byteLength;
    },
  };
}

/** The first place whose key is not below this one. */
function lowerBound(keys: Float64Array, count: number, key: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function ones(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

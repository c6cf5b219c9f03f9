import type { VectorIndex } from "../vectors/vector-index.ts";
import type { TreePoint } from "./voy-tree.ts";

/** One row, however many keys have it: 33 equal points are more than a leaf of the tree can hold. */
export interface Point extends TreePoint {
  readonly keys: ReadonlySet<number>;
}

/**
 * The rows themselves: the tree cannot give them back, and needs a point's own row to remove it. Equal rows are one point. Rows that
 * are no unit vectors stay beside the tree, whose distances put only unit vectors in the order of their cosine.
 */
export interface RowBook {
  size(): number;
  /** Points of the tree, oldest first. */
  points(): readonly Point[];
  /** Rows that are none of the tree's. */
  aside(): Iterable<Point>;
  all(): Iterable<Point>;
  /** The points of these ids that are still there. */
  known(ids: readonly number[]): readonly Point[];
  /** The least and the greatest length that a point of the tree has had. */
  lengths(): { readonly shortest: number; readonly longest: number };
  /** Gives each key its row, and tells what the tree must lose for it and gain. */
  put(
    keys: readonly number[],
    vectors: Float32Array,
  ): { readonly gone: readonly Point[]; readonly fresh: readonly Point[] };
  /** Tells what the tree must lose. */
  drop(keys: readonly number[]): readonly Point[];
  copyTo(index: VectorIndex): void;
  clear(): void;
  bytes(): number;
}

/** How much a unit vector's length may be off: rows that were kept in 8 bits come back with some 0.3 %. */
const UNIT_TOLERANCE = 0.01;

const COPIED_AT_ONCE = 1024;

interface OwnPoint extends Point {
  readonly keys: Set<number>;
  readonly hash: number;
}

export function createRowBook(dimensions: number): RowBook {
  const byKey = new Map<number, OwnPoint>();
  const byHash = new Map<number, readonly OwnPoint[]>();
  const inTree = new Map<number, OwnPoint>();
  const beside = new Map<number, OwnPoint>();
  let nextId = 0;
  let shortest = 1;
  let longest = 1;

  const shelfOf = ({ length }: OwnPoint): Map<number, OwnPoint> =>
    Math.abs(length - 1) <= UNIT_TOLERANCE ? inTree : beside;

  /** Null: others still have its row, or it was never in the tree. */
  const take = (key: number): OwnPoint | null => {
    const point = byKey.get(key);
    if (point === undefined) return null;
    byKey.delete(key);
    point.keys.delete(key);
    if (point.keys.size > 0) return null;
    const others = (byHash.get(point.hash) ?? []).filter((other) => other !== point);
    if (others.length > 0) byHash.set(point.hash, others);
    else byHash.delete(point.hash);
    const shelf = shelfOf(point);
    shelf.delete(point.id);
    return shelf === inTree ? point : null;
  };

  /** Null: its row is there already, or is none for the tree. */
  const give = (key: number, row: Float32Array): OwnPoint | null => {
    const hash = hashOf(row);
    const sameHash = byHash.get(hash) ?? [];
    const same = sameHash.find((point) => equal(point.row, row));
    if (same !== undefined) {
      same.keys.add(key);
      byKey.set(key, same);
      return null;
    }
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    const point: OwnPoint = { id: nextId, row: row.slice(), length, keys: new Set([key]), hash };
    nextId += 1;
    byKey.set(key, point);
    byHash.set(hash, [...sameHash, point]);
    const shelf = shelfOf(point);
    shelf.set(point.id, point);
    if (shelf !== inTree) return null;
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
    return point;
  };

  return {
    size: () => byKey.size,
    points: () => [...inTree.values()],
    aside: () => beside.values(),
    *all() {
      yield* inTree.values();
      yield* beside.values();
    },
    known: (ids) => ids.map((id) => inTree.get(id)).filter((point) => point !== undefined),
    lengths: () => ({ shortest, longest }),
    put(keys, vectors) {
      const gone: Point[] = [];
      const fresh = new Set<Point>();
      keys.forEach((key, at) => {
        const row = vectors.subarray(at * dimensions, (at + 1) * dimensions);
        const before = byKey.get(key);
        if (before !== undefined && equal(before.row, row)) return;
        const lost = take(key);
        // A key that comes twice in one call may take back what it just gave: the tree never sees that point.
        if (lost !== null && !fresh.delete(lost)) gone.push(lost);
        const gained = give(key, row);
        if (gained !== null) fresh.add(gained);
      });
      return { gone, fresh: [...fresh] };
    },
    drop: (keys) => keys.map(take).filter((point) => point !== null),
    copyTo(index) {
      const entries = [...byKey];
      for (let from = 0; from < entries.length; from += COPIED_AT_ONCE) {
        const part = entries.slice(from, from + COPIED_AT_ONCE);
        const vectors = new Float32Array(part.length * dimensions);
        part.forEach(([, { row }], at) => vectors.set(row, at * dimensions));
        index.add(
          part.map(([key]) => key),
          vectors,
        );
      }
    },
    clear() {
      for (const map of [byKey, byHash, inTree, beside]) map.clear();
    },
    bytes: () => (inTree.size + beside.size) * dimensions * Float32Array.BYTES_PER_ELEMENT,
  };
}

/** FNV-1a over the row's bits, a number at a time. */
function hashOf(row: Float32Array): number {
  const words = new Uint32Array(row.buffer, row.byteOffset, row.length);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

function equal(a: Float32Array, b: Float32Array): boolean {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

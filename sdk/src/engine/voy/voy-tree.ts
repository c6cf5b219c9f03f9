import type * as Bindings from "voy-search/voy_search_bg.js";

/**
 * One k-d tree of voy-search over points that are told apart by a number. Everything it does may throw: its WASM panics on input
 * it was not made for, and a tree that threw once must not be asked again.
 */
export interface VoyTree {
  add(points: readonly TreePoint[]): void;
  /** The tree finds a point by its place, so `row` must be what was added. */
  remove(points: readonly TreePoint[]): void;
  /** Ids of the `count` nearest, in no promised order. They may be fewer, and may name points that were removed. */
  nearest(query: Float32Array, count: number): readonly number[];
  memoryBytes(): number;
}

export interface TreePoint {
  /** Never given twice, also not for the same row. */
  readonly id: number;
  /** Any length but 0; the tree holds its direction. */
  readonly row: Float32Array;
  readonly length: number;
}

/** Its array has this many numbers; what is longer would be cut without a word. */
export const MAX_DIMENSIONS = 768;

/**
 * How far a point in the tree may lie from the true one, per coordinate. A leaf of the tree holds 32 points, and it panics when it
 * has to split more than that with one coordinate equal. So each point is moved a little, by its id. 2e-4 spans some 3,000 numbers
 * of 32 bits even beside 1.0: ten thousand points that share a coordinate come to about 3 on one number.
 */
const JITTER = 1e-4;

/**
 * Coordinates that are moved. The tree splits by coordinate 0, then 1, and so on with its depth; a tree of 2^13 leaves has depths
 * about 13, and no order of adding was seen to come near 64. Shorter vectors are filled up to it.
 */
const MOVED = 64;

/**
 * At most this far lies a point in the tree from the true one: the moves, and the rounding of distances that are summed up in 32
 * bits over 768 numbers.
 */
export const TREE_ERROR = JITTER * Math.sqrt(MOVED) + 1e-4;

/** Points that go to the tree as one JSON text. */
const BATCH = 256;

export function createVoyTree(
  bindings: typeof Bindings,
  module: WebAssembly.Module,
  dimensions: number,
): VoyTree {
  const { exports } = new WebAssembly.Instance(module, { "./voy_search_bg.js": quiet(bindings) });
  const memory = exports["memory"] as WebAssembly.Memory;

  /**
   * The bindings serve one WASM instance at a time and keep views of its memory until that is detached; growing by nothing detaches
   * it. So each call leaves no view behind for the next tree to write to.
   */
  const inside = <Result>(work: () => Result): Result => {
    bindings["__wbg_set_wasm"](exports);
    try {
      return work();
    } finally {
      memory.grow(0);
    }
  };
  const voy = inside(() => new bindings.Voy({ embeddings: [] }));
  const inBatches = (
    points: readonly TreePoint[],
    work: (resource: Bindings.VoyResource) => void,
  ): void => {
    for (let at = 0; at < points.length; at += BATCH)
      inside(() => work({ embeddings: points.slice(at, at + BATCH).map(toResource) }));
  };
  const toResource = ({
    id,
    row,
    length,
  }: TreePoint): Bindings.VoyResource["embeddings"][number] => ({
    id: String(id),
    title: "",
    url: "",
    embeddings: Array.from({ length: Math.max(dimensions, MOVED) }, (_, at) => {
      const place = (row[at] ?? 0) / length;
      return at < MOVED ? place + JITTER * spread(id, at) : place;
    }),
  });

  return {
    add: (points) => inBatches(points, (resource) => voy.add(resource)),
    remove: (points) => inBatches(points, (resource) => voy.remove(resource)),
    nearest: (query, count) =>
      inside(() => voy.search(query, count)).neighbors.map(({ id }) => Number(id)),
    memoryBytes: () => memory.buffer.byteLength,
  };
}

/** The panic hook writes to the console of the app; what went wrong is told by the error that follows. */
function quiet(bindings: typeof Bindings): WebAssembly.ModuleImports {
  return Object.fromEntries(
    Object.entries(bindings).map(([name, value]) => [
      name,
      name.startsWith("__wbg_error_") ? () => undefined : value,
    ]),
  ) as WebAssembly.ModuleImports;
}

/** -1..1, the same for the same id and coordinate, unlike for others: the mixing of MurmurHash3. */
function spread(id: number, coordinate: number): number {
  let mixed = Math.imul(id, 0x9e3779b1) ^ Math.imul(coordinate + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) / 2 ** 31;
}

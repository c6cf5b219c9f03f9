import { rowLayout } from "../kernels/row-layout.ts";
import type { Int8Rows, ScanSpace } from "../kernels/scan-kernels.ts";
import type { VectorSegment, VectorSegmentHead, VectorStore } from "../../vault/vector-store.ts";
import type { StoredRun } from "./flat-vector-index.ts";
import { whenWhole } from "../when-whole.ts";
import type { RowReader } from "./row-reader.ts";
import {
  packRows,
  packSketch,
  unpackRows,
  unpackSketch,
  type VectorSketch,
} from "./vector-segment.ts";
import { pickRows } from "./widen-rows.ts";

/** Segments that are read at once: enough to be quick, few enough to hold twice. */
const BATCH = 32;

/** Sealed rows, in rising order of their keys, with all that is kept of them. */
export interface SealedRows {
  readonly sketch: VectorSketch;
  readonly rows: Int8Rows;
}

/** `null` for a segment that is damaged, or not there any more. */
export async function readSketches(
  store: VectorStore,
  heads: readonly VectorSegmentHead[],
  dimensions: number,
): Promise<readonly (VectorSketch | null)[]> {
  const parts = await store.parts(
    heads.map(({ id }) => id),
    "sketch",
  );
  return heads.map((head, at) => {
    const bytes = parts[at] ?? null;
    return bytes === null ? null : sketchOf(head, bytes, dimensions);
  });
}

/** `null` for a segment that is damaged, or not there any more. */
export async function readRows(
  store: VectorStore,
  heads: readonly VectorSegmentHead[],
  dimensions: number,
): Promise<readonly (Int8Rows | null)[]> {
  const parts = await store.parts(
    heads.map(({ id }) => id),
    "rows",
  );
  return heads.map((head, at) => {
    const bytes = parts[at] ?? null;
    return bytes === null ? null : whenWhole(() => unpackRows(bytes, head.rows, dimensions));
  });
}

/**
 * What the index takes in of these segments; `lost`: ids of those that could not be read. Where rows stay outside (`copies`), sketches
 * are read from there too, as far as they are copied.
 */
export async function readRuns(
  store: VectorStore,
  heads: readonly VectorSegmentHead[],
  dimensions: number,
  copies: RowReader | null,
): Promise<{ readonly runs: readonly StoredRun[]; readonly lost: readonly string[] }> {
  const runs: StoredRun[] = [];
  const lost: string[] = [];
  for (let from = 0; from < heads.length; from += BATCH) {
    const batch = heads.slice(from, from + BATCH);
    const [sketches, rows] = await Promise.all([
      copies === null
        ? readSketches(store, batch, dimensions)
        : copiedSketches(copies, store, batch, dimensions),
      copies === null ? readRows(store, batch, dimensions) : null,
    ]);
    for (const [at, head] of batch.entries()) {
      const sketch = sketches[at] ?? null;
      const own = rows?.[at] ?? null;
      if (sketch === null || (rows !== null && own === null)) lost.push(head.id);
      else runs.push({ id: head.id, sketch, rows: own, dead: head.dead });
    }
  }
  return { runs, lost };
}

async function copiedSketches(
  copies: RowReader,
  store: VectorStore,
  heads: readonly VectorSegmentHead[],
  dimensions: number,
): Promise<readonly (VectorSketch | null)[]> {
  const copied = copies.sketches(heads.map(({ id }) => id));
  const sketches = heads.map((head, at) => {
    const bytes = copied[at] ?? null;
    return bytes === null ? null : sketchOf(head, bytes, dimensions);
  });
  const missing = heads.filter((_, at) => sketches[at] === null);
  const read = await readSketches(store, missing, dimensions);
  return heads.map((head, at) => sketches[at] ?? read[missing.indexOf(head)] ?? null);
}

function sketchOf(
  head: VectorSegmentHead,
  bytes: Uint8Array<ArrayBuffer>,
  dimensions: number,
): VectorSketch | null {
  const sketch = whenWhole(() => unpackSketch(bytes, dimensions));
  return sketch?.keys.length === head.rows ? sketch : null;
}

export function packSegment(id: string, { sketch, rows }: SealedRows): VectorSegment {
  return {
    id,
    rows: sketch.keys.length,
    first: sketch.keys[0] ?? 0,
    last: sketch.keys.at(-1) ?? 0,
    dead: new Uint8Array(0),
    parts: { sketch: packSketch(sketch), rows: packRows(rows) },
  };
}

/** Quantises float32 rows. `keys` rise. */
export function sealRows(
  space: ScanSpace,
  keys: Float64Array<ArrayBuffer>,
  vectors: Float32Array,
  mean: Float32Array<ArrayBuffer>,
): SealedRows {
  const { dimensions } = space.layout;
  const bits = space.quantizeBits(vectors, mean);
  return { sketch: { dimensions, keys, bits, mean }, rows: space.quantizeInt8(vectors) };
}

/** The head that the vault makes of a segment. */
export function headOf({ id, rows, first, last, dead, parts }: VectorSegment): VectorSegmentHead {
  const sizes = { sketch: parts.sketch.byteLength, rows: parts.rows.byteLength };
  return { id, rows, first, last, dead, sizes };
}

/** The rows of several segments as one, in rising order of their keys, without those that `leaves` names. */
export function joinRows(
  parts: readonly SealedRows[],
  leaves: (part: number, row: number) => boolean,
): SealedRows | null {
  const [first] = parts;
  if (first === undefined) return null;
  const { dimensions, mean } = first.sketch;
  const layout = rowLayout(dimensions);
  const places = parts
    .flatMap(({ sketch }, part) =>
      Array.from(sketch.keys, (key, row) => ({ key, part, row })).filter(
        (place) => !leaves(part, place.row),
      ),
    )
    .toSorted((a, b) => a.key - b.key);
  if (places.length === 0) return null;
  const bits = new Uint8Array(places.length * layout.bitStride);
  const values = new Int8Array(places.length * layout.int8Stride);
  const scales = new Float32Array(places.length);
  places.forEach(({ part, row }, at) => {
    const from = parts[part];
    if (from === undefined) return;
    const picked = pickRows(from.rows, [row], layout);
    values.set(picked.values, at * layout.int8Stride);
    scales.set(picked.scales, at);
    const start = row * layout.bitStride;
    bits.set(from.sketch.bits.subarray(start, start + layout.bitStride), at * layout.bitStride);
  });
  const keys = Float64Array.from(places, ({ key }) => key);
  return { sketch: { dimensions, keys, bits, mean }, rows: { values, scales } };
}

export function isDead(dead: Uint8Array, row: number): boolean {
  return ((dead[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** A copy of `dead` with these rows in it. */
export function withDeadRows(
  { rows, dead }: Pick<VectorSegmentHead, "rows" | "dead">,
  more: readonly number[],
): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array((rows + 7) >> 3);
  bits.set(dead);
  for (const row of more) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  return bits;
}

export function countDead(dead: Uint8Array): number {
  let count = 0;
  for (const byte of dead) for (let rest = byte; rest > 0; rest &= rest - 1) count += 1;
  return count;
}

import { packSections, unpackSections } from "../segment-container.ts";
import type { Int8Rows } from "../kernels/scan-kernels.ts";
import { rowLayout } from "../kernels/row-layout.ts";

/** Sealed vectors of one space: what a segment of the vault holds, unpacked. Rows stand in rising order of their keys. */
export interface VectorSketch {
  readonly dimensions: number;
  readonly keys: Float64Array<ArrayBuffer>;
  /** One bit a dimension: above the mean or not. */
  readonly bits: Uint8Array;
  /** What the bits were made with. */
  readonly mean: Float32Array<ArrayBuffer>;
}

const TAG = { shape: 1, base: 2, keys: 3, mean: 4, bits: 5, values: 6, scales: 7 };
/** Counts up when the meaning of a section changes; a reader refuses what it does not know, and the rows are made again. */
const FORMAT = 1;
const LARGEST_DELTA = 2 ** 32 - 1;

/** Keys within 2^32 of the first (as good as always) take 4 bytes, others 8. */
export function packSketch(sketch: VectorSketch): Uint8Array<ArrayBuffer> {
  const { keys, dimensions } = sketch;
  const first = keys[0] ?? 0;
  const narrow = (keys.at(-1) ?? 0) - first <= LARGEST_DELTA;
  const shape = Uint32Array.of(FORMAT, dimensions, narrow ? 1 : 0);
  return packSections(keys.length, [
    [TAG.shape, bytesOf(shape)],
    [TAG.base, bytesOf(Float64Array.of(narrow ? first : 0))],
    [TAG.keys, bytesOf(narrow ? Uint32Array.from(keys, (key) => key - first) : keys)],
    [TAG.mean, bytesOf(sketch.mean)],
    [TAG.bits, sketch.bits],
  ]);
}

/**
 * `bits` is a view of `bytes`.
 *
 * @throws RangeError on bytes that are no sketch of `dimensions` and of this format
 */
export function unpackSketch(bytes: Uint8Array<ArrayBuffer>, dimensions: number): VectorSketch {
  const { documents: rows, section } = unpackSections(bytes);
  const shape = new Uint32Array(copied(section(TAG.shape)));
  if (shape[0] !== FORMAT || shape[1] !== dimensions)
    throw new RangeError("A segment of vectors of another format or space.");
  const base = new Float64Array(copied(section(TAG.base)))[0] ?? 0;
  const stored = copied(section(TAG.keys));
  const keys = shape[2] === 1 ? widened(new Uint32Array(stored), base) : new Float64Array(stored);
  const mean = new Float32Array(copied(section(TAG.mean)));
  const bits = section(TAG.bits);
  if (
    keys.length !== rows ||
    mean.length !== dimensions ||
    bits.length !== rows * rowLayout(dimensions).bitStride
  )
    throw new RangeError("A segment of vectors that is cut short.");
  for (let at = 1; at < rows; at += 1)
    if (!((keys[at] ?? 0) > (keys[at - 1] ?? 0)))
      throw new RangeError("A segment of vectors whose keys do not rise.");
  return { dimensions, keys, bits, mean };
}

/** By hand: `from` with a function takes ten times as long, and an opening does this for every row. */
function widened(deltas: Uint32Array, base: number): Float64Array<ArrayBuffer> {
  const keys = new Float64Array(deltas.length);
  for (let at = 0; at < deltas.length; at += 1) keys[at] = base + (deltas[at] ?? 0);
  return keys;
}

/** Rows lie as `rowLayout` pads them: with another padding they count as damaged, and are made again. */
export function packRows(rows: Int8Rows): Uint8Array<ArrayBuffer> {
  return packSections(rows.scales.length, [
    [TAG.values, bytesOf(rows.values)],
    [TAG.scales, bytesOf(rows.scales)],
  ]);
}

/**
 * Views of `bytes`.
 *
 * @throws RangeError on bytes that are no `rows` rows of `dimensions`
 */
export function unpackRows(
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  dimensions: number,
): Int8Rows {
  const { documents, section } = unpackSections(bytes);
  const values = section(TAG.values);
  const scales = section(TAG.scales);
  if (
    documents !== rows ||
    values.length !== rows * rowLayout(dimensions).int8Stride ||
    scales.length !== rows * Float32Array.BYTES_PER_ELEMENT
  )
    throw new RangeError("Rows of another segment.");
  return {
    values: new Int8Array(values.buffer, values.byteOffset, values.length),
    scales: new Float32Array(scales.buffer, scales.byteOffset, rows),
  };
}

/** A vector as the tail keeps it: float32, little-endian. */
export function packVector(vector: Float32Array): Uint8Array<ArrayBuffer> {
  return bytesOf(vector.slice());
}

/** @throws RangeError on bytes that are no vector of `dimensions` with finite values */
export function unpackVector(bytes: Uint8Array, dimensions: number): Float32Array {
  if (bytes.length !== dimensions * Float32Array.BYTES_PER_ELEMENT)
    throw new RangeError("A stored vector of another space.");
  const vector = new Float32Array(copied(bytes));
  for (const value of vector)
    if (!Number.isFinite(value)) throw new RangeError("A stored vector that is damaged.");
  return vector;
}

function bytesOf(numbers: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(numbers.buffer as ArrayBuffer, numbers.byteOffset, numbers.byteLength);
}

function copied(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}

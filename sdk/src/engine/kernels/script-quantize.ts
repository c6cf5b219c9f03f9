import type { RowLayout } from "./row-layout.ts";
import type { Int8Rows } from "./scan-kernels.ts";

const TINY = 2 ** -100;

/** What `assembly/quantize.ts` does, to the bit: each step is rounded to float32. */
export function quantizeInt8(layout: RowLayout, vectors: Float32Array): Int8Rows {
  const { dimensions, int8Stride } = layout;
  const count = vectors.length / dimensions;
  const values = new Int8Array(count * int8Stride);
  const scales = new Float32Array(count);
  for (let row = 0; row < count; row += 1) {
    const start = row * dimensions;
    let largest = 0;
    for (let at = start; at < start + dimensions; at += 1)
      largest = Math.max(largest, Math.abs(vectors[at] ?? 0));
    if (!(largest > TINY && largest < Infinity)) continue;
    scales[row] = largest / 127;
    const factor = Math.fround(127 / largest);
    for (let at = 0; at < dimensions; at += 1)
      values[row * int8Stride + at] = nearestEven(Math.fround((vectors[start + at] ?? 0) * factor));
  }
  return { values, scales };
}

export function quantizeBits(
  layout: RowLayout,
  vectors: Float32Array,
  mean: Float32Array,
): Uint8Array<ArrayBuffer> {
  const { dimensions, bitStride } = layout;
  const count = vectors.length / dimensions;
  const bits = new Uint8Array(count * bitStride);
  for (let row = 0; row < count; row += 1)
    for (let at = 0; at < dimensions; at += 1)
      if ((vectors[row * dimensions + at] ?? 0) > (mean[at] ?? 0)) {
        const byte = row * bitStride + (at >> 3);
        bits[byte] = (bits[byte] ?? 0) | (1 << (at & 7));
      }
  return bits;
}

/** Halves go to the even neighbour, as SIMD rounds. */
function nearestEven(value: number): number {
  const floor = Math.floor(value);
  const over = value - floor;
  if (over === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return over < 0.5 ? floor : floor + 1;
}

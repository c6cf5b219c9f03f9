import type { RowLayout } from "../kernels/row-layout.ts";
import type { Int8Rows } from "../kernels/scan-kernels.ts";

/** What int8 rows stand for, as float32 rows of `dimensions` numbers. */
export function widenRows({ values, scales }: Int8Rows, layout: RowLayout): Float32Array {
  const { dimensions, int8Stride } = layout;
  const wide = new Float32Array(scales.length * dimensions);
  for (let row = 0; row < scales.length; row += 1) {
    const scale = scales[row] ?? 0;
    for (let at = 0; at < dimensions; at += 1)
      wide[row * dimensions + at] = (values[row * int8Stride + at] ?? 0) * scale;
  }
  return wide;
}

/** The rows with these numbers, one after the other. */
export function pickRows(
  { values, scales }: Int8Rows,
  rows: ArrayLike<number>,
  { int8Stride }: RowLayout,
): Int8Rows {
  const picked = {
    values: new Int8Array(rows.length * int8Stride),
    scales: new Float32Array(rows.length),
  };
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? 0;
    picked.values.set(values.subarray(row * int8Stride, (row + 1) * int8Stride), at * int8Stride);
    picked.scales[at] = scales[row] ?? 0;
  }
  return picked;
}

/** The mean of float32 rows, summed in float64. */
export function meanOf(vectors: Float32Array, dimensions: number): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(dimensions);
  for (let at = 0; at < vectors.length; at += 1) {
    const place = at % dimensions;
    sums[place] = (sums[place] ?? 0) + (vectors[at] ?? 0);
  }
  const rows = Math.max(1, vectors.length / dimensions);
  return Float32Array.from(sums, (sum) => sum / rows);
}

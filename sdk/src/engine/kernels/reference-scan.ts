import type { RowHits } from "./scan-kernels.ts";

/** The straightforward way, with nothing shared with the kernels: what they are compared with. */

export interface ReferenceRows {
  readonly values: readonly (readonly number[])[];
  readonly scales: readonly number[];
}

/** Symmetric: the largest absolute value becomes 127. Halves go to the even neighbour; each step is float32. */
export function referenceInt8(vectors: Float32Array, dimensions: number): ReferenceRows {
  const rows = rowsOf(vectors, dimensions);
  const scales = rows.map((row) => {
    const largest = Math.max(...row.map(Math.abs));
    return largest > 2 ** -100 && largest < Infinity ? Math.fround(largest / 127) : 0;
  });
  const values = rows.map((row, at) => {
    const factor = Math.fround(127 / Math.max(...row.map(Math.abs)));
    return row.map((value) => (scales[at] === 0 ? 0 : halfToEven(Math.fround(value * factor))));
  });
  return { values, scales };
}

export function referenceQuery(
  query: Float32Array,
  stride: number,
): { readonly values: readonly number[]; readonly scale: number } {
  const largest = Math.max(...Array.from(query, Math.abs));
  if (!(largest > 2 ** -100 && largest < Infinity))
    return { values: Array.from(query, () => 0), scale: 0 };
  const range = Math.min(8191, Math.floor((2 ** 31 - 1) / (127 * stride)));
  const factor = range / largest;
  return {
    values: Array.from(query, (value) => Math.round(value * factor)),
    scale: largest / range,
  };
}

export function referenceInt8Scores(
  { values, scales }: ReferenceRows,
  query: Float32Array,
  stride: number,
): readonly number[] {
  const code = referenceQuery(query, stride);
  return values.map((row, at) => {
    const sum = row.reduce((whole, value, place) => whole + value * (code.values[place] ?? 0), 0);
    return Math.fround((scales[at] ?? 0) * Math.fround(sum)) * code.scale;
  });
}

/** Whole numbers of differing bits. */
export function referenceDistances(
  vectors: Float32Array,
  query: Float32Array,
  mean: Float32Array,
): readonly number[] {
  const isSet = (value: number, at: number): boolean => value > (mean[at] ?? 0);
  return rowsOf(vectors, query.length).map(
    (row) =>
      row.filter((value, at) => isSet(value, at) !== isSet(query[at] ?? Number.NaN, at)).length,
  );
}

/** The best k by score, ties by row, of the rows that pass. */
export function referenceBest(
  scores: readonly number[],
  k: number,
  passes: (row: number) => boolean = () => true,
): RowHits {
  const best = scores
    .map((score, row) => ({ row, score }))
    .filter(({ row, score }) => passes(row) && score > -Infinity)
    .toSorted((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, Math.max(0, Math.floor(k)));
  return {
    rows: Uint32Array.from(best, ({ row }) => row),
    scores: Float64Array.from(best, ({ score }) => score),
  };
}

/** The nearest `count` by distance, ties by row, in order of row. */
export function referenceNearest(
  distances: readonly number[],
  count: number,
  passes?: (row: number) => boolean,
): Uint32Array {
  const negated = distances.map((distance) => -distance);
  return referenceBest(negated, count, passes).rows.toSorted();
}

function rowsOf(vectors: Float32Array, dimensions: number): readonly (readonly number[])[] {
  return Array.from({ length: vectors.length / dimensions }, (_, row) =>
    Array.from(vectors.subarray(row * dimensions, (row + 1) * dimensions)),
  );
}

function halfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

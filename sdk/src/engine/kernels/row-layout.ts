/**
 * How the rows of a space lie in memory and in chunks. Rows are padded to what a SIMD step reads; padding is zero and changes no
 * result. 384, 512, 768 and 1,024 dimensions need none.
 */
export interface RowLayout {
  readonly dimensions: number;
  /** Bytes of an int8 row: the dimensions, to the next multiple of 32. */
  readonly int8Stride: number;
  /** Bytes of a 1-bit row: an eighth of the dimensions, to the next multiple of 8. Bit d is bit `d & 7` of byte `d >> 3`. */
  readonly bitStride: number;
}

export function rowLayout(dimensions: number): RowLayout {
  return {
    dimensions,
    int8Stride: roundUp(dimensions, 32),
    bitStride: roundUp(dimensions, 64) / 8,
  };
}

/** The next multiple of `step`. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

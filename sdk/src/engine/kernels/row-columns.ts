import type { RowLayout } from "./row-layout.ts";
import type { BlockColumns, RowColumns } from "./scan-kernels.ts";

/** How many rows the columns hold. Throws where they do not agree, or where there is one that the block has no room for. */
export function countColumnRows(
  layout: RowLayout,
  { int8, bits }: RowColumns,
  has: BlockColumns,
): number {
  const counts = [
    ...(int8 === undefined ? [] : [int8.values.length / layout.int8Stride, int8.scales.length]),
    ...(bits === undefined ? [] : [bits.length / layout.bitStride]),
  ];
  const [rows = 0] = counts;
  if (!counts.every((count) => count === rows && Number.isInteger(count)))
    throw new RangeError(`Columns hold ${counts.join(", ")} rows.`);
  if ((int8 !== undefined && has.int8 !== true) || (bits !== undefined && has.bits !== true))
    throw new RangeError("The block has not all of these columns.");
  return rows;
}

/** Refuses rows `from` up to `to` that are not all in a block. */
export function checkRange(from: number, to: number, capacity: number): void {
  if (
    !(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= capacity)
  )
    throw new RangeError(`Rows ${from} to ${to} are not in a block of ${capacity}.`);
}

/** Copies rows of `length` numbers into rows of `stride` numbers. */
export function padRows(
  rows: Float32Array,
  length: number,
  into: Float32Array,
  stride: number,
): void {
  if (length === stride) {
    into.set(rows);
    return;
  }
  const count = rows.length / length;
  for (let row = 0; row < count; row += 1)
    into.set(rows.subarray(row * length, (row + 1) * length), row * stride);
}

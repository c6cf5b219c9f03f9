import { checkRange } from "./row-columns.ts";
import type { ScanPart } from "./scan-kernels.ts";

/** How many rows the parts name before any filter. Throws where one reaches outside of its block or its filter. */
export function countRows(parts: readonly ScanPart[]): number {
  let rows = 0;
  let next = 0;
  for (const { block, firstRow, from = 0, to, filter } of parts) {
    checkRange(from, to, block.capacity);
    if (filter !== undefined && filter.length * 32 < to)
      throw new RangeError(`A filter of ${filter.length} words is too short for ${to} rows.`);
    if (firstRow + from < next) throw new RangeError(`Row ${firstRow} is out of order.`);
    next = firstRow + to;
    rows += to - from;
  }
  return rows;
}

/** Calls `score` with each part that holds some of the rising `rows`, and with the run of `rows` that lies in it. */
export function eachPartOf<Part extends ScanPart>(
  parts: readonly Part[],
  rows: Uint32Array,
  score: (part: Part, start: number, end: number) => void,
): void {
  let start = 0;
  for (const part of parts) {
    const { firstRow, to } = part;
    if (start < rows.length && (rows[start] ?? 0) < firstRow) break;
    const end = firstAtLeast(rows, firstRow + to, start);
    if (end > start) score(part, start, end);
    start = end;
  }
  if (start < rows.length) throw new RangeError(`Row ${rows[start]} is in none of the parts.`);
}

function firstAtLeast(rows: Uint32Array, wanted: number, from: number): number {
  let low = from;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A whole number of hits that makes sense: 0 for what is below 1 or no number. */
export function boundedCount(wanted: number, available: number): number {
  return wanted >= 1 ? Math.min(Math.floor(wanted), available) : 0;
}

/** Refuses rows passed in that do not fit the numbers they are named by. */
export function checkPassedRows(rows: number, values: number, scales: number): void {
  if (rows !== values || rows !== scales)
    throw new RangeError(`${values} rows with ${scales} scales are no ${rows} rows.`);
}

import { queryCode } from "./query-code.ts";
import { rowLayout } from "./row-layout.ts";
import type { RowHits, ScanPart, ScanSpace } from "./scan-kernels.ts";
import { boundedCount, checkPassedRows, countRows, eachPartOf } from "./scan-parts.ts";
import { createScriptBlocks } from "./script-blocks.ts";
import { quantizeBits, quantizeInt8 } from "./script-quantize.ts";
import { createBestRows, createNearestRows, type BestRows } from "./script-ranking.ts";

/** A space in plain JavaScript, where WASM is forbidden or has no SIMD. int8 and 1-bit results are those of WASM to the bit. */
export function createScriptSpace(dimensions: number): ScanSpace {
  const layout = rowLayout(dimensions);
  const { int8Stride, bitStride } = layout;
  const blocks = createScriptBlocks(layout);

  const signatures = (
    query: Float32Array,
    mean: Float32Array,
    parts: readonly ScanPart[],
    count: number,
  ): Uint32Array<ArrayBuffer> => {
    const width = bitStride / 4;
    const code = new Uint32Array(quantizeBits(layout, query, mean).buffer);
    const nearest = createNearestRows(count, dimensions);
    for (const part of parts) {
      const { words } = needed(blocks.columnsOf(part.block), "words");
      eachRow(part, (row) => {
        nearest.offer(part.firstRow + row, differing(words, row * width, code));
      });
    }
    return nearest.take();
  };

  const rescoreInt8 = (
    query: Float32Array,
    rows: Uint32Array,
    parts: readonly ScanPart[],
    k: number,
  ): RowHits => {
    const code = queryCode(query, int8Stride);
    const best = createBestRows(k);
    eachPartOf(parts, rows, ({ block, firstRow }, start, end) => {
      const { values, scales } = needed(blocks.columnsOf(block), "values");
      for (const number of rows.subarray(start, end)) {
        const row = number - firstRow;
        offerInt8(best, number, values, row * int8Stride, scales[row] ?? 0, code.values);
      }
    });
    return best.take(code.scale);
  };

  return {
    layout,
    get reservedBytes() {
      return blocks.usedBytes;
    },
    get usedBytes() {
      return blocks.usedBytes;
    },
    createBlock: (capacity, columns) => blocks.create(capacity, columns),
    quantizeInt8: (vectors) => quantizeInt8(layout, vectors),
    quantizeBits: (vectors, mean) => quantizeBits(layout, vectors, mean),

    scanInt8(query, parts, wanted) {
      const k = boundedCount(wanted, countRows(parts));
      if (k === 0) return createBestRows(0).take(1);
      const code = queryCode(query, int8Stride);
      const best = createBestRows(k);
      for (const part of parts) {
        const { values, scales } = needed(blocks.columnsOf(part.block), "values");
        eachRow(part, (row) => {
          const number = part.firstRow + row;
          offerInt8(best, number, values, row * int8Stride, scales[row] ?? 0, code.values);
        });
      }
      return best.take(code.scale);
    },

    scanFloat(query, parts, wanted) {
      const best = createBestRows(boundedCount(wanted, countRows(parts)));
      for (const part of wanted >= 1 ? parts : []) {
        const { float } = needed(blocks.columnsOf(part.block), "float");
        eachRow(part, (row) => {
          best.offer(part.firstRow + row, floatProduct(float, row * dimensions, query));
        });
      }
      return best.take(1);
    },

    scanBits(query, mean, parts, wanted) {
      const count = boundedCount(wanted, countRows(parts));
      return count === 0 ? new Uint32Array(0) : signatures(query, mean, parts, count);
    },

    scanBitsThenInt8(query, mean, parts, candidates, wanted) {
      const count = boundedCount(candidates, countRows(parts));
      const k = boundedCount(wanted, count);
      if (k === 0) return createBestRows(0).take(1);
      return rescoreInt8(query, signatures(query, mean, parts, count), parts, k);
    },

    rescoreInt8(query, rows, parts, wanted) {
      countRows(parts);
      const k = boundedCount(wanted, rows.length);
      return k === 0 ? createBestRows(0).take(1) : rescoreInt8(query, rows, parts, k);
    },

    rescoreFloat(query, rows, parts, wanted) {
      countRows(parts);
      const k = boundedCount(wanted, rows.length);
      const best = createBestRows(k);
      if (k === 0) return best.take(1);
      eachPartOf(parts, rows, ({ block, firstRow }, start, end) => {
        const { float } = needed(blocks.columnsOf(block), "float");
        for (const number of rows.subarray(start, end))
          best.offer(number, floatProduct(float, (number - firstRow) * dimensions, query));
      });
      return best.take(1);
    },

    rescoreInt8Rows(query, rows, { values, scales }, wanted) {
      const k = boundedCount(wanted, rows.length);
      const best = createBestRows(k);
      if (k === 0) return best.take(1);
      checkPassedRows(rows.length, values.length / int8Stride, scales.length);
      const code = queryCode(query, int8Stride);
      rows.forEach((number, at) =>
        offerInt8(best, number, values, at * int8Stride, scales[at] ?? 0, code.values),
      );
      return best.take(code.scale);
    },

    rescoreFloatRows(query, rows, values, wanted) {
      const k = boundedCount(wanted, rows.length);
      const best = createBestRows(k);
      if (k === 0) return best.take(1);
      checkPassedRows(rows.length, values.length / dimensions, rows.length);
      rows.forEach((number, at) =>
        best.offer(number, floatProduct(values, at * dimensions, query)),
      );
      return best.take(1);
    },
  };
}

function needed<Columns, Name extends keyof Columns & string>(
  columns: Columns & Record<Name, { readonly length: number }>,
  name: Name,
): Columns {
  if (columns[name].length === 0)
    throw new RangeError(`A block has no column for this search (${name}).`);
  return columns;
}

function eachRow({ from = 0, to, filter }: ScanPart, visit: (row: number) => void): void {
  if (filter === undefined) {
    for (let row = from; row < to; row += 1) visit(row);
    return;
  }
  for (let row = from; row < to; row += 1) {
    const word = filter[row >> 5] ?? 0;
    if (word === 0) row |= 31;
    else if (((word >>> (row & 31)) & 1) === 1) visit(row);
  }
}

function offerInt8(
  best: BestRows,
  number: number,
  values: Int8Array,
  start: number,
  scale: number,
  query: Int16Array,
): void {
  let sum = 0;
  for (let at = 0; at < query.length; at += 1) sum += (values[start + at] ?? 0) * (query[at] ?? 0);
  best.offer(number, Math.fround(scale * Math.fround(sum)));
}

function floatProduct(values: Float32Array, start: number, query: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < query.length; at += 1) sum += (values[start + at] ?? 0) * (query[at] ?? 0);
  return Math.fround(sum);
}

function differing(words: Uint32Array, start: number, query: Uint32Array): number {
  let distance = 0;
  for (let at = 0; at < query.length; at += 1)
    distance += bitCount((words[start + at] ?? 0) ^ (query[at] ?? 0));
  return distance;
}

/** Ones in 32 bits, counted in ever wider fields. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

import type { KernelExports } from "./kernel-exports.ts";
import { queryCode } from "./query-code.ts";
import { padRows } from "./row-columns.ts";
import { rowLayout, roundUp } from "./row-layout.ts";
import type { RowHits, ScanPart, ScanSpace } from "./scan-kernels.ts";
import { boundedCount, checkPassedRows, countRows, eachPartOf } from "./scan-parts.ts";
import { createWasmBlocks, createWasmMemory, type BlockPlace } from "./wasm-blocks.ts";

/** Rows that are quantised, and rows from outside that are scored, in one go: what they take of the memory stays small. */
const BATCH = 256;

/** Entries beside the wanted ones that the list of near signatures has room for. It is thinned out whenever it is full. */
const SPARE_ENTRIES = 512;

/** A space in the memory of one WASM instance. */
export function createWasmSpace(kernels: KernelExports, dimensions: number): ScanSpace {
  const layout = rowLayout(dimensions);
  const { int8Stride, bitStride, floatStride } = layout;
  const memory = createWasmMemory(kernels.memory);
  const blocks = createWasmBlocks(memory, layout);
  let scratch = { address: 0, bytes: 0 };

  /** Addresses of parts of those sizes. What an earlier call got is void then. */
  const scratchFor = (...sizes: readonly number[]): readonly number[] => {
    const rounded = sizes.map((size) => roundUp(size, 16));
    const bytes = rounded.reduce((sum, size) => sum + size, 0);
    if (bytes > scratch.bytes) {
      if (scratch.address !== 0) memory.give(scratch.address);
      scratch = { address: 0, bytes: 0 };
      const roomy = bytes + bytes / 4;
      scratch = { address: memory.take(roomy), bytes: roomy };
    }
    let next = scratch.address;
    return rounded.map((size) => {
      const address = next;
      next += size;
      return address;
    });
  };

  const takeHits = (rowsAt: number, scoresAt: number, scale: number): RowHits => {
    const count = kernels.takeBest(rowsAt, scoresAt);
    return {
      rows: memory.words(rowsAt, count).slice(),
      scores: Float64Array.from(memory.numbers(scoresAt, count), (score) => score * scale),
    };
  };

  const putInt8Query = (at: number, query: Float32Array): number => {
    const { values, scale } = queryCode(query, int8Stride);
    memory.bytes(at, int8Stride * 2).set(new Uint8Array(values.buffer));
    return scale;
  };

  const putFloats = (at: number, numbers: Float32Array, stride: number): void => {
    const into = memory.numbers(at, stride);
    into.fill(0, numbers.length);
    into.set(numbers);
  };

  /** The signature of one row, at `bitsAt`. `room` has space for two padded rows. */
  const putSignature = (
    bitsAt: number,
    room: number,
    query: Float32Array,
    mean: Float32Array,
  ): void => {
    const length = bitStride * 8;
    putFloats(room, query, length);
    putFloats(room + length * 4, mean, length);
    kernels.quantizeBits(room, 1, length, room + length * 4, bitsAt);
  };

  /** Rows that pass the filter go to `list` and to `some`; with no filter `all` gets the run. */
  const scanPart = (
    part: ScanPart,
    filterAt: number,
    listAt: number,
    all: (from: number, to: number) => void,
    some: (count: number) => void,
  ): void => {
    const { firstRow, from = 0, to, filter } = part;
    if (from >= to) return;
    if (filter === undefined) {
      all(from, to);
      return;
    }
    const words = (to + 31) >>> 5;
    memory.words(filterAt, words).set(filter.subarray(0, words));
    some(kernels.listRows(filterAt, from, to, firstRow, listAt));
  };

  const largestFiltered = (parts: readonly ScanPart[]): number =>
    parts.reduce((most, { filter, to }) => (filter === undefined ? most : Math.max(most, to)), 0);

  const scanNearest = (
    parts: readonly ScanPart[],
    bitsAt: number,
    filterAt: number,
    listAt: number,
  ): void => {
    for (const part of parts) {
      const { bits } = column(blocks.placeOf(part.block), "bits");
      scanPart(
        part,
        filterAt,
        listAt,
        (from, to) => kernels.scanBits(bits, bitStride, bitsAt, from, to, part.firstRow),
        (count) => kernels.compareBits(listAt, count, bits, bitStride, bitsAt, part.firstRow),
      );
    }
  };

  const scoreListed = (
    rows: Uint32Array,
    rowsAt: number,
    parts: readonly ScanPart[],
    queryAt: number,
  ): void =>
    eachPartOf(parts, rows, ({ block, firstRow }, start, end) => {
      const { values, scales } = column(blocks.placeOf(block), "values");
      kernels.scoreInt8(
        rowsAt + start * 4,
        end - start,
        values,
        scales,
        int8Stride,
        queryAt,
        firstRow,
      );
    });

  return {
    layout,
    get reservedBytes() {
      return memory.reservedBytes;
    },
    get usedBytes() {
      return blocks.usedBytes;
    },
    createBlock: (capacity, columns) => blocks.create(capacity, columns),

    quantizeInt8(vectors) {
      const rows = vectors.length / dimensions;
      const values = new Int8Array(rows * int8Stride);
      const scales = new Float32Array(rows);
      const [from = 0, to = 0, scalesAt = 0] = scratchFor(
        BATCH * int8Stride * 4,
        BATCH * int8Stride,
        BATCH * 4,
      );
      memory.numbers(from, BATCH * int8Stride).fill(0);
      for (let row = 0; row < rows; row += BATCH) {
        const count = Math.min(BATCH, rows - row);
        padRows(
          vectors.subarray(row * dimensions, (row + count) * dimensions),
          dimensions,
          memory.numbers(from, count * int8Stride),
          int8Stride,
        );
        kernels.quantizeInt8(from, count, int8Stride, to, scalesAt);
        values.set(new Int8Array(kernels.memory.buffer, to, count * int8Stride), row * int8Stride);
        scales.set(memory.numbers(scalesAt, count), row);
      }
      return { values, scales };
    },

    quantizeBits(vectors, mean) {
      const rows = vectors.length / dimensions;
      const length = bitStride * 8;
      const bits = new Uint8Array(rows * bitStride);
      const [from = 0, meanAt = 0, to = 0] = scratchFor(
        BATCH * length * 4,
        length * 4,
        BATCH * bitStride,
      );
      memory.numbers(from, BATCH * length).fill(0);
      putFloats(meanAt, mean, length);
      for (let row = 0; row < rows; row += BATCH) {
        const count = Math.min(BATCH, rows - row);
        padRows(
          vectors.subarray(row * dimensions, (row + count) * dimensions),
          dimensions,
          memory.numbers(from, count * length),
          length,
        );
        kernels.quantizeBits(from, count, length, meanAt, to);
        bits.set(memory.bytes(to, count * bitStride), row * bitStride);
      }
      return bits;
    },

    scanInt8(query, parts, wanted) {
      const k = boundedCount(wanted, countRows(parts));
      if (k === 0) return noHits();
      const most = largestFiltered(parts);
      const [queryAt = 0, keysAt = 0, rowsAt = 0, scoresAt = 0, filterAt = 0, listAt = 0] =
        scratchFor(int8Stride * 2, k * 8, k * 4, k * 4, roundUp(most, 32) / 8, most * 4);
      const scale = putInt8Query(queryAt, query);
      kernels.startBest(keysAt, k);
      for (const part of parts) {
        const { firstRow, block } = part;
        const { values, scales } = column(blocks.placeOf(block), "values");
        scanPart(
          part,
          filterAt,
          listAt,
          (from, to) => kernels.scanInt8(values, scales, int8Stride, queryAt, from, to, firstRow),
          (count) =>
            kernels.scoreInt8(listAt, count, values, scales, int8Stride, queryAt, firstRow),
        );
      }
      return takeHits(rowsAt, scoresAt, scale);
    },

    scanFloat(query, parts, wanted) {
      const k = boundedCount(wanted, countRows(parts));
      if (k === 0) return noHits();
      const most = largestFiltered(parts);
      const stride = floatStride * 4;
      const [queryAt = 0, keysAt = 0, rowsAt = 0, scoresAt = 0, filterAt = 0, listAt = 0] =
        scratchFor(stride, k * 8, k * 4, k * 4, roundUp(most, 32) / 8, most * 4);
      putFloats(queryAt, query, floatStride);
      kernels.startBest(keysAt, k);
      for (const part of parts) {
        const { firstRow, block } = part;
        const { float } = column(blocks.placeOf(block), "float");
        scanPart(
          part,
          filterAt,
          listAt,
          (from, to) => kernels.scanFloat(float, stride, queryAt, from, to, firstRow),
          (count) => kernels.scoreFloat(listAt, count, float, stride, queryAt, firstRow),
        );
      }
      return takeHits(rowsAt, scoresAt, 1);
    },

    scanBits(query, mean, parts, wanted) {
      const count = boundedCount(wanted, countRows(parts));
      if (count === 0) return new Uint32Array(0);
      const most = largestFiltered(parts);
      const [bitsAt = 0, room = 0, rowsAt = 0, filterAt = 0, listAt = 0, nearAt = 0] = scratchFor(
        bitStride,
        bitStride * 8 * 8,
        count * 4,
        roundUp(most, 32) / 8,
        most * 4,
        bitStride * 8 * 4 + 8 + (2 * count + SPARE_ENTRIES) * 8,
      );
      putSignature(bitsAt, room, query, mean);
      kernels.startNearest(nearAt, bitStride * 8, 2 * count + SPARE_ENTRIES, count);
      scanNearest(parts, bitsAt, filterAt, listAt);
      return memory.words(rowsAt, kernels.takeNearest(rowsAt)).slice();
    },

    scanBitsThenInt8(query, mean, parts, candidates, wanted) {
      const total = countRows(parts);
      const count = boundedCount(candidates, total);
      const k = boundedCount(wanted, count);
      if (k === 0) return noHits();
      const most = largestFiltered(parts);
      const [
        bitsAt = 0,
        room = 0,
        nearestAt = 0,
        filterAt = 0,
        listAt = 0,
        nearAt = 0,
        queryAt = 0,
        keysAt = 0,
        rowsAt = 0,
        scoresAt = 0,
      ] = scratchFor(
        bitStride,
        bitStride * 8 * 8,
        count * 4,
        roundUp(most, 32) / 8,
        most * 4,
        bitStride * 8 * 4 + 8 + (2 * count + SPARE_ENTRIES) * 8,
        int8Stride * 2,
        k * 8,
        k * 4,
        k * 4,
      );
      putSignature(bitsAt, room, query, mean);
      kernels.startNearest(nearAt, bitStride * 8, 2 * count + SPARE_ENTRIES, count);
      scanNearest(parts, bitsAt, filterAt, listAt);
      const nearest = memory.words(nearestAt, kernels.takeNearest(nearestAt));
      const scale = putInt8Query(queryAt, query);
      kernels.startBest(keysAt, k);
      scoreListed(nearest, nearestAt, parts, queryAt);
      return takeHits(rowsAt, scoresAt, scale);
    },

    rescoreInt8(query, rows, parts, wanted) {
      countRows(parts);
      const k = boundedCount(wanted, rows.length);
      if (k === 0) return noHits();
      const [queryAt = 0, keysAt = 0, rowsAt = 0, scoresAt = 0, listAt = 0] = scratchFor(
        int8Stride * 2,
        k * 8,
        k * 4,
        k * 4,
        rows.length * 4,
      );
      memory.words(listAt, rows.length).set(rows);
      const scale = putInt8Query(queryAt, query);
      kernels.startBest(keysAt, k);
      scoreListed(rows, listAt, parts, queryAt);
      return takeHits(rowsAt, scoresAt, scale);
    },

    rescoreFloat(query, rows, parts, wanted) {
      countRows(parts);
      const k = boundedCount(wanted, rows.length);
      if (k === 0) return noHits();
      const stride = floatStride * 4;
      const [queryAt = 0, keysAt = 0, rowsAt = 0, scoresAt = 0, listAt = 0] = scratchFor(
        stride,
        k * 8,
        k * 4,
        k * 4,
        rows.length * 4,
      );
      memory.words(listAt, rows.length).set(rows);
      putFloats(queryAt, query, floatStride);
      kernels.startBest(keysAt, k);
      eachPartOf(parts, rows, ({ block, firstRow }, start, end) => {
        const { float } = column(blocks.placeOf(block), "float");
        kernels.scoreFloat(listAt + start * 4, end - start, float, stride, queryAt, firstRow);
      });
      return takeHits(rowsAt, scoresAt, 1);
    },

    rescoreInt8Rows(query, rows, { values, scales }, wanted) {
      const k = boundedCount(wanted, rows.length);
      if (k === 0) return noHits();
      checkPassedRows(rows.length, values.length / int8Stride, scales.length);
      const [queryAt = 0, keysAt = 0, rowsAt = 0, scoresAt = 0, scalesAt = 0, valuesAt = 0] =
        scratchFor(int8Stride * 2, k * 8, k * 4, k * 4, BATCH * 4 + 16, BATCH * int8Stride);
      const scale = putInt8Query(queryAt, query);
      kernels.startBest(keysAt, k);
      for (let row = 0; row < rows.length; row += BATCH) {
        const end = Math.min(row + BATCH, rows.length);
        memory.numbers(scalesAt, end - row).set(scales.subarray(row, end));
        new Int8Array(kernels.memory.buffer, valuesAt).set(
          values.subarray(row * int8Stride, end * int8Stride),
        );
        kernels.scanInt8(valuesAt, scalesAt, int8Stride, queryAt, 0, end - row, row);
      }
      return numbered(takeHits(rowsAt, scoresAt, scale), rows);
    },

    rescoreFloatRows(query, rows, values, wanted) {
      const k = boundedCount(wanted, rows.length);
      if (k === 0) return noHits();
      checkPassedRows(rows.length, values.length / dimensions, rows.length);
      const stride = floatStride * 4;
      const [queryAt = 0, keysAt = 0, rowsAt = 0, scoresAt = 0, valuesAt = 0] = scratchFor(
        stride,
        k * 8,
        k * 4,
        k * 4,
        BATCH * stride,
      );
      putFloats(queryAt, query, floatStride);
      memory.numbers(valuesAt, BATCH * floatStride).fill(0);
      kernels.startBest(keysAt, k);
      for (let row = 0; row < rows.length; row += BATCH) {
        const end = Math.min(row + BATCH, rows.length);
        padRows(
          values.subarray(row * dimensions, end * dimensions),
          dimensions,
          memory.numbers(valuesAt, (end - row) * floatStride),
          floatStride,
        );
        kernels.scanFloat(valuesAt, stride, queryAt, 0, end - row, row);
      }
      return numbered(takeHits(rowsAt, scoresAt, 1), rows);
    },
  };
}

function column(place: BlockPlace, name: keyof BlockPlace): BlockPlace {
  if (place[name] === 0) throw new RangeError(`A block has no column for this search (${name}).`);
  return place;
}

/** Rows passed in are scanned by their position; hits name them by number. Positions and numbers rise together. */
function numbered(hits: RowHits, rows: Uint32Array): RowHits {
  return { rows: hits.rows.map((position) => rows[position] ?? 0), scores: hits.scores };
}

function noHits(): RowHits {
  return { rows: new Uint32Array(0), scores: new Float64Array(0) };
}

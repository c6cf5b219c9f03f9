import type { KernelExports } from "./kernel-exports.ts";
import { queryCode, splitQuery } from "./query-code.ts";
import { padRows } from "./row-columns.ts";
import { rowLayout, roundUp } from "./row-layout.ts";
import type { Int8Rows, RowHits, ScanPart, ScanSpace } from "./scan-kernels.ts";
import { boundedCount, checkPassedRows, countRows, eachPartOf } from "./scan-parts.ts";
import { createKernelBlocks, createArenaMemory, type BlockPlace } from "./kernel-blocks.ts";

/** Rows that are quantised, and rows from outside that are scored, in one go: what they take of the memory stays small. */
const BATCH = 256;

/** Entries beside the wanted ones that the list of near signatures has room for. It is thinned out whenever it is full. */
const SPARE_ENTRIES = 512;

/** Where fewer rows than this pass a filter, they are picked out; otherwise all are read, in order, which is faster than to skip. */
const LISTED_SHARE = 0.25;

/** How rows are scored by one of their columns. */
interface Ranking {
  readonly column: keyof BlockPlace;
  readonly queryBytes: number;
  /** Writes the query and gives what scores are multiplied by in the end. */
  put(query: Float32Array, at: number): number;
  scan(
    place: BlockPlace,
    query: number,
    from: number,
    to: number,
    firstRow: number,
    filter: number,
  ): void;
  list(place: BlockPlace, query: number, rows: number, count: number, firstRow: number): void;
}

/** A space in the memory of one instance of the kernels. `isRelaxed` says whether they are those of relaxed SIMD. */
export function createKernelSpace(
  kernels: KernelExports,
  dimensions: number,
  isRelaxed: boolean,
): ScanSpace {
  const layout = rowLayout(dimensions);
  const { int8Stride, bitStride } = layout;
  const signatureLength = bitStride * 8;
  const memory = createArenaMemory(kernels.memory);
  const blocks = createKernelBlocks(memory, layout, isRelaxed ? kernels.sumRows : null);
  let scratch = { address: 0, bytes: 0 };

  /** Addresses of parts of those sizes. What an earlier call got is void then. */
  const scratchFor = (...sizes: readonly number[]): number[] => {
    const rounded = sizes.map((size) => roundUp(size, 16));
    const bytes = rounded.reduce((sum, size) => sum + size, 0);
    if (bytes > scratch.bytes) {
      if (scratch.address !== 0) memory.give(scratch.address);
      scratch = { address: 0, bytes: 0 };
      const roomy = roundUp(bytes * 1.25, 64);
      scratch = { address: memory.take(roomy), bytes: roomy };
    }
    let next = scratch.address;
    return rounded.map((size) => (next += size) - size);
  };

  const int8Ranking: Ranking = {
    column: "values",
    queryBytes: int8Stride * 2,
    put(query, at) {
      const { values, scale } = queryCode(query, int8Stride);
      const bytes = isRelaxed ? splitQuery(values) : new Uint8Array(values.buffer);
      memory.bytes(at, bytes.length).set(bytes);
      return scale;
    },
    scan: ({ values, scales, sums }, ...run) =>
      kernels.scanInt8(values, scales, sums, int8Stride, ...run),
    list: ({ values, scales, sums }, query, rows, count, firstRow) =>
      kernels.scoreInt8(rows, count, values, scales, sums, int8Stride, query, firstRow),
  };

  const signatureRanking: Pick<Ranking, "column" | "scan" | "list"> = {
    column: "bits",
    scan: ({ bits }, ...run) => kernels.scanBits(bits, bitStride, ...run),
    list: ({ bits }, query, rows, count, firstRow) =>
      kernels.compareBits(rows, count, bits, bitStride, query, firstRow),
  };

  /** The best of what `work` scores. `sizes` are those of its own scratch parts. */
  const best = (
    ranking: Ranking,
    query: Float32Array,
    k: number,
    sizes: readonly number[],
    work: (queryAt: number, own: readonly number[]) => void,
  ): RowHits => {
    if (k === 0) return { rows: new Uint32Array(0), scores: new Float64Array(0) };
    const [queryAt = 0, keysAt = 0, rowsAt = 0, scoresAt = 0, ...own] = scratchFor(
      ranking.queryBytes,
      k * 8,
      k * 4,
      k * 4,
      ...sizes,
    );
    const scale = ranking.put(query, queryAt);
    kernels.startBest(keysAt, k);
    work(queryAt, own);
    const count = kernels.takeBest(rowsAt, scoresAt);
    return {
      rows: memory.words(rowsAt, count).slice(),
      scores: Float64Array.from(memory.numbers(scoresAt, count), (score) => score * scale),
    };
  };

  /** Sizes of the bitmap and of the list of rows that pass it, for the longest filtered part. */
  const filterSizes = (parts: readonly ScanPart[]): readonly number[] => {
    const filtered = parts.map(({ filter, to }) => (filter === undefined ? 0 : to));
    const most = filtered.reduce((a, b) => Math.max(a, b), 0);
    return [roundUp(most, 32) / 8, most * 4];
  };

  const scanParts = (
    { column, scan, list }: Pick<Ranking, "column" | "scan" | "list">,
    parts: readonly ScanPart[],
    queryAt: number,
    [filterAt = 0, listAt = 0]: readonly number[],
  ): void => {
    for (const { block, firstRow, from = 0, to, filter } of parts) {
      const place = withColumn(blocks.placeOf(block), column);
      if (filter === undefined) {
        scan(place, queryAt, from, to, firstRow, 0);
        continue;
      }
      const words = (to + 31) >>> 5;
      memory.words(filterAt, words).set(filter.subarray(0, words));
      const count = kernels.listRows(filterAt, from, to, firstRow, listAt);
      if (count < (to - from) * LISTED_SHARE) list(place, queryAt, listAt, count, firstRow);
      else scan(place, queryAt, from, to, firstRow, filterAt);
    }
  };

  const scan = (
    ranking: Ranking,
    query: Float32Array,
    parts: readonly ScanPart[],
    wanted: number,
  ): RowHits =>
    best(
      ranking,
      query,
      boundedCount(wanted, countRows(parts)),
      filterSizes(parts),
      (queryAt, own) => scanParts(ranking, parts, queryAt, own),
    );

  const rescore = (
    ranking: Ranking,
    query: Float32Array,
    rows: Uint32Array,
    parts: readonly ScanPart[],
    wanted: number,
  ): RowHits => {
    countRows(parts);
    const k = boundedCount(wanted, rows.length);
    return best(ranking, query, k, [rows.length * 4], (queryAt, [rowsAt = 0]) => {
      memory.words(rowsAt, rows.length).set(rows);
      eachPartOf(parts, rows, ({ block, firstRow }, start, end) => {
        const place = withColumn(blocks.placeOf(block), ranking.column);
        ranking.list(place, queryAt, rowsAt + start * 4, end - start, firstRow);
      });
    });
  };

  /** Rows from outside, batch by batch. Hits name them by position first; positions and numbers rise together. */
  const rescorePassed = (
    ranking: Ranking,
    query: Float32Array,
    rows: Uint32Array,
    wanted: number,
    rowBytes: number,
    write: (place: BlockPlace, from: number, to: number) => void,
  ): RowHits => {
    const sizes = [BATCH * 4, BATCH * 4, BATCH * rowBytes];
    const k = boundedCount(wanted, rows.length);
    const hits = best(ranking, query, k, sizes, (queryAt, [scales = 0, sums = 0, values = 0]) => {
      const place = { scales, sums, values, bits: 0 };
      for (let from = 0; from < rows.length; from += BATCH) {
        const to = Math.min(from + BATCH, rows.length);
        write(place, from, to);
        ranking.scan(place, queryAt, 0, to - from, from, 0);
      }
    });
    return { rows: hits.rows.map((position) => rows[position] ?? 0), scores: hits.scores };
  };

  /** Quantises batch by batch. `take` copies the result of `count` rows, the first of which is `row`. */
  const quantise = (
    vectors: Float32Array,
    stride: number,
    at: number,
    take: (row: number, count: number) => void,
  ): void => {
    memory.numbers(at, BATCH * stride).fill(0);
    const rows = vectors.length / dimensions;
    for (let row = 0; row < rows; row += BATCH) {
      const count = Math.min(BATCH, rows - row);
      const own = vectors.subarray(row * dimensions, (row + count) * dimensions);
      padRows(own, dimensions, memory.numbers(at, count * stride), stride);
      take(row, count);
    }
  };

  const quantizeInt8 = (vectors: Float32Array): Int8Rows => {
    const rows = vectors.length / dimensions;
    const values = new Int8Array(rows * int8Stride);
    const scales = new Float32Array(rows);
    const [from = 0, to = 0, scalesAt = 0] = scratchFor(
      BATCH * int8Stride * 4,
      BATCH * int8Stride,
      BATCH * 4,
    );
    quantise(vectors, int8Stride, from, (row, count) => {
      kernels.quantizeInt8(from, count, int8Stride, to, scalesAt);
      values.set(memory.bytes(to, count * int8Stride), row * int8Stride);
      scales.set(memory.numbers(scalesAt, count), row);
    });
    return { values, scales };
  };

  const quantizeBits = (vectors: Float32Array, mean: Float32Array): Uint8Array<ArrayBuffer> => {
    const bits = new Uint8Array((vectors.length / dimensions) * bitStride);
    const [from = 0, meanAt = 0, to = 0] = scratchFor(
      BATCH * signatureLength * 4,
      signatureLength * 4,
      BATCH * bitStride,
    );
    memory.numbers(meanAt, signatureLength).fill(0, mean.length).set(mean);
    quantise(vectors, signatureLength, from, (row, count) => {
      kernels.quantizeBits(from, count, signatureLength, meanAt, to);
      bits.set(memory.bytes(to, count * bitStride), row * bitStride);
    });
    return bits;
  };

  const scanBits: ScanSpace["scanBits"] = (query, mean, parts, wanted) => {
    const count = boundedCount(wanted, countRows(parts));
    if (count === 0) return new Uint32Array(0);
    const signature = quantizeBits(query, mean);
    const room = 2 * count + SPARE_ENTRIES;
    const [queryAt = 0, nearAt = 0, rowsAt = 0, ...own] = scratchFor(
      bitStride,
      signatureLength * 4 + 8 + room * 8,
      count * 4,
      ...filterSizes(parts),
    );
    memory.bytes(queryAt, bitStride).set(signature);
    kernels.startNearest(nearAt, signatureLength, room, count);
    scanParts(signatureRanking, parts, queryAt, own);
    return memory.words(rowsAt, kernels.takeNearest(rowsAt)).slice();
  };

  return {
    layout,
    get reservedBytes() {
      return memory.reservedBytes;
    },
    get usedBytes() {
      return blocks.usedBytes;
    },
    createBlock: blocks.create,
    quantizeInt8,
    quantizeBits,
    scanInt8: (query, parts, k) => scan(int8Ranking, query, parts, k),
    scanBits,
    scanBitsThenInt8: (query, mean, parts, candidates, k) =>
      rescore(int8Ranking, query, scanBits(query, mean, parts, candidates), parts, k),
    rescoreInt8: (query, rows, parts, k) => rescore(int8Ranking, query, rows, parts, k),
    rescoreInt8Rows(query, rows, { values, scales }, k) {
      checkPassedRows(rows.length, values.length / int8Stride, scales.length);
      return rescorePassed(int8Ranking, query, rows, k, int8Stride, (place, from, to) => {
        const own = values.subarray(from * int8Stride, to * int8Stride);
        memory.bytes(place.values, own.length).set(own);
        memory.numbers(place.scales, to - from).set(scales.subarray(from, to));
        if (isRelaxed) kernels.sumRows(place.values, to - from, int8Stride, place.sums);
      });
    },
  };
}

function withColumn(place: BlockPlace, name: keyof BlockPlace): BlockPlace {
  if (place[name] === 0) throw new RangeError(`The block has no ${name}.`);
  return place;
}

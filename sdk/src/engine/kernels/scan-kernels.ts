import type { RowLayout } from "./row-layout.ts";

/**
 * The arithmetic of the flat vector index: rows kept as int8 and as one bit a dimension, compared with a query, the
 * best k found. Two implementations hold the same contract (`scan-kernels.contract.ts`): WebAssembly, and plain JavaScript for
 * pages that forbid it. Results are the same bit for bit in both.
 *
 * Rows of a space are numbered by whoever asks: a scan names blocks, each with the number of its first row. Hits come in falling
 * order of score, ties by rising row number. The blocks of one scan have to come in rising order of those numbers.
 *
 * Nothing here checks values: not-finite input is refused by the engine. What such input gives here is still defined. A row or
 * query with a value that is not finite, or with none above 2^-100, becomes int8 zeros with scale 0, which scores 0 against
 * everything. In signatures, what is not a number gives bit 0.
 */
export interface ScanKernels {
  /** Which code compares: WASM with relaxed SIMD, WASM with 128-bit SIMD, or plain JavaScript. */
  readonly kind: KernelKind;
  /**
   * Memory for the rows of one embedding space, empty at first. It is freed when nothing refers to it any more.
   *
   * @throws MemoryError `usage/invalid-input` - dimensions that are no whole number from 1 to 4,096
   */
  createSpace(dimensions: number): ScanSpace;
}

export type KernelKind = "relaxed" | "simd" | "script";

/** Rows of one embedding space in memory that the kernels reach, and the searches over them. Synchronous. */
export interface ScanSpace {
  readonly layout: RowLayout;
  /** Bytes that this space holds on to, free or used. It grows when it must, and never shrinks: WASM memory cannot. */
  readonly reservedBytes: number;
  /** Bytes of blocks that were not released. */
  readonly usedBytes: number;

  /**
   * Room for `capacity` rows with the named columns, zeroed. Growth of the memory moves no block, and views are not handed out, so
   * nothing a caller holds goes stale.
   *
   * @throws MemoryError `engine/load-failed` - the memory cannot grow any more (4 GiB, or what the device gives)
   */
  createBlock(capacity: number, columns: BlockColumns): RowBlock;

  /** One scale a row; the row's values are about `scale * int8`. `vectors` holds rows of `dimensions` numbers. */
  quantizeInt8(vectors: Float32Array): Int8Rows;
  /** Bit d of a row is 1 where its value is above `mean[d]`. */
  quantizeBits(vectors: Float32Array, mean: Float32Array): Uint8Array<ArrayBuffer>;

  /** Dot products with the int8 rows, the query taken in 16 bits. Exact integer arithmetic, then `scale * sum`. */
  scanInt8(query: Float32Array, parts: readonly ScanPart[], k: number): RowHits;
  /**
   * The numbers of the `count` rows whose signature differs from the query's in the fewest bits (ties: lower row number), in
   * rising order of number. `mean` is the one the signatures were made with.
   */
  scanBits(
    query: Float32Array,
    mean: Float32Array,
    parts: readonly ScanPart[],
    count: number,
  ): Uint32Array<ArrayBuffer>;
  /** `scanBits` for `candidates` rows and `rescoreInt8` of them in one go, where both columns are resident. */
  scanBitsThenInt8(
    query: Float32Array,
    mean: Float32Array,
    parts: readonly ScanPart[],
    candidates: number,
    k: number,
  ): RowHits;

  /** The best of the named rows by their int8 columns. `rows` rise, and each lies in one of the parts; filters are not asked. */
  rescoreInt8(
    query: Float32Array,
    rows: Uint32Array,
    parts: readonly ScanPart[],
    k: number,
  ): RowHits;
  /** The same for int8 rows that are passed in, one a number, laid out as `quantizeInt8` gives them. */
  rescoreInt8Rows(query: Float32Array, rows: Uint32Array, values: Int8Rows, k: number): RowHits;
}

export interface BlockColumns {
  readonly int8?: boolean;
  readonly bits?: boolean;
}

/** Rows of one segment. Not to be used after `release`. */
export interface RowBlock {
  readonly capacity: number;
  /** Bytes it takes of the space. */
  readonly bytes: number;
  /**
   * Writes rows from number `at` of this block on. A column that the block has and `rows` leaves out keeps what it held.
   *
   * @throws RangeError more rows than there is room for, a column the block has not, or a column that is no whole number of rows
   */
  write(at: number, rows: RowColumns): void;
  /** A copy of rows `from` up to `to` (not included), with every column the block has. */
  read(from: number, to: number): RowColumns;
  /** Gives its memory back for later blocks. A second call does nothing. */
  release(): void;
}

export interface RowColumns {
  readonly int8?: Int8Rows;
  /** `layout.bitStride` bytes a row. */
  readonly bits?: Uint8Array;
}

export interface Int8Rows {
  /** `layout.int8Stride` bytes a row. */
  readonly values: Int8Array;
  /** One number a row. */
  readonly scales: Float32Array;
}

/** A run of rows of one block that takes part in a scan. */
export interface ScanPart {
  readonly block: RowBlock;
  /** The number that row 0 of the block has in hits. */
  readonly firstRow: number;
  /** Rows before this one are left out. Default 0. */
  readonly from?: number;
  /** Rows from this one on are left out: the count of rows written. */
  readonly to: number;
  /** Bit r of the block (`filter[r >> 5]`, lowest first) says whether row r may be a hit. Absent: all may. */
  readonly filter?: Uint32Array;
}

export interface RowHits {
  readonly rows: Uint32Array<ArrayBuffer>;
  /** Dot products with the query, falling. Between unit vectors that is the cosine. */
  readonly scores: Float64Array<ArrayBuffer>;
}

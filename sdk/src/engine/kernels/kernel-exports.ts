/**
 * What `assembly/kernels.ts` exports, and what `script-kernels.ts` does in its place. Every argument is an address or a count; what
 * an argument means is told there.
 */
export interface KernelExports {
  readonly memory: KernelMemory;
  readonly startBest: (keys: number, k: number) => void;
  readonly takeBest: (rows: number, scores: number) => number;
  readonly listRows: (
    filter: number,
    from: number,
    to: number,
    firstRow: number,
    list: number,
  ) => number;
  readonly scanInt8: (
    values: number,
    scales: number,
    sums: number,
    stride: number,
    query: number,
    from: number,
    to: number,
    firstRow: number,
    filter: number,
  ) => void;
  readonly scoreInt8: (
    list: number,
    count: number,
    values: number,
    scales: number,
    sums: number,
    stride: number,
    query: number,
    firstRow: number,
  ) => void;
  readonly sumRows: (values: number, count: number, stride: number, sums: number) => void;
  readonly startNearest: (at: number, bits: number, capacity: number, count: number) => void;
  readonly takeNearest: (rows: number) => number;
  readonly scanBits: (
    values: number,
    stride: number,
    query: number,
    from: number,
    to: number,
    firstRow: number,
    filter: number,
  ) => void;
  readonly compareBits: (
    list: number,
    count: number,
    values: number,
    stride: number,
    query: number,
    firstRow: number,
  ) => void;
  readonly quantizeInt8: (
    rows: number,
    count: number,
    length: number,
    values: number,
    scales: number,
  ) => void;
  readonly quantizeBits: (
    rows: number,
    count: number,
    length: number,
    mean: number,
    bits: number,
  ) => void;
}

/** What is used of `WebAssembly.Memory`. */
export interface KernelMemory {
  /** Another one after growth. */
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

import type { KernelKind } from "../kernels/scan-kernels.ts";
import type { KeyFilter } from "./key-filter.ts";

/**
 * A nearest-neighbour index over unit vectors of one embedding space, in memory. Runs in the worker; keys are record `seq`s. What
 * is kept in the vault is the truth; every index is built from it.
 *
 * Contract (`vector-index.contract.ts`):
 * - results are exact under a filter (never fewer than `k` while `k` rows pass it), in falling order of score, ties by rising key;
 * - adding a key again replaces its vector (of one key twice in one call the last counts); removing an unknown key does nothing;
 * - a vector of the wrong dimension or with a non-finite value, and a key that is no whole number from 0 to 2^53 - 1, is refused
 *   with `usage/invalid-input`, and nothing of the call is done.
 */
export interface VectorIndex {
  readonly kind: string;
  readonly dimensions: number;
  /** Keys that are there. */
  readonly size: number;
  /** `vectors` holds one row of `dimensions` numbers a key. They are read at once and not kept. */
  add(keys: readonly number[], vectors: Float32Array): void;
  remove(keys: readonly number[]): void;
  /**
   * At most `k` keys, best first. A `k` below 1 gives none. Asynchronous because rows of a large index may lie outside of memory;
   * additions and removals made while it runs may or may not be seen.
   *
   * @throws MemoryError `usage/invalid-input` (rejects)
   */
  search(query: Float32Array, k: number, filter?: KeyFilter): Promise<VectorHits>;
  stats(): VectorIndexStats;
  /** Frees memory, files and locks. Nothing is asked of it afterwards. */
  close(): void;
}

export interface VectorHits {
  readonly keys: readonly number[];
  /** Cosine, -1..1, as exact as the engine keeps its rows. */
  readonly scores: readonly number[];
}

export interface VectorIndexStats {
  readonly kind: string;
  readonly rows: number;
  /** Memory that the rows and what finds them take, in bytes. */
  readonly residentBytes: number;
  /** Which code compares vectors: plain JavaScript, WASM with 128-bit SIMD, or with relaxed SIMD. */
  readonly kernel?: KernelKind;
  /** How rows are kept: every row in full, signatures beside full rows, or signatures alone with rows read when they are needed. */
  readonly tier?: "full" | "prefiltered" | "on-demand";
  /** Candidates that signatures choose for exact comparison; 0 where every row is compared. */
  readonly rescored?: number;
  /** Recall@10 measured on stored rows, 0..1; absent where it was not measured yet. */
  readonly recallEstimate?: number;
}

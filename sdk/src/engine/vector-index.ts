/**
 * A nearest-neighbour index over unit vectors of one embedding space. Runs in the worker; keys are record `seq`s.
 *
 * Contract (`vector-index.contract.ts`): results are exact under a filter (never fewer than k while k rows pass it), in falling
 * order of score, ties by rising key; adding a key again replaces its vector; removing an unknown key does nothing; a vector of
 * the wrong dimension or with a non-finite value is refused with `usage/invalid-input`.
 */
export interface VectorIndex {
  readonly kind: string;
  readonly dimensions: number;
  readonly size: number;
  /** `vectors` holds one row of `dimensions` numbers a key. */
  add(keys: readonly number[], vectors: Float32Array): void;
  remove(keys: readonly number[]): void;
  /** At most `k` keys, best first. `k` of 0 gives none. */
  search(query: Float32Array, k: number, filter?: (key: number) => boolean): VectorHits;
}

export interface VectorHits {
  readonly keys: readonly number[];
  /** Cosine, -1..1. */
  readonly scores: readonly number[];
}

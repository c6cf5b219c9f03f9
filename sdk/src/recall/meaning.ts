import type { Scope } from "../domain/scope.ts";

/**
 * The second signal of recall, where an embedder is there: which documents mean something like the request, whatever words they use.
 * Only the seam: who owns vectors and embedder answers it, recall ranks by what comes back and works the same without.
 *
 * Contract: never rejects for want of a model, and never waits for a download; answers `null` where nothing can be said within
 * `withinMs` (no model yet, vectors still being made, an embedding that takes too long). Recall then goes by words alone, and a
 * rejection counts as `null`.
 */
export type FindMeaning = (request: MeaningRequest) => Promise<MeaningHits | null>;

export interface MeaningRequest {
  /** What is asked: the last turn at weight 1, and at a lower one the turn before, where the last one leans on it. */
  readonly texts: readonly { readonly text: string; readonly weight: number }[];
  /**
   * Documents that count are those of `IndexView.readable(scope, now)`: the scan goes by that mask, so that `most` is filled with what
   * may be shown. Recall looks again.
   */
  readonly scope: Scope;
  /** Epoch milliseconds, for what expires. */
  readonly now: number;
  /** So many of the nearest documents are wanted, at most. */
  readonly most: number;
  readonly withinMs: number;
}

/** The nearest documents, in any order. `seq`s, since a document's number in the index is not good over an `await`. */
export interface MeaningHits {
  readonly seqs: ArrayLike<number>;
  /** -1..1, one a `seq`. */
  readonly cosines: ArrayLike<number>;
  readonly weights: FusionWeights;
  readonly calibration: CosineCalibration;
}

/** What each signal counts in the order, each scaled to its best document. The study: .75 words and letters alone, .45/.1/.45 to start with a neural embedder. */
export interface FusionWeights {
  readonly words: number;
  readonly letters: number;
  readonly meaning: number;
}

/**
 * What a cosine says in one embedding space: `low` is that of texts that have nothing to do with each other, `high` that of texts
 * that surely say the same. Between them it rises in a line from 0 to 1. Needs `low < high`.
 */
export interface CosineCalibration {
  readonly low: number;
  readonly high: number;
}

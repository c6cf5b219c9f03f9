import type { Scope } from "../domain/scope.ts";
import type { IndexView } from "../engine/index-view.ts";
import type { LexicalScores } from "./lexical.ts";
import { put } from "./scratch.ts";

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

/** How near a cosine is by its calibration: 0 for `low` and below, 1 at `high`, above 1 beyond it (which still orders). */
export function nearnessOf(cosine: number, { low, high }: CosineCalibration): number {
  return Number.isNaN(cosine) ? 0 : Math.max(0, (cosine - low) / (high - low));
}

/**
 * Puts what was found by meaning beside what was found by words: a document that holds no word of the request is touched all the
 * same. What may not be read, or is gone since, is passed over.
 */
export function placeMeaning(
  { seqs, cosines, calibration }: MeaningHits,
  view: IndexView,
  mask: Uint8Array,
  { touched, alike }: LexicalScores,
  meaning: Float32Array,
): void {
  for (let at = 0; at < seqs.length; at += 1) {
    const near = nearnessOf(cosines[at] ?? 0, calibration);
    const document = near > 0 ? view.documentOf(seqs[at] ?? 0) : -1;
    if (document < 0 || mask[document] !== 1) continue;
    const known = meaning[document] ?? 0;
    if (known === 0 && alike[document] === 0) put(touched, document);
    if (near > known) meaning[document] = near;
  }
}

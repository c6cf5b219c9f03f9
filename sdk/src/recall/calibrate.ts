import type { CosineCalibration, FusionWeights } from "./meaning.ts";

/** A stored text with its vector, and the place of the text in the sample that answers it or goes on from it. */
export interface SampledText {
  readonly vector: Float32Array;
  /** Its terms, each once. */
  readonly terms: ReadonlySet<string>;
  /** Place of the next text of the same conversation; -1 where the sample does not hold it. */
  readonly next: number;
}

export interface SpaceCalibration {
  readonly calibration: CosineCalibration;
  readonly weights: FusionWeights;
}

/** Where the vault is too small to say anything: the study's figures for a static model, the more careful of the two. */
export const UNCALIBRATED: SpaceCalibration = {
  calibration: { low: 0.25, high: 0.75 },
  weights: { words: 0.5, letters: 0.2, meaning: 0.3 },
};

/** Fewer say nothing of a space. */
export const FEWEST_TEXTS = 32;
const FEWEST_PAIRS = 12;
/** Above this two texts are one text, and say nothing of what "near" is in this space. */
const SAME = 0.999;
/** The narrowest scale, in standard deviations of unrelated pairs. */
const NARROWEST = 2.5;
const MEANING = { least: 0.15, most: 0.55, share: 0.9 } as const;
/** Of what meaning leaves: words against letters, as the study's weights for a neural embedder have them. */
const WORDS_SHARE = 0.82;

/**
 * What cosines and vectors are worth in one embedding space, read from the vault itself, since models differ by far: in some,
 * unrelated texts stand at 0, in others at 0.7.
 *
 * The scale begins where unrelated pairs of the sample end, and is full where nearest neighbours usually are. The weight goes by a
 * task that needs no labels: which of two signals, vectors or shared words, finds the text that follows another in its
 * conversation among all texts of the sample (mean reciprocal rank of both).
 */
export function calibrate(sample: readonly SampledText[]): SpaceCalibration {
  if (sample.length < FEWEST_TEXTS) return UNCALIBRATED;
  return { calibration: scaleOf(sample), weights: weightsOf(sample) };
}

function scaleOf(sample: readonly SampledText[]): CosineCalibration {
  const nearest = new Float64Array(sample.length).fill(-1);
  let sum = 0;
  let squares = 0;
  let pairs = 0;
  for (let a = 0; a < sample.length; a += 1)
    for (let b = a + 1; b < sample.length; b += 1) {
      const cosine = dot(sample[a]!.vector, sample[b]!.vector);
      if (cosine > SAME) continue;
      sum += cosine;
      squares += cosine * cosine;
      pairs += 1;
      if (cosine > nearest[a]!) nearest[a] = cosine;
      if (cosine > nearest[b]!) nearest[b] = cosine;
    }
  if (pairs === 0) return UNCALIBRATED.calibration;
  const mean = sum / pairs;
  const deviation = Math.max(Math.sqrt(Math.max(0, squares / pairs - mean * mean)), 0.005);
  const low = mean + deviation;
  const found = nearest.filter((cosine) => cosine > -1).toSorted();
  const upper = found[Math.floor(found.length * 0.75)] ?? 1;
  return { low, high: Math.max(low + NARROWEST * deviation, upper) };
}

function weightsOf(sample: readonly SampledText[]): FusionWeights {
  const asked = sample.filter(({ next }) => next >= 0);
  if (asked.length < FEWEST_PAIRS) return UNCALIBRATED.weights;
  const rarity = rarities(sample);
  let byVectors = 0;
  let byWords = 0;
  for (const text of asked) {
    byVectors += reciprocalRank(sample, text, (other) => dot(text.vector, other.vector));
    byWords += reciprocalRank(sample, text, (other) => overlap(text.terms, other.terms, rarity));
  }
  const share = byVectors / Math.max(byVectors + byWords, 1e-9);
  const meaning = Math.min(MEANING.most, Math.max(MEANING.least, MEANING.share * share));
  return {
    words: (1 - meaning) * WORDS_SHARE,
    letters: (1 - meaning) * (1 - WORDS_SHARE),
    meaning,
  };
}

/** Of equal scores the middle rank counts, so that a signal that says nothing gains nothing by it. */
function reciprocalRank(
  sample: readonly SampledText[],
  text: SampledText,
  scoreOf: (other: SampledText) => number,
): number {
  const wanted = scoreOf(sample[text.next]!);
  let better = 0;
  let equal = 0;
  for (const [at, other] of sample.entries()) {
    if (other === text || at === text.next) continue;
    const score = scoreOf(other);
    if (score > wanted) better += 1;
    else if (score === wanted) equal += 1;
  }
  return 1 / (1 + better + equal / 2);
}

function rarities(sample: readonly SampledText[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { terms } of sample)
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return new Map([...counts].map(([term, count]) => [term, Math.log(1 + sample.length / count)]));
}

function overlap(
  a: ReadonlySet<string>,
  b: ReadonlySet<string>,
  rarity: ReadonlyMap<string, number>,
): number {
  let shared = 0;
  for (const term of a) if (b.has(term)) shared += rarity.get(term) ?? 0;
  return shared / Math.sqrt(1 + b.size);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at]! * b[at]!;
  return sum;
}

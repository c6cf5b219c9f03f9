import { countBits, gramSignature, gramNumbers, sharedGrams } from "./letter-grams.ts";
import type { TailPostings } from "./tail-postings.ts";
import type { TermDictionary } from "./term-dictionary.ts";

export interface SignedDictionary {
  readonly dictionary: TermDictionary;
  readonly signatures: Uint32Array;
}

export interface SimilarTerm {
  readonly term: string;
  readonly share: number;
}

/** What the search goes by: the query's own letters, made once. */
interface Likeness {
  readonly term: string;
  readonly grams: ReadonlySet<number>;
  readonly low: number;
  readonly high: number;
  readonly bits: number;
  /** Bits of the signature that any word must share. */
  readonly needed: number;
  readonly atLeast: number;
}

/** Stems that share runs of letters with `term`, most alike first. `remembered` holds what the sealed dictionaries gave before. */
export function findSimilarTerms(
  term: string,
  atLeast: number,
  most: number,
  sealed: readonly SignedDictionary[],
  tail: TailPostings,
  remembered: Map<string, readonly SimilarTerm[]>,
): SimilarTerm[] {
  const likeness = likenessOf(term, atLeast);
  const key = `${atLeast} ${most} ${term}`;
  let old = remembered.get(key);
  if (old === undefined) {
    old = best(inSealed(likeness, sealed), most);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, old);
  }
  const found = new Map(old.map((similar) => [similar.term, similar]));
  tail.each((candidate, low, high) => {
    if (mayShare(likeness, low, high)) consider(likeness, candidate, found);
  });
  return best(found, most);
}

const MOST_REMEMBERED = 2_000;

function likenessOf(term: string, atLeast: number): Likeness {
  const [low, high] = gramSignature(term);
  const bits = countBits(low) + countBits(high);
  return {
    term,
    grams: gramNumbers(term),
    low,
    high,
    bits,
    needed: leastShared(bits, 0, atLeast),
    atLeast,
  };
}

/** Two runs of a word may fall on one bit, so a little fewer bits than runs are asked for. */
const SLACK = 0.85;

/**
 * Of words with `a` and `b` runs of three letters, as many must be common for a share (Dice over runs of three to five): a stretch of
 * `n` common threes holds at most `n - 1` common fours and `n - 2` common fives.
 */
function leastShared(a: number, b: number, atLeast: number): number {
  return Math.max(1, Math.ceil(SLACK * (1 + atLeast * ((a + b) / 2 - 1))));
}

/** The signatures rule out nearly all of a dictionary without looking at a word. */
function mayShare(
  { low, high, bits, needed, atLeast }: Likeness,
  otherLow: number,
  otherHigh: number,
): boolean {
  const shared = countBits(low & otherLow) + countBits(high & otherHigh);
  return (
    shared >= needed &&
    shared >= leastShared(bits, countBits(otherLow) + countBits(otherHigh), atLeast)
  );
}

function inSealed(
  likeness: Likeness,
  sealed: readonly SignedDictionary[],
): ReadonlyMap<string, SimilarTerm> {
  const found = new Map<string, SimilarTerm>();
  for (const { dictionary, signatures } of sealed) {
    const terms = dictionary.terms();
    const { low, high, needed } = likeness;
    for (let ordinal = 0; ordinal < terms.length; ordinal += 1) {
      const otherLow = signatures[ordinal * 2] ?? 0;
      const otherHigh = signatures[ordinal * 2 + 1] ?? 0;
      // The first half of `mayShare` in line: it rules out nearly all.
      if (countBits(low & otherLow) + countBits(high & otherHigh) < needed) continue;
      if (mayShare(likeness, otherLow, otherHigh)) consider(likeness, terms[ordinal] ?? "", found);
    }
  }
  return found;
}

function consider(likeness: Likeness, candidate: string, found: Map<string, SimilarTerm>): void {
  if (candidate === likeness.term || found.has(candidate)) return;
  const share = sharedGrams(likeness.grams, candidate);
  if (share >= likeness.atLeast) found.set(candidate, { term: candidate, share });
}

function best(found: ReadonlyMap<string, SimilarTerm>, most: number): SimilarTerm[] {
  return [...found.values()]
    .toSorted((a, b) => b.share - a.share || (a.term < b.term ? -1 : 1))
    .slice(0, most);
}

import { countBits, gramSignature, letterGrams, sharedGrams } from "./letter-grams.ts";
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
  readonly grams: ReadonlySet<string>;
  readonly low: number;
  readonly high: number;
  /** Bits of the signature that a word must share. */
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
    if (countBits(low & likeness.low) + countBits(high & likeness.high) >= likeness.needed)
      consider(likeness, candidate, found);
  });
  return best(found, most);
}

const MOST_REMEMBERED = 2_000;

/**
 * The signatures rule out nearly all of a dictionary without looking at a word: of `n` runs of three letters in the query, a word
 * that reaches the share must have a good part.
 */
function likenessOf(term: string, atLeast: number): Likeness {
  const [low, high] = gramSignature(term);
  return {
    term,
    grams: letterGrams(term),
    low,
    high,
    needed: Math.max(1, Math.ceil((countBits(low) + countBits(high)) * atLeast * 0.75)),
    atLeast,
  };
}

function inSealed(
  likeness: Likeness,
  sealed: readonly SignedDictionary[],
): ReadonlyMap<string, SimilarTerm> {
  const found = new Map<string, SimilarTerm>();
  const { low, high, needed } = likeness;
  for (const { dictionary, signatures } of sealed) {
    const terms = dictionary.terms();
    for (let ordinal = 0; ordinal < terms.length; ordinal += 1)
      if (
        countBits((signatures[ordinal * 2] ?? 0) & low) +
          countBits((signatures[ordinal * 2 + 1] ?? 0) & high) >=
        needed
      )
        consider(likeness, terms[ordinal] ?? "", found);
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

import { countBits, gramSignature, letterGrams, sharedGrams } from "./letter-grams.ts";
import type { TailPostings } from "./tail-postings.ts";
import type { TermDictionary } from "./term-dictionary.ts";

export interface SignedDictionary {
  readonly dictionary: TermDictionary;
  readonly signatures: Uint32Array;
}

/**
 * Stems that share runs of letters with `term`. The signatures rule out nearly all of a dictionary without unpacking a word:
 * of `n` runs of three letters in the query, a word that reaches the share must have a good part.
 */
export function findSimilarTerms(term: string, atLeast: number, most: number, sealed: readonly SignedDictionary[], tail: TailPostings): { term: string; share: number }[] {
  const grams = letterGrams(term);
  const [low, high] = gramSignature(term);
  const needed = Math.max(1, Math.ceil((countBits(low) + countBits(high)) * atLeast * 0.75));
  const found = new Map<string, number>();
  const consider = (candidate: string): void => {
    if (candidate === term || found.has(candidate)) return;
    const share = sharedGrams(grams, letterGrams(candidate));
    if (share >= atLeast) found.set(candidate, share);
  };
  for (const { dictionary, signatures } of sealed)
    for (let ordinal = 0; ordinal < dictionary.size; ordinal += 1)
      if (countBits((signatures[ordinal * 2] ?? 0) & low) + countBits((signatures[ordinal * 2 + 1] ?? 0) & high) >= needed) consider(dictionary.at(ordinal).term);
  tail.each((candidate, tailLow, tailHigh) => {
    if (countBits(tailLow & low) + countBits(tailHigh & high) >= needed) consider(candidate);
  });
  return [...found]
    .map(([candidate, share]) => ({ term: candidate, share }))
    .sort((a, b) => b.share - a.share || (a.term < b.term ? -1 : 1))
    .slice(0, most);
}

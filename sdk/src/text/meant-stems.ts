import { kindStems } from "./kinds-of-things.ts";
import { kindredStems } from "./kindred-words.ts";

/** A stem that a word of a request may mean, and what it counts beside that word, 0..1. */
export interface MeantStem {
  readonly term: string;
  readonly share: number;
}

/** What a stem counts that often stands for the one asked for. */
const KINDRED = 0.5;
/** What a stem counts that is one of the things which the word asked for covers. */
const KIND = 0.4;

/** Other stems that a request with this stem may mean: what often stands for it, and what it covers. */
export function meantStems(term: string): MeantStem[] {
  const kindred = kindredStems(term);
  const meant = [...kindred].map((other) => ({ term: other, share: KINDRED }));
  for (const other of kindStems(term))
    if (!kindred.has(other)) meant.push({ term: other, share: KIND });
  return meant;
}

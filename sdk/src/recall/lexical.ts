import type { RequestReader } from "../facts/request-reader.ts";
import type { IndexView } from "../engine/index-view.ts";
import type { Readable } from "./readable.ts";
import { put, type DocumentList, type ScoreArrays } from "./scratch.ts";
import { postingsOfForms } from "./term-postings.ts";

/** BM25: a turn is short, so repeats add little and length takes little away. */
const K1 = 0.9;
const B = 0.4;
/** A vault of three turns says nothing about how rare a word is: rarity is taken as in a vault of at least this many. */
const LEAST_DOCUMENTS = 300;
/** Dice from which on a stem of like letters counts, and as many of them. */
const ALIKE = 0.45;
const MOST_ALIKE = 16;
/** A stem that more than this share of the documents holds is known well enough without its like. */
const COMMON = 0.02;
const LEAST_COMMON = 64;
/** Stems added to a text's length when its score by likeness is set off against it. */
const LENGTH_BASE = 6;

export interface AskedTerms {
  /** Stems with their weight. */
  readonly terms: ReadonlyMap<string, number>;
  /** Terms of the vault's other languages by which it may hold one of these, in that form or in another. */
  readonly forms: ReadonlyMap<string, readonly string[]>;
  /** Other stems that it may mean. */
  readonly meantStems: RequestReader["meantStems"];
}

/** Scores by words and by letters, by document, and what is needed to make them absolute. */
export interface LexicalScores {
  /** Documents that hold a term of the query, or one like it. All others score 0. */
  readonly touched: DocumentList;
  /** BM25. */
  readonly words: Float32Array;
  /** idf mass that the document's own words match. */
  readonly matched: Float32Array;
  /** Sum over the query's terms of idf times the likeness of the nearest stem: of like letters, or of a like meaning. */
  readonly alike: Float32Array;
  /** idf mass of the whole query. */
  readonly mass: number;
}

export function scoreLexically(
  { terms, forms, meantStems }: AskedTerms,
  view: IndexView,
  readable: Readable,
  arrays: ScoreArrays,
): LexicalScores {
  const { length } = view.columns;
  const { mask, count, stems } = readable;
  const { words, matched, alike, nearest, found } = arrays;
  const touched = arrays.list();
  const near = arrays.list();
  const average = stems / Math.max(1, count) || 1;
  let mass = 0;

  const idfOf = (holding: number): number =>
    Math.log(1 + (Math.max(count, LEAST_DOCUMENTS) - holding + 0.5) / (holding + 0.5));

  for (const [term, weight] of terms) {
    near.length = 0;
    const { size: holding, postings } = postingsOfForms(
      term,
      forms.get(term) ?? [],
      view,
      readable,
      arrays,
    );
    const { documents, counts } = postings;
    // A word that nobody said weighs like one that was said once: it must not drown the others.
    const idf = idfOf(Math.max(1, holding)) * weight;
    mass += idf;
    for (let at = 0; at < holding; at += 1) {
      const document = documents[at] ?? 0;
      const times = counts[at] ?? 1;
      words[document] =
        (words[document] ?? 0) +
        (idf * times * (K1 + 1)) / (times + K1 * (1 - B + (B * (length[document] ?? 0)) / average));
      matched[document] = (matched[document] ?? 0) + idf;
      nearest[document] = idf;
      near.documents[at] = document;
    }
    near.length = holding;
    const isRare = holding <= Math.max(LEAST_COMMON, COMMON * count);
    for (const { term: other, share } of [
      ...(isRare ? view.similarTerms(term, ALIKE, MOST_ALIKE) : []),
      ...meantStems(term),
    ]) {
      const having = view.postings(other, mask, found);
      const { documents: others } = found;
      const value = Math.min(idfOf(Math.max(1, having)) * weight, idf) * share;
      for (let at = 0; at < having; at += 1) {
        const document = others[at] ?? 0;
        const known = nearest[document] ?? 0;
        if (known === 0) put(near, document);
        if (value > known) nearest[document] = value;
      }
    }
    for (let at = 0; at < near.length; at += 1) {
      const document = near.documents[at] ?? 0;
      const known = alike[document] ?? 0;
      if (known === 0) put(touched, document);
      alike[document] = known + (nearest[document] ?? 0);
      nearest[document] = 0;
    }
  }
  return { touched, words, matched, alike, mass };
}

/** Likeness in the order: a long text holds some like stem by chance. */
export function lettersOf(alike: number, length: number): number {
  return alike / Math.sqrt(LENGTH_BASE + length);
}

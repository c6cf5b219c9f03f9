import { kindStems } from "../text/kinds-of-things.ts";
import { kindredStems } from "../text/kindred-words.ts";
import type { IndexView } from "../engine/index-view.ts";

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
/** What a stem counts that often stands for the one asked for. */
const KINDRED = 0.5;
/** What a stem counts that is one of the things which the word asked for covers. */
const KIND = 0.4;
/** Stems added to a text's length when its score by likeness is set off against it. */
const LENGTH_BASE = 6;

/** Scores by words and by letters, one number a document, and what is needed to make them absolute. */
export interface LexicalScores {
  /** BM25. */
  readonly words: Float32Array;
  /** Sum over the query's terms of idf times the likeness of the nearest stem: of like letters, or of a like meaning. */
  readonly letters: Float32Array;
  /** idf mass that the document's own words match. */
  readonly matched: Float32Array;
  /** The same by letters. */
  readonly alike: Float32Array;
  /** idf mass of the whole query. */
  readonly mass: number;
  /** Documents that may be read. */
  readonly readable: number;
}

export function scoreLexically(
  terms: ReadonlyMap<string, number>,
  view: IndexView,
  mask: Uint8Array,
): LexicalScores {
  const { count, columns } = view;
  let readable = 0;
  let stems = 0;
  for (let document = 0; document < count; document += 1)
    if (mask[document] === 1) {
      readable += 1;
      stems += columns.length[document] ?? 0;
    }
  const average = stems / Math.max(1, readable) || 1;
  const scores = {
    words: new Float32Array(count),
    letters: new Float32Array(count),
    matched: new Float32Array(count),
    alike: new Float32Array(count),
  };
  const documents = new Uint32Array(readable);
  const counts = new Uint32Array(readable);
  const nearest = new Float32Array(count);
  let mass = 0;

  const collect = (term: string): number => {
    let found = 0;
    view.postings(term, (document, times) => {
      if (mask[document] !== 1) return;
      documents[found] = document;
      counts[found] = times;
      found += 1;
    });
    return found;
  };
  const idfOf = (found: number): number =>
    Math.log(1 + (Math.max(readable, LEAST_DOCUMENTS) - found + 0.5) / (found + 0.5));

  for (const [term, weight] of terms) {
    const touched: number[] = [];
    const found = collect(term);
    // A word that nobody said weighs like one that was said once: it must not drown the others.
    const idf = idfOf(Math.max(1, found)) * weight;
    mass += idf;
    for (let at = 0; at < found; at += 1) {
      const document = documents[at] ?? 0;
      const times = counts[at] ?? 1;
      scores.words[document] =
        (scores.words[document] ?? 0) +
        (idf * times * (K1 + 1)) /
          (times + K1 * (1 - B + (B * (columns.length[document] ?? 0)) / average));
      scores.matched[document] = (scores.matched[document] ?? 0) + idf;
      nearest[document] = idf;
      touched.push(document);
    }
    for (const { term: other, share } of othersLike(
      term,
      view,
      found <= Math.max(LEAST_COMMON, COMMON * readable),
    )) {
      const alike = collect(other);
      const value = Math.min(idfOf(Math.max(1, alike)) * weight, idf) * share;
      for (let at = 0; at < alike; at += 1) {
        const document = documents[at] ?? 0;
        const known = nearest[document] ?? 0;
        if (known === 0) touched.push(document);
        if (value > known) nearest[document] = value;
      }
    }
    for (const document of touched) {
      const value = nearest[document] ?? 0;
      scores.alike[document] = (scores.alike[document] ?? 0) + value;
      scores.letters[document] =
        (scores.letters[document] ?? 0) +
        value / Math.sqrt(LENGTH_BASE + (columns.length[document] ?? 0));
      nearest[document] = 0;
    }
  }
  return { ...scores, mass, readable };
}

function othersLike(
  term: string,
  view: IndexView,
  byLetters: boolean,
): { readonly term: string; readonly share: number }[] {
  const kindred = kindredStems(term);
  const others = [...kindred].map((other) => ({ term: other, share: KINDRED }));
  for (const other of kindStems(term))
    if (!kindred.has(other)) others.push({ term: other, share: KIND });
  return byLetters ? [...view.similarTerms(term, ALIKE, MOST_ALIKE), ...others] : others;
}

import type { FoundPostings } from "./index-view.ts";
import { languageOfTerm } from "../text/language-terms.ts";
import { gramSignature } from "./letter-grams.ts";

/** Postings of the documents that are not sealed yet. */
export interface TailPostings {
  add(document: number, terms: ReadonlyMap<string, number>): void;
  /** As `Segment.postings`, from the document `from` on. */
  collect(
    term: string,
    mask: Uint8Array,
    found: FoundPostings,
    filled: number,
    from: number,
  ): number;
  has(term: string): boolean;
  /** Languages (ISO 639-1) that it holds stems of. */
  readonly languages: ReadonlySet<string>;
  /** Every stem with its `gramSignature`. */
  each(visit: (term: string, low: number, high: number) => void): void;
  readonly byteLength: number;
}

const NO_LETTERS = [0, 0] as const;

export function createTailPostings(): TailPostings {
  const lists = new Map<
    string,
    { readonly low: number; readonly high: number; readonly pairs: number[] }
  >();
  const languages = new Set<string>();
  let postings = 0;
  return {
    languages,
    add(document, terms) {
      for (const [term, times] of terms) {
        let list = lists.get(term);
        if (list === undefined) {
          const language = languageOfTerm(term);
          if (language !== null) languages.add(language);
          // As in a segment: the stem of a language has no like letters.
          const [low, high] = language === null ? gramSignature(term) : NO_LETTERS;
          list = { low, high, pairs: [] };
          lists.set(term, list);
        }
        list.pairs.push(document, times);
        postings += 1;
      }
    },
    collect(term, mask, { documents, counts }, filled, from) {
      const pairs = lists.get(term)?.pairs;
      if (pairs === undefined) return filled;
      let size = filled;
      for (let at = 0; at < pairs.length; at += 2) {
        const document = pairs[at] ?? 0;
        if (document < from || mask[document] !== 1) continue;
        documents[size] = document;
        counts[size] = pairs[at + 1] ?? 1;
        size += 1;
      }
      return size;
    },
    has: (term) => lists.has(term),
    each(visit) {
      for (const [term, { low, high }] of lists) visit(term, low, high);
    },
    get byteLength() {
      return postings * 16 + lists.size * 96;
    },
  };
}

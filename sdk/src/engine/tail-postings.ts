import { gramSignature } from "./letter-grams.ts";

/** Postings of the documents that are not sealed yet. */
export interface TailPostings {
  add(document: number, terms: ReadonlyMap<string, number>): void;
  visit(term: string, visit: (document: number, times: number) => void): void;
  has(term: string): boolean;
  /** Every stem with its `gramSignature`. */
  each(visit: (term: string, low: number, high: number) => void): void;
  readonly byteLength: number;
}

export function createTailPostings(): TailPostings {
  const lists = new Map<
    string,
    { readonly low: number; readonly high: number; readonly pairs: number[] }
  >();
  let postings = 0;
  return {
    add(document, terms) {
      for (const [term, times] of terms) {
        let list = lists.get(term);
        if (list === undefined) {
          const [low, high] = gramSignature(term);
          list = { low, high, pairs: [] };
          lists.set(term, list);
        }
        list.pairs.push(document, times);
        postings += 1;
      }
    },
    visit(term, visit) {
      const pairs = lists.get(term)?.pairs ?? [];
      for (let at = 0; at < pairs.length; at += 2) visit(pairs[at] ?? 0, pairs[at + 1] ?? 1);
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

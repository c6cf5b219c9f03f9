import type { FoundPostings, IndexView } from "../engine/index-view.ts";
import type { Readable } from "./readable.ts";
import type { ScoreArrays } from "./scratch.ts";

/**
 * The documents that hold a term, or one of the other forms that a stemmer leads to the same stem: for a language they are one word.
 * Good until the next call.
 */
export function postingsOfForms(
  term: string,
  forms: readonly string[],
  view: IndexView,
  { mask }: Readable,
  { found, more, joined }: Pick<ScoreArrays, "found" | "more" | "joined">,
): { readonly size: number; readonly postings: FoundPostings } {
  let [all, room] = [found, joined];
  let size = view.postings(term, mask, all);
  for (const form of forms) {
    const added = view.postings(form, mask, more);
    if (added === 0) continue;
    size = join(all, size, more, added, room);
    [all, room] = [room, all];
  }
  return { size, postings: all };
}

/** Joins two rising lists into a third. A document in both holds the word as often as the list says that counts more: one holds the other. */
function join(
  a: FoundPostings,
  sizeA: number,
  b: FoundPostings,
  sizeB: number,
  out: FoundPostings,
): number {
  let [atA, atB, size] = [0, 0, 0];
  while (atA < sizeA || atB < sizeB) {
    const [inA, inB] = [a.documents[atA] ?? 0, b.documents[atB] ?? 0];
    const takesA = atB >= sizeB || (atA < sizeA && inA <= inB);
    const takesB = atA >= sizeA || (atB < sizeB && inB <= inA);
    out.documents[size] = takesA ? inA : inB;
    out.counts[size] = Math.max(
      takesA ? (a.counts[atA] ?? 1) : 0,
      takesB ? (b.counts[atB] ?? 1) : 0,
    );
    size += 1;
    if (takesA) atA += 1;
    if (takesB) atB += 1;
  }
  return size;
}

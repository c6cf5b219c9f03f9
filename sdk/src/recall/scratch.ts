import type { FoundPostings } from "../engine/index-view.ts";

/**
 * Number arrays as long as the index, lent to one request at a time. To make them anew for every request would cost more than the
 * request itself; so they come back as they went out, all zero.
 */
export interface Scratch {
  /** All zero. What they were lent for before must not be looked at any more. Good until the next `borrow`. */
  borrow(count: number): ScoreArrays;
}

export interface ScoreArrays {
  /** By document. */
  readonly words: Float32Array;
  readonly matched: Float32Array;
  readonly alike: Float32Array;
  readonly nearest: Float32Array;
  readonly meaning: Float32Array;
  readonly base: Float32Array;
  readonly lent: Float32Array;
  readonly lentMatched: Float32Array;
  readonly order: Float32Array;
  /** By number of the conversation; there are no more of them than documents, and one for "none". */
  readonly session: Float32Array;
  readonly fit: Float32Array;
  readonly wish: Float32Array;
  readonly lead: Float32Array;
  /** By document: 1 where it was looked at already. */
  readonly taken: Uint8Array;
  readonly listed: Uint8Array;
  /** Room for the postings of a stem. */
  readonly found: FoundPostings;
  /** Room for those of one more, and for both together. */
  readonly more: FoundPostings;
  readonly joined: FoundPostings;
  /** An empty list with room for every document. */
  list(): DocumentList;
}

/** Documents (or conversations) in the order they were put. */
export interface DocumentList {
  length: number;
  readonly documents: Uint32Array;
}

export function eachOf(
  { documents, length }: DocumentList,
  visit: (document: number) => void,
): void {
  for (let at = 0; at < length; at += 1) visit(documents[at] ?? 0);
}

export function put(list: DocumentList, document: number): void {
  list.documents[list.length] = document;
  list.length += 1;
}

const SCORES = [
  "words",
  "matched",
  "alike",
  "nearest",
  "meaning",
  "base",
  "lent",
  "lentMatched",
  "order",
  "session",
  "fit",
  "wish",
  "lead",
] as const;

export function createScratch(): Scratch {
  let room = 0;
  let scores = allocate(0);
  let taken = new Uint8Array(0);
  let listed = new Uint8Array(0);
  let [found, more, joined] = [postingsRoom(0), postingsRoom(0), postingsRoom(0)];
  let lists: Uint32Array[] = [];

  return {
    borrow(count) {
      if (count >= room) {
        room = Math.max(Math.ceil(count * 1.25), 256);
        scores = allocate(room);
        [found, more, joined] = [postingsRoom(room), postingsRoom(room), postingsRoom(room)];
        taken = new Uint8Array(room);
        listed = new Uint8Array(room);
        lists = [];
      } else {
        for (const name of SCORES) scores[name].fill(0, 0, count + 1);
        taken.fill(0, 0, count + 1);
        listed.fill(0, 0, count + 1);
      }
      let lent = 0;
      return {
        ...scores,
        taken,
        listed,
        found,
        more,
        joined,
        list() {
          const documents = (lists[lent] ??= new Uint32Array(room));
          lent += 1;
          return { length: 0, documents };
        },
      };
    },
  };
}

function postingsRoom(room: number): FoundPostings {
  return { documents: new Uint32Array(room), counts: new Uint32Array(room) };
}

function allocate(room: number): Record<(typeof SCORES)[number], Float32Array> {
  const scores: Partial<Record<(typeof SCORES)[number], Float32Array>> = {};
  for (const name of SCORES) scores[name] = new Float32Array(room);
  return scores as Record<(typeof SCORES)[number], Float32Array>;
}

import { FLAG, STATE } from "../domain/document-flags.ts";
import type { IndexColumns } from "./index-view.ts";

/** The live turn before and after each document in its conversation, -1 where there is none. At least `count` long. */
export interface Neighbours {
  readonly previous: Int32Array;
  readonly next: Int32Array;
}

/** The neighbours of all documents, kept up while documents are added at the end: a call stores turns, and the next one asks. */
export interface ThreadLinks extends Neighbours {
  /** Takes in the document after the last one. `false` where it does not stand at the end of its conversation: link all anew. */
  extend(columns: IndexColumns, document: number): boolean;
}

/** Documents mostly come in the order of their thread; where they do not, the threads are sorted. */
export function linkThreads(columns: IndexColumns, count: number): ThreadLinks {
  let previous = new Int32Array(count).fill(-1);
  let next = new Int32Array(count).fill(-1);
  /** The last turn of each thread so far. */
  const last: number[] = [];

  /** Links a turn behind the last one of its thread; `false` where it stands before that one. */
  const link = (from: IndexColumns, document: number): boolean => {
    if (!isLiveTurn(from, document)) return true;
    const thread = from.thread[document] ?? 0;
    const before = last[thread] ?? -1;
    if (before >= 0 && (from.position[before] ?? 0) >= (from.position[document] ?? 0)) return false;
    previous[document] = before;
    if (before >= 0) next[before] = document;
    last[thread] = document;
    return true;
  };

  let ordered = true;
  for (let document = 0; document < count && ordered; document += 1)
    ordered = link(columns, document);
  if (!ordered) sortThreads(columns, count, previous, next, last);

  return {
    get previous() {
      return previous;
    },
    get next() {
      return next;
    },
    extend(from, document) {
      if (document >= previous.length) {
        previous = grown(previous, document + 1);
        next = grown(next, document + 1);
      }
      return link(from, document);
    },
  };
}

function isLiveTurn({ state, flags, thread }: IndexColumns, document: number): boolean {
  return (
    ((state[document] ?? 0) & (STATE.live | STATE.dead)) === STATE.live &&
    ((flags[document] ?? 0) & FLAG.turn) !== 0 &&
    (thread[document] ?? 0) !== 0
  );
}

function sortThreads(
  columns: IndexColumns,
  count: number,
  previous: Int32Array,
  next: Int32Array,
  last: number[],
): void {
  previous.fill(-1);
  next.fill(-1);
  last.length = 0;
  const { thread, position } = columns;
  const live: number[] = [];
  for (let document = 0; document < count; document += 1)
    if (isLiveTurn(columns, document)) live.push(document);
  live.sort(
    (a, b) =>
      (thread[a] ?? 0) - (thread[b] ?? 0) || (position[a] ?? 0) - (position[b] ?? 0) || a - b,
  );
  for (const document of live) {
    const before = last[thread[document] ?? 0] ?? -1;
    previous[document] = before;
    if (before >= 0) next[before] = document;
    last[thread[document] ?? 0] = document;
  }
}

function grown(links: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const room = new Int32Array(Math.max(least, Math.ceil(links.length * 1.25), 256)).fill(
    -1,
    links.length,
  );
  room.set(links);
  return room;
}

import { FLAG, STATE } from "../domain/document-flags.ts";
import { slotBits } from "../domain/slots.ts";
import type { IndexView } from "../engine/index-view.ts";
import { nearness } from "./asked-time.ts";
import { scoreLexically, type LexicalScores } from "./lexical.ts";
import type { Query } from "./query.ts";

/** The weights of the pipeline, general for every kind of chat; how each was found: `docs/recall.md`. */
export const WEIGHTS = {
  words: 0.5,
  letters: 0.5,
  previous: 0.3,
  next: 0.25,
  secondPrevious: 0.25,
  secondNext: 0.15,
  answer: 0.2,
  session: 0.25,
  speaker: 2,
  userRole: 2.5,
  time: 1.5,
  timeWord: 1.4,
  preference: 1.4,
  thread: 1.15,
  superseded: 0.6,
  shortBase: 0.6,
  shortLength: 8,
} as const;

const PREFERENCES = slotBits(["instruction", "like", "dislike"]);

export interface Ranking {
  /** Only orders. */
  readonly order: Float32Array;
  readonly own: LexicalScores;
  /** idf mass taken over from neighbours, as a share of the query's. */
  readonly context: Float32Array;
  readonly speaker: Float32Array;
  readonly time: Float32Array;
}

/** Scores every readable document for a query: own words, then what stands around it, who said it, and when. */
export function rankDocuments(
  query: Query,
  view: IndexView,
  mask: Uint8Array,
  threadId: string | undefined,
): Ranking {
  const own = scoreLexically(query.terms, view, mask);
  const { count, columns } = view;
  const base = fuse(own, count);
  const order = new Float32Array(count);
  const context = new Float32Array(count);
  const speaker = new Float32Array(count).fill(1);
  const time = new Float32Array(count).fill(1);
  const sessions = sessionScores(base, view, mask);
  const assistantThreads = threadsWithAssistant(view, mask);
  const thread = threadId === undefined ? -1 : view.threadNumber(threadId);
  const flagsAt = (document: number): number => columns.flags[document] ?? 0;
  const mass = own.mass || 1;

  const lent = lendToNeighbours(base, view, (document) => own.matched[document] ?? 0);

  for (let document = 0; document < count; document += 1) {
    if (mask[document] !== 1) continue;
    const inThread = columns.thread[document] ?? 0;
    const score =
      (base[document] ?? 0) +
      (lent.scores[document] ?? 0) +
      WEIGHTS.session * (sessions[inThread] ?? 0);
    if (score === 0) continue;

    let factor = 1;
    if (query.speakers.size === 1 && query.speakers.has(columns.speaker[document] ?? 0))
      factor *= WEIGHTS.speaker;
    if ((flagsAt(document) & FLAG.user) !== 0 && assistantThreads[inThread] === 1)
      factor *= WEIGHTS.userRole;
    speaker[document] = factor;
    const when = timeFactor(query, view, document);
    time[document] = when;
    if (
      query.asksForWork &&
      (flagsAt(document) & FLAG.ownWords) !== 0 &&
      ((columns.slots[document] ?? 0) & PREFERENCES) !== 0
    )
      factor *= WEIGHTS.preference;
    if (thread > 0 && inThread === thread) factor *= WEIGHTS.thread;
    if (((columns.state[document] ?? 0) & STATE.superseded) !== 0) factor *= WEIGHTS.superseded;
    factor *= Math.min(
      1,
      WEIGHTS.shortBase +
        ((1 - WEIGHTS.shortBase) * (columns.length[document] ?? 0)) / WEIGHTS.shortLength,
    );
    order[document] = score * factor * when;
    context[document] = Math.min(1, (lent.matched[document] ?? 0) / mass);
  }
  return { order, own, context, speaker, time };
}

/** What each document gets from the turns around it: a part of their score, and of the idf mass that they match. */
function lendToNeighbours(
  base: Float32Array,
  view: IndexView,
  matchedBy: (document: number) => number,
): { readonly scores: Float32Array; readonly matched: Float32Array } {
  const { count, previous, next } = view;
  const { flags } = view.columns;
  const scores = new Float32Array(count);
  const matched = new Float32Array(count);
  for (let document = 0; document < count; document += 1) {
    const score = base[document] ?? 0;
    if (score === 0) continue;
    const mass = matchedBy(document);
    const lend = (to: number, share: number): void => {
      scores[to] = (scores[to] ?? 0) + share * score;
      matched[to] = (matched[to] ?? 0) + share * mass;
    };
    const after = next[document] ?? -1;
    if (after >= 0) {
      const asks =
        ((flags[document] ?? 0) & FLAG.question) !== 0 && isOtherSide(view, document, after);
      lend(after, WEIGHTS.previous + (asks ? WEIGHTS.answer : 0));
      const second = next[after] ?? -1;
      if (second >= 0) lend(second, WEIGHTS.secondPrevious);
    }
    const before = previous[document] ?? -1;
    if (before >= 0) {
      lend(before, WEIGHTS.next);
      const second = previous[before] ?? -1;
      if (second >= 0) lend(second, WEIGHTS.secondNext);
    }
  }
  return { scores, matched };
}

/** Max-normalised and weighted: better than joining ranks, and it only has to order. */
function fuse(own: LexicalScores, count: number): Float32Array {
  const fused = new Float32Array(count);
  for (const [scores, weight] of [
    [own.words, WEIGHTS.words],
    [own.letters, WEIGHTS.letters],
  ] as const) {
    let top = 0;
    for (const score of scores) if (score > top) top = score;
    if (top > 0)
      for (let document = 0; document < count; document += 1)
        fused[document] = (fused[document] ?? 0) + (weight * (scores[document] ?? 0)) / top;
  }
  return fused;
}

/** How much a whole conversation matches: the sum of its turns over the root of their number, scaled to the best turn. */
function sessionScores(base: Float32Array, view: IndexView, mask: Uint8Array): Float64Array {
  const { thread } = view.columns;
  let threads = 0;
  for (let document = 0; document < view.count; document += 1)
    threads = Math.max(threads, (thread[document] ?? 0) + 1);
  const sums = new Float64Array(threads);
  const counts = new Float64Array(threads);
  let top = 0;
  for (let document = 0; document < view.count; document += 1) {
    if (mask[document] !== 1) continue;
    const score = base[document] ?? 0;
    if (score > top) top = score;
    const number = thread[document] ?? 0;
    sums[number] = (sums[number] ?? 0) + score;
    counts[number] = (counts[number] ?? 0) + 1;
  }
  // Number 0 is "no conversation": notes lend each other nothing.
  sums[0] = 0;
  let best = 0;
  for (let number = 1; number < threads; number += 1) {
    sums[number] = (sums[number] ?? 0) / Math.sqrt(counts[number] || 1);
    best = Math.max(best, sums[number] ?? 0);
  }
  if (best > 0)
    for (let number = 1; number < threads; number += 1)
      sums[number] = ((sums[number] ?? 0) * top) / best;
  return sums;
}

function threadsWithAssistant(view: IndexView, mask: Uint8Array): Uint8Array {
  const { thread, flags } = view.columns;
  let threads = 0;
  for (let document = 0; document < view.count; document += 1)
    threads = Math.max(threads, (thread[document] ?? 0) + 1);
  const found = new Uint8Array(threads);
  for (let document = 0; document < view.count; document += 1)
    if (mask[document] === 1 && ((flags[document] ?? 0) & FLAG.assistant) !== 0)
      found[thread[document] ?? 0] = 1;
  return found;
}

function isOtherSide(view: IndexView, a: number, b: number): boolean {
  const { speaker, flags } = view.columns;
  const roles = FLAG.user | FLAG.assistant;
  return speaker[a] !== speaker[b] || ((flags[a] ?? 0) & roles) !== ((flags[b] ?? 0) & roles);
}

function timeFactor(query: Query, view: IndexView, document: number): number {
  let factor = 1;
  if (query.time !== null) {
    let near = nearness(
      Math.floor((view.columns.createdAt[document] ?? 0) / 86_400_000),
      query.time,
    );
    for (const day of view.days(document)) near = Math.max(near, nearness(day, query.time));
    factor *= 1 + WEIGHTS.time * near;
  }
  if (query.asksWhen && ((view.columns.flags[document] ?? 0) & FLAG.timeWord) !== 0)
    factor *= WEIGHTS.timeWord;
  return factor;
}

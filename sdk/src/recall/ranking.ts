import { FLAG, STATE } from "../domain/document-flags.ts";
import { slotBits } from "../domain/slots.ts";
import type { IndexView } from "../engine/index-view.ts";
import { nearness } from "./nearness.ts";
import { lettersOf, scoreLexically, type LexicalScores } from "./lexical.ts";
import { placeMeaning, type FusionWeights, type MeaningHits } from "./meaning.ts";
import type { Query } from "./query.ts";
import type { Readable } from "./readable.ts";
import { put, type DocumentList, type ScoreArrays } from "./scratch.ts";

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

/** Where nothing is known of meaning. */
const BY_WORDS: FusionWeights = { words: WEIGHTS.words, letters: WEIGHTS.letters, meaning: 0 };

const PREFERENCES = slotBits(["instruction", "like", "dislike"]);

/**
 * What the request says of each document, worked out as far as it is asked for: most documents that hold one of its words are far from
 * the best, and an upper bound is enough to pass them by. Good until the arrays are borrowed again.
 */
export interface Ranking {
  /** Documents that match or stand beside a match. Any other has nothing but its conversation to speak for it. */
  readonly reached: DocumentList;
  /** Conversations that hold a match, by number. */
  readonly threads: DocumentList;
  /** Some of the best, to begin with. */
  readonly likely: DocumentList;
  /** Of any readable document. Only orders. */
  orderOf(document: number): number;
  /** `orderOf` of a reached document is not above this; much quicker. 0 for all others. */
  atMost(document: number): number;
  /** The same for all documents of a conversation that are not reached. */
  atMostIn(thread: number): number;
  /** The highest `orderOf`. */
  readonly top: number;
  readonly own: LexicalScores;
  /** By document: how near its meaning is, as the calibration has it; may be above 1. */
  readonly meaning: Float32Array;
  /** By document: idf mass taken over from neighbours. */
  readonly lentMatched: Float32Array;
  /** Factor for speaker or role, and for dates and time words. */
  speakerOf(document: number): number;
  timeOf(document: number): number;
}

export interface RankInput {
  readonly query: Query;
  readonly view: IndexView;
  readonly readable: Readable;
  readonly arrays: ScoreArrays;
  readonly threadId: string | undefined;
  /** `null`: by words alone. */
  readonly meaning: MeaningHits | null;
  /** So many of the best are wanted. */
  readonly most: number;
}

/** Scores documents for a query: own words and meaning, then what stands around them, who said it, and when. */
export function rankDocuments(input: RankInput): Ranking {
  const { query, view, readable, arrays, meaning } = input;
  const { thread } = view.columns;
  const own = scoreLexically(query, view, readable, arrays);
  if (meaning !== null) placeMeaning(meaning, view, readable.mask, own, arrays.meaning);
  const topBase = fuse(own, arrays, view.columns.length, meaning?.weights ?? BY_WORDS);
  const reached = lendToNeighbours(own, view, readable.mask, arrays);
  const threads = sessionScores(own.touched, topBase, view, readable, arrays);
  const factors = factorsOf(input);
  const { base, lent, session, order } = arrays;
  const likely = bestByThemselves(own.touched, base, topBase, input.most, arrays.list());
  // From here on `base` holds the whole score of a document that is reached, before the factors.
  for (let at = 0; at < reached.length; at += 1) {
    const document = reached.documents[at] ?? 0;
    base[document] =
      (base[document] ?? 0) +
      (lent[document] ?? 0) +
      WEIGHTS.session * (session[thread[document] ?? 0] ?? 0);
  }
  const orderOf = (document: number): number => {
    const known = order[document] ?? 0;
    if (known !== 0) return known;
    const score = base[document] || WEIGHTS.session * (session[thread[document] ?? 0] ?? 0);
    if (score === 0) return 0;
    order[document] = score * factors.all(document);
    return order[document] ?? 0;
  };
  const most = factors.most * HAIR;
  const atMost = (document: number): number => most * (base[document] ?? 0);
  const atMostIn = (number: number): number => most * WEIGHTS.session * (session[number] ?? 0);
  return {
    reached,
    threads,
    likely,
    orderOf,
    atMost,
    atMostIn,
    top: topOrder({ reached, threads, likely, orderOf, atMost, atMostIn }, readable),
    own,
    meaning: arrays.meaning,
    lentMatched: arrays.lentMatched,
    speakerOf: factors.speaker,
    timeOf: factors.time,
  };
}

/** Calls `visit` with every readable document of a conversation. */
export function eachOfThread(
  thread: number,
  { lastOfThread, before }: Readable,
  visit: (document: number) => void,
): void {
  for (let document = lastOfThread[thread] ?? -1; document >= 0; document = before[document] ?? -1)
    visit(document);
}

function topOrder(
  {
    reached,
    threads,
    likely,
    orderOf,
    atMost,
    atMostIn,
  }: Pick<Ranking, "reached" | "threads" | "likely" | "orderOf" | "atMost" | "atMostIn">,
  readable: Readable,
): number {
  let top = 0;
  const look = (document: number): void => {
    top = Math.max(top, orderOf(document));
  };
  for (let at = 0; at < likely.length; at += 1) look(likely.documents[at] ?? 0);
  for (let at = 0; at < reached.length; at += 1) {
    const document = reached.documents[at] ?? 0;
    if (atMost(document) > top) look(document);
  }
  for (let at = 0; at < threads.length; at += 1) {
    const thread = threads.documents[at] ?? 0;
    if (atMostIn(thread) > top) eachOfThread(thread, readable, look);
  }
  return top;
}

/** Max-normalised and weighted: better than joining ranks, and it only has to order. Answers the highest. */
function fuse(
  { touched, words, alike }: LexicalScores,
  { base, meaning }: ScoreArrays,
  length: Uint32Array,
  weights: FusionWeights,
): number {
  let topWords = 0;
  let topLetters = 0;
  let topMeaning = 0;
  for (let at = 0; at < touched.length; at += 1) {
    const document = touched.documents[at] ?? 0;
    topWords = Math.max(topWords, words[document] ?? 0);
    topLetters = Math.max(topLetters, lettersOf(alike[document] ?? 0, length[document] ?? 0));
    topMeaning = Math.max(topMeaning, meaning[document] ?? 0);
  }
  const byWords = topWords > 0 ? weights.words / topWords : 0;
  const byLetters = topLetters > 0 ? weights.letters / topLetters : 0;
  const byMeaning = topMeaning > 0 ? weights.meaning / topMeaning : 0;
  let top = 0;
  for (let at = 0; at < touched.length; at += 1) {
    const document = touched.documents[at] ?? 0;
    const fused =
      byWords * (words[document] ?? 0) +
      byLetters * lettersOf(alike[document] ?? 0, length[document] ?? 0) +
      byMeaning * (meaning[document] ?? 0);
    base[document] = fused;
    if (fused > top) top = fused;
  }
  return top;
}

/**
 * Gives each document's neighbours a part of its score, and of the idf mass that it matches. Answers every readable document that
 * has a score of its own or a lent one.
 */
function lendToNeighbours(
  { touched, matched }: LexicalScores,
  view: IndexView,
  mask: Uint8Array,
  { base, lent, lentMatched, list }: ScoreArrays,
): DocumentList {
  const { previous, next } = view;
  const { flags } = view.columns;
  const reached = list();
  for (let at = 0; at < touched.length; at += 1) {
    const document = touched.documents[at] ?? 0;
    if ((base[document] ?? 0) > 0) put(reached, document);
  }
  const lend = (to: number, share: number, score: number, mass: number): void => {
    const had = lent[to] ?? 0;
    if (had === 0 && base[to] === 0 && mask[to] === 1 && share * score > 0) put(reached, to);
    lent[to] = had + share * score;
    lentMatched[to] = (lentMatched[to] ?? 0) + share * mass;
  };
  for (let at = 0; at < touched.length; at += 1) {
    const document = touched.documents[at] ?? 0;
    const score = base[document] ?? 0;
    const mass = matched[document] ?? 0;
    const after = next[document] ?? -1;
    if (after >= 0) {
      const asks =
        ((flags[document] ?? 0) & FLAG.question) !== 0 && isOtherSide(view, document, after);
      lend(after, WEIGHTS.previous + (asks ? WEIGHTS.answer : 0), score, mass);
      const second = next[after] ?? -1;
      if (second >= 0) lend(second, WEIGHTS.secondPrevious, score, mass);
    }
    const before = previous[document] ?? -1;
    if (before >= 0) {
      lend(before, WEIGHTS.next, score, mass);
      const second = previous[before] ?? -1;
      if (second >= 0) lend(second, WEIGHTS.secondNext, score, mass);
    }
  }
  return reached;
}

/**
 * How much each whole conversation matches: the sum of its turns over the root of their number, scaled to the best turn. Answers the
 * numbers of the conversations. What is in none (number 0) lends each other nothing.
 */
function sessionScores(
  touched: DocumentList,
  top: number,
  view: IndexView,
  { threadSizes }: Readable,
  { base, session, list }: ScoreArrays,
): DocumentList {
  const { thread } = view.columns;
  const threads = list();
  for (let at = 0; at < touched.length; at += 1) {
    const document = touched.documents[at] ?? 0;
    const score = base[document] ?? 0;
    const number = thread[document] ?? 0;
    if (number === 0 || score === 0) continue;
    const sum = session[number] ?? 0;
    if (sum === 0) put(threads, number);
    session[number] = sum + score;
  }
  let best = 0;
  for (let at = 0; at < threads.length; at += 1) {
    const number = threads.documents[at] ?? 0;
    const score = (session[number] ?? 0) / Math.sqrt(threadSizes[number] || 1);
    session[number] = score;
    if (score > best) best = score;
  }
  for (let at = 0; at < threads.length; at += 1) {
    const number = threads.documents[at] ?? 0;
    session[number] = ((session[number] ?? 0) * top) / best;
  }
  return threads;
}

function factorsOf({ query, view, readable, threadId }: RankInput): {
  readonly all: (document: number) => number;
  readonly speaker: (document: number) => number;
  readonly time: (document: number) => number;
  /** No document has a higher one. */
  readonly most: number;
} {
  const { columns } = view;
  const { assistantThreads } = readable;
  const { flags, speaker, thread, slots, state, length } = columns;
  const asked = query.speakers.size === 1 ? ([...query.speakers][0] ?? -1) : -1;
  const own = threadId === undefined ? -1 : view.threadNumber(threadId);

  const bySpeaker = (document: number): number =>
    (speaker[document] === asked ? WEIGHTS.speaker : 1) *
    (((flags[document] ?? 0) & FLAG.user) !== 0 && assistantThreads[thread[document] ?? 0] === 1
      ? WEIGHTS.userRole
      : 1);
  const isTimed = query.time !== null || query.asksWhen;
  const byTime = (document: number): number => (isTimed ? timeFactor(query, view, document) : 1);
  return {
    speaker: bySpeaker,
    time: byTime,
    all(document) {
      const said = flags[document] ?? 0;
      let factor = bySpeaker(document) * byTime(document);
      if (
        query.asksForWork &&
        (said & FLAG.ownWords) !== 0 &&
        ((slots[document] ?? 0) & PREFERENCES) !== 0
      )
        factor *= WEIGHTS.preference;
      if (own > 0 && thread[document] === own) factor *= WEIGHTS.thread;
      if (((state[document] ?? 0) & STATE.superseded) !== 0) factor *= WEIGHTS.superseded;
      const words = length[document] ?? 0;
      if (words < WEIGHTS.shortLength)
        factor *= WEIGHTS.shortBase + ((1 - WEIGHTS.shortBase) * words) / WEIGHTS.shortLength;
      return factor;
    },
    most:
      (asked < 0 ? 1 : WEIGHTS.speaker) *
      WEIGHTS.userRole *
      (query.time === null ? 1 : 1 + WEIGHTS.time) *
      (query.asksWhen ? WEIGHTS.timeWord : 1) *
      (query.asksForWork ? WEIGHTS.preference : 1) *
      (own > 0 ? WEIGHTS.thread : 1),
  };
}

/** Bounds stand a hair above, so that rounding to single precision never shuts out what is just as good. */
const HAIR = 1 + 1e-5;
const BINS = 512;

/** About `most` of the documents with the highest score of their own, in no order. */
function bestByThemselves(
  { documents, length }: DocumentList,
  base: Float32Array,
  top: number,
  most: number,
  best: DocumentList,
): DocumentList {
  if (top === 0) return best;
  const bins = new Uint32Array(BINS + 1);
  const scale = BINS / top;
  for (let at = 0; at < length; at += 1) {
    const bin = Math.trunc((base[documents[at] ?? 0] ?? 0) * scale);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  let from = BINS;
  for (let reached = bins[BINS] ?? 0; from > 0 && reached < most; reached += bins[from] ?? 0)
    from -= 1;
  for (let at = 0; at < length; at += 1) {
    const document = documents[at] ?? 0;
    if ((base[document] ?? 0) * scale >= Math.max(1, from)) put(best, document);
  }
  return best;
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

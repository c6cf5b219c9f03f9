import { FLAG, STATE } from "../domain/document-flags.ts";
import type { Signals } from "../domain/recall.ts";
import type { IndexView } from "../engine/index-view.ts";
import { scoreCues } from "./cued.ts";
import type { Query } from "./query.ts";
import type { Ranking } from "./ranking.ts";
import { strongest } from "./strongest.ts";

/** A document that may be shown, with its numbers. Holds no place in the index, so it outlives an `await`. */
export interface Candidate {
  readonly seq: number;
  /** Only orders. */
  readonly order: number;
  /** Absolute, 0..1. */
  readonly score: number;
  readonly signals: Signals;
  /** Estimated tokens of its line. */
  readonly tokens: number;
  /** Its day line costs tokens once. */
  readonly session: string;
  /** The user's own fact that was cued, not asked for by its words, and holds on any day. */
  readonly undated: boolean;
  readonly textKey: number;
}

/** A query of this idf mass is half sure of what it means: one rare word, or two or three common ones. */
const HALF_SURE = 4;
const CUE_SCORE = 0.45;
/** What is asked of no one in particular cues standing wishes alone, and these hold for every answer. */
const WISH_SCORE = 0.75;
/** Below this a request is no task and about nobody (see `expects`). */
const TASK = 0.6;
/** Order of the cued facts among the others: beside the best tenth of the lexical hits. */
const CUE_ORDER = 0.8;
/** The same where the request asks about a named person: it mostly asks for one thing, and says which. */
const CUE_ORDER_NAMED = 0.2;

/** How much less the cued facts count where a turn says all that the request asks for. */
const SAID_OUTRIGHT = 0.4;

/** The best documents of a ranking, best first. Texts that read the same come once. */
export function bestCandidates(
  query: Query,
  ranking: Ranking,
  view: IndexView,
  mask: Uint8Array,
  now: number,
  most: number,
): Candidate[] {
  const cues = scoreCues(query, view, mask, now);
  const { columns } = view;
  let top = 0;
  for (const order of ranking.order) if (order > top) top = order;
  const scale = top === 0 ? 1 : top;
  const sure = query.speakers.size === 0 && query.time === null ? bestShare(ranking, mask) : 1;
  const cueOrder =
    query.speakers.size > 0 ? CUE_ORDER_NAMED : CUE_ORDER * (1 - SAID_OUTRIGHT * sure ** 2);
  const orders = new Float32Array(view.count);
  for (let document = 0; document < view.count; document += 1) {
    if (mask[document] === 1)
      orders[document] =
        (sure * (ranking.order[document] ?? 0)) / scale + cueOrder * (cues?.order[document] ?? 0);
  }
  const canStandUndated = query.speakers.size === 0 && query.time === null && !query.asksWhen;
  const seen = new Set<number>();
  const best: Candidate[] = [];
  // Twice as many as asked for, so that texts that read the same leave enough.
  for (const document of strongest(orders, most * 2)) {
    const textKey = columns.textHash[document] ?? 0;
    if (seen.has(textKey)) continue;
    seen.add(textKey);
    const signals = signalsOf(ranking, view, document, cues?.worth[document] ?? 0);
    const undated =
      canStandUndated &&
      isUndated(view, document) &&
      (cues?.order[document] ?? 0) * cueOrder > (sure * (ranking.order[document] ?? 0)) / scale;
    best.push({
      undated,
      seq: columns.seq[document] ?? 0,
      order: orders[document] ?? 0,
      signals,
      score: absoluteScore(signals, ranking.own.mass, query.expects),
      tokens: (columns.tokens[document] ?? 0) / 16 - (undated ? 1 : 0),
      session: undated
        ? ""
        : `${columns.thread[document] ?? 0} ${Math.floor((columns.createdAt[document] ?? 0) / 86_400_000)}`,
      textKey,
    });
    if (best.length === most) break;
  }
  return best;
}

/**
 * The share of the request's idf mass that the best match holds. Where no turn says what is asked for, chance hits of single words
 * do not crowd out the facts.
 */
function bestShare({ own }: Ranking, mask: Uint8Array): number {
  let best = 0;
  for (let document = 0; document < mask.length; document += 1)
    if (mask[document] === 1) best = Math.max(best, own.matched[document] ?? 0);
  return Math.min(1, best / (own.mass || 1));
}

/** An unnamed user's own saying that speaks of no time. */
function isUndated({ columns }: IndexView, document: number): boolean {
  const flags = columns.flags[document] ?? 0;
  return (
    (columns.speaker[document] ?? 0) === 0 &&
    (flags & FLAG.user) !== 0 &&
    (flags & FLAG.ownWords) !== 0 &&
    (flags & FLAG.timeWord) === 0
  );
}

/** Where the best match is below this, nothing is meant. */
const ABSTAIN = 0.1;
/** What is the same for everyone needs a strong match; a task that names nobody may still be someone's. */
const IMPERSONAL_FLOOR = 0.2;
const TASK_FLOOR = 0.1;
/** About the asker: what matches far less than the best is left out. */
const FAR_BELOW_BEST = 0.1;

/**
 * The absolute score below which nothing is recalled, where the caller gives none. A question about a known person or time is worth
 * the whole budget: what stands around the matches helps. A request that no memory is needed for gets little or nothing.
 */
export function scoreFloor(query: Query, candidates: readonly Candidate[]): number {
  let best = 0;
  for (const { score } of candidates) best = Math.max(best, score);
  if (best < ABSTAIN) return Infinity;
  if (query.expects < 1) return query.expects < TASK ? IMPERSONAL_FLOOR : TASK_FLOOR;
  return query.speakers.size > 0 || query.time !== null ? 0 : FAR_BELOW_BEST * best;
}

function signalsOf(ranking: Ranking, view: IndexView, document: number, cue: number): Signals {
  const mass = ranking.own.mass || 1;
  return {
    words: share(ranking.own.matched[document] ?? 0, mass),
    letters: share(ranking.own.alike[document] ?? 0, mass),
    meaning: 0,
    context: share(ranking.context[document] ?? 0, 1),
    speaker: round(ranking.speaker[document] ?? 1),
    time: round(ranking.time[document] ?? 1),
    cue: round(cue),
    pinned: ((view.columns.state[document] ?? 0) & STATE.pinned) === 0 ? 0 : 1,
  };
}

/**
 * How sure we are that the request means this document, comparable between requests: the share of the request's idf mass that it
 * matches by itself and through its neighbours, times how much that mass says at all.
 */
export function absoluteScore(signals: Signals, mass: number, expects: number): number {
  const matched = Math.min(
    1,
    Math.max(signals.words, 0.9 * signals.letters) + 0.5 * signals.context,
  );
  const sure = mass / (mass + HALF_SURE);
  const agreed = matched * sure * expects * Math.min(1.25, Math.sqrt(signals.time));
  return round(
    Math.min(
      1,
      Math.max(agreed, signals.cue * ((expects < TASK ? WISH_SCORE : CUE_SCORE) + 0.5 * agreed)),
    ),
  );
}

function share(part: number, whole: number): number {
  return round(Math.min(1, part / whole));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

import { FLAG, STATE } from "../domain/document-flags.ts";
import type { Signals } from "../domain/recall.ts";
import type { IndexView } from "../engine/index-view.ts";
import { scoreCues } from "./cued.ts";
import type { Query } from "./query.ts";
import { eachOf } from "./scratch.ts";
import { eachOfThread, type RankInput, type Ranking } from "./ranking.ts";
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

/** How many documents are ranked for this many candidates: of texts that read the same one is shown. */
export function rankedFor(most: number): number {
  return most * 2;
}

/** The best documents of a ranking, best first. Texts that read the same come once. */
export function bestCandidates(
  { query, view, readable, arrays }: Pick<RankInput, "query" | "view" | "readable" | "arrays">,
  ranking: Ranking,
  now: number,
  most: number,
): Candidate[] {
  const cues = scoreCues(query, view, readable, arrays, now, rankedFor(most));
  const { columns } = view;
  const { taken } = arrays;
  // The cues read English: in another language they come behind what says it.
  const isPlain = query.speakers.size === 0 && !query.isForeign;
  const sure = isPlain && query.time === null ? bestShare(ranking) : 1;
  const cueOrder = isPlain ? CUE_ORDER * (1 - SAID_OUTRIGHT * sure ** 2) : CUE_ORDER_NAMED;
  const scale = sure / (ranking.top || 1);
  const saidOf = (document: number): number => scale * ranking.orderOf(document);
  const cueOf = (document: number): number => cueOrder * (cues?.orderOf(document) ?? 0);

  const chosen = strongest(rankedFor(most));
  const offer = (document: number): void => {
    if (taken[document] === 1) return;
    taken[document] = 1;
    chosen.offer(document, saidOf(document) + cueOf(document));
  };
  eachOf(ranking.likely, offer);
  if (cues !== null) eachOf(cues.leaders, offer);
  const { documents, length } = ranking.reached;
  for (let at = 0; at < length; at += 1) {
    const document = documents[at] ?? 0;
    const bound =
      scale * ranking.atMost(document) + (cues === null ? 0 : cueOrder * cues.atMost(document));
    if (bound >= chosen.floor) offer(document);
  }
  // A conversation that holds a match may speak for what is not reached, if it fits the topic or is a fact of the kind at most.
  eachOf(ranking.threads, (thread) => {
    const bound = scale * ranking.atMostIn(thread) + cueOrder * (cues?.mostOfOthers ?? 0);
    if (bound >= chosen.floor) eachOfThread(thread, readable, offer);
  });
  if (cues !== null)
    eachOf(cues.fitting, (document) => {
      if (ranking.atMost(document) > 0) return;
      const thread = columns.thread[document] ?? 0;
      const bound = scale * ranking.atMostIn(thread) + cueOrder * cues.atMost(document);
      if (bound >= chosen.floor) offer(document);
    });

  const canStandUndated = query.speakers.size === 0 && query.time === null && !query.asksWhen;
  const seen = new Set<number>();
  const best: Candidate[] = [];
  for (const { place: document, value } of chosen.take()) {
    const textKey = columns.textHash[document] ?? 0;
    if (seen.has(textKey)) continue;
    seen.add(textKey);
    const signals = signalsOf(ranking, view, document, cues?.worthOf(document) ?? 0);
    const undated =
      canStandUndated && isUndated(view, document) && cueOf(document) > saidOf(document);
    best.push({
      undated,
      seq: columns.seq[document] ?? 0,
      order: value,
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
 * The share of the request's idf mass that the best match holds, or how near the nearest meaning is. Where no turn says what is asked
 * for, chance hits of single words do not crowd out the facts.
 */
function bestShare({ own, meaning }: Ranking): number {
  const { touched, matched, mass } = own;
  let best = 0;
  let nearest = 0;
  for (let at = 0; at < touched.length; at += 1) {
    const document = touched.documents[at] ?? 0;
    best = Math.max(best, matched[document] ?? 0);
    nearest = Math.max(nearest, meaning[document] ?? 0);
  }
  return Math.min(1, Math.max(best / (mass || 1), nearest));
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
  const { own, meaning, lentMatched } = ranking;
  const mass = own.mass || 1;
  const isRanked = ranking.orderOf(document) > 0;
  return {
    words: share(own.matched[document] ?? 0, mass),
    letters: share(own.alike[document] ?? 0, mass),
    meaning: share(meaning[document] ?? 0, 1),
    context: isRanked ? share(lentMatched[document] ?? 0, mass) : 0,
    speaker: isRanked ? round(ranking.speakerOf(document)) : 1,
    time: isRanked ? round(ranking.timeOf(document)) : 1,
    cue: round(cue),
    pinned: ((view.columns.state[document] ?? 0) & STATE.pinned) === 0 ? 0 : 1,
  };
}

/**
 * How sure we are that the request means this document, comparable between requests. By words: the share of the request's idf mass
 * that it matches by itself and through its neighbours, times how much that mass says at all. Meaning speaks for what the words leave
 * open, so either may be enough and both are more.
 */
export function absoluteScore(signals: Signals, mass: number, expects: number): number {
  const matched = Math.min(
    1,
    Math.max(signals.words, 0.9 * signals.letters) + 0.5 * signals.context,
  );
  const said = matched * (mass / (mass + HALF_SURE));
  const meant = said + (1 - said) * signals.meaning;
  const agreed = meant * expects * Math.min(1.25, Math.sqrt(signals.time));
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

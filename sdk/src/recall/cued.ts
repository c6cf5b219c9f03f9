import { FLAG, STATE } from "../domain/document-flags.ts";
import { slotBits, type Slot } from "../domain/slots.ts";
import type { IndexView } from "../engine/index-view.ts";
import type { Query } from "./query.ts";
import { WEIGHTS } from "./ranking.ts";
import { strongest } from "./strongest.ts";

/** What a fact of a cued slot counts that shares no word with the topic; one that fits it wholly counts all. */
const UNFIT = 0.55;
/** What a fact of no cued slot counts that speaks of the topic all the same: one sentence fills more slots than a rule sees. */
const ASIDE = 0.6;
/** What the user told that no rule could place counts as one more slot, in a personal request. */
const UNTAGGED = 0.8;
/** A sum of this much in telling words is half a fit. */
const HALF_FIT = 0.7;
/** How fast the next fact of the same slot counts less: a slot's share of what is shown goes with its weight. */
const CROWDING = 0.02;
/** What one word of a wish says, and the fit from which on a sentence that no rule knew is taken for a wish. */
const WISH_WORD = 0.5;
const WISH_LIKE = 0.3;
/** So many of a slot are ranked among each other; more are never shown. */
const MOST_RANKED = 120;
/** A fact of this age (days) counts a tenth less than a new one. */
const RECENT_DAYS = 365;

export interface CueScores {
  /** How well each document's facts fit what the request cues, 0..1. */
  readonly worth: Float32Array;
  /** The same with every next fact of a slot a little lower: a slot's share of what is shown goes with its weight. */
  readonly order: Float32Array;
}

/** How well each document's facts fit what the request cues, 0..1. `null` where it cues nothing. */
export function scoreCues(
  query: Query,
  view: IndexView,
  mask: Uint8Array,
  now: number,
): CueScores | null {
  const { slots: cues, terms, wishTerms } = query.cues;
  if (cues.length === 0) return null;
  const { flags, slots, state, createdAt, speaker } = view.columns;
  const { count } = view;
  const told = new Uint8Array(count);
  const facts: number[] = [];
  const age = new Float32Array(count);
  for (let document = 0; document < count; document += 1) {
    if (
      mask[document] !== 1 ||
      ((flags[document] ?? 0) & FLAG.ownWords) === 0 ||
      ((slots[document] ?? 0) === 0 && ((flags[document] ?? 0) & FLAG.tells) === 0) ||
      (query.speakers.size > 0 && !query.speakers.has(speaker[document] ?? 0))
    )
      continue;
    told[document] = 1;
    facts.push(document);
    const days = Math.max(0, now - (createdAt[document] ?? 0)) / 86_400_000;
    age[document] =
      (0.9 + 0.1 / (1 + days / RECENT_DAYS)) *
      (((state[document] ?? 0) & STATE.superseded) === 0 ? 1 : WEIGHTS.superseded);
  }
  const fits = fitsOf(terms, view, told, facts.length);
  const wishes = fitsOf(
    new Map(wishTerms.map((term) => [term, WISH_WORD])),
    view,
    told,
    facts.length,
  );
  const order = new Float32Array(count);
  const best = new Float32Array(count);
  const raise = (document: number, value: number, ranked: number): void => {
    if (ranked > (order[document] ?? 0)) order[document] = ranked;
    if (value > (best[document] ?? 0)) best[document] = value;
  };
  const isPersonal = cues.length > 1;
  for (const { slot, weight } of isPersonal ? [...cues, { slot: null, weight: UNTAGGED }] : cues) {
    const isWish = slot === "instruction";
    const fit = isWish ? wishes : fits;
    const members = membersOf(slot, facts, view, fit);
    const worth = new Float32Array(members.length);
    members.forEach((document, at) => {
      worth[at] = weight * (UNFIT + (1 - UNFIT) * (fit[document] ?? 0)) * (age[document] ?? 1);
    });
    const leaders = strongest(worth, MOST_RANKED);
    leaders.forEach((at, rank) => {
      const value = worth[at] ?? 0;
      raise(members[at] ?? 0, value, value / (1 + (CROWDING * rank) / weight));
    });
    if (leaders.length === MOST_RANKED)
      members.forEach((document, at) => {
        const value = worth[at] ?? 0;
        raise(document, value, value / (1 + (CROWDING * MOST_RANKED) / weight));
      });
  }
  if (terms.size > 0)
    for (const document of facts) {
      const value = ASIDE * (fits[document] ?? 0) * (age[document] ?? 1);
      raise(document, value, value);
    }
  return { worth: best, order };
}

/** The facts of a slot, in their order; `null`: those that no rule could place. */
function membersOf(
  slot: Slot | null,
  facts: readonly number[],
  view: IndexView,
  fit: Float32Array,
): readonly number[] {
  const { flags, slots } = view.columns;
  const bit = slot === null ? 0 : slotBits([slot]);
  const isWish = slot === "instruction";
  const isEvent = slot === "event";
  const members: number[] = [];
  for (const document of facts) {
    const filled = slots[document] ?? 0;
    if (filled === 0) {
      // No rule knew the sentence; its words or its time may tell.
      const tells =
        bit === 0 ||
        (isWish && (fit[document] ?? 0) > WISH_LIKE) ||
        (isEvent && ((flags[document] ?? 0) & FLAG.timeWord) !== 0);
      if (!tells) continue;
    } else if ((filled & bit) === 0) continue;
    if (isWish && !isSaidToAssistant(view, document)) continue;
    members.push(document);
  }
  return members;
}

/** How much each fact speaks of the words, 0..1: several say more than one, one that few facts hold more than one of many. */
function fitsOf(
  terms: ReadonlyMap<string, number>,
  view: IndexView,
  told: Uint8Array,
  facts: number,
): Float32Array {
  const fits = new Float32Array(view.count);
  const holding = new Uint32Array(facts);
  const most = Math.log(1 + facts) || 1;
  for (const [term, says] of terms) {
    let found = 0;
    view.postings(term, (document) => {
      if (told[document] !== 1) return;
      holding[found] = document;
      found += 1;
    });
    const value = (says * Math.log(1 + facts / Math.max(1, found))) / most;
    for (let at = 0; at < found; at += 1) {
      const document = holding[at] ?? 0;
      fits[document] = (fits[document] ?? 0) + value;
    }
  }
  for (let document = 0; document < view.count; document += 1) {
    const sum = fits[document] ?? 0;
    if (sum > 0) fits[document] = sum / (sum + HALF_FIT);
  }
  return fits;
}

/** What people tell each other to do is no wish to an assistant: an unnamed user speaks to one, a named one where one stands beside. */
function isSaidToAssistant({ columns, previous, next }: IndexView, document: number): boolean {
  if ((columns.speaker[document] ?? 0) === 0) return true;
  const isAssistant = (neighbour: number): boolean =>
    neighbour >= 0 && ((columns.flags[neighbour] ?? 0) & FLAG.assistant) !== 0;
  return isAssistant(next[document] ?? -1) || isAssistant(previous[document] ?? -1);
}

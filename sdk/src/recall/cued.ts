import { FLAG, STATE } from "../domain/document-flags.ts";
import { slotBits, type Slot } from "../domain/slots.ts";
import type { IndexView } from "../engine/index-view.ts";
import type { Query } from "./query.ts";
import { WEIGHTS } from "./ranking.ts";
import type { Readable } from "./readable.ts";
import { put, type DocumentList, type ScoreArrays } from "./scratch.ts";
import { strongest, type Strongest } from "./strongest.ts";

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
  /** The facts that lead their slot, and the newest of it. */
  readonly leaders: DocumentList;
  /** Facts that speak of the topic, or read like a wish. */
  readonly fitting: DocumentList;
  /** How well a document's facts fit what the request cues, 0..1. */
  worthOf(document: number): number;
  /** The same with every next fact of a slot a little lower: a slot's share of what is shown goes with its weight. */
  orderOf(document: number): number;
  /** `orderOf` is not above this where the document leads no slot. */
  atMost(document: number): number;
  /** The highest `orderOf` of a document that leads no slot and fits nothing. */
  readonly mostOfOthers: number;
}

/** One cued slot; `null` for what no rule could place. */
interface CuedSlot {
  readonly slot: Slot | null;
  readonly bit: number;
  readonly weight: number;
  /** Words that tell a fact of this slot from others. */
  readonly fit: Float32Array;
  readonly best: Strongest;
}

/**
 * How well the facts fit what the request cues; `null` where it cues nothing. Of facts without a word of the topic a newer one always
 * fits better, so only the newest `most` of a slot are looked at.
 */
export function scoreCues(
  query: Query,
  view: IndexView,
  readable: Readable,
  arrays: ScoreArrays,
  now: number,
  most: number,
): CueScores | null {
  const { slots: cues, terms, wishTerms } = query.cues;
  if (cues.length === 0) return null;
  const { flags, slots, state, createdAt, speaker } = view.columns;
  const { facts } = readable;
  const { lead, listed } = arrays;
  const { speakers } = query;

  const isFact = (document: number): boolean =>
    facts.mask[document] === 1 && (speakers.size === 0 || speakers.has(speaker[document] ?? 0));
  const ageOf = (document: number): number => {
    const days = Math.max(0, now - (createdAt[document] ?? 0)) / 86_400_000;
    return (
      (0.9 + 0.1 / (1 + days / RECENT_DAYS)) *
      (((state[document] ?? 0) & STATE.superseded) === 0 ? 1 : WEIGHTS.superseded)
    );
  };
  const isMember = ({ slot, bit, fit }: CuedSlot, document: number): boolean => {
    const filled = slots[document] ?? 0;
    if (filled !== 0 ? (filled & bit) === 0 : bit !== 0 && !mayFill(slot, document, fit))
      return false;
    return slot !== "instruction" || isSaidToAssistant(view, document);
  };
  // No rule knew the sentence; its words or its time may tell.
  const mayFill = (slot: Slot | null, document: number, fit: Float32Array): boolean =>
    slot === "instruction"
      ? (fit[document] ?? 0) > WISH_LIKE
      : slot === "event" && ((flags[document] ?? 0) & FLAG.timeWord) !== 0;
  const valueOf = ({ weight, fit }: CuedSlot, document: number): number =>
    weight * (UNFIT + (1 - UNFIT) * (fit[document] ?? 0)) * ageOf(document);
  const asideOf = (document: number): number => {
    const fit = arrays.fit[document] ?? 0;
    return fit === 0 ? 0 : ASIDE * fit * ageOf(document);
  };

  const isPersonal = cues.length > 1;
  const cued = (isPersonal ? [...cues, { slot: null, weight: UNTAGGED }] : cues).map(
    ({ slot, weight }): CuedSlot => ({
      slot,
      weight,
      bit: slot === null ? 0 : slotBits([slot]),
      fit: slot === "instruction" ? arrays.wish : arrays.fit,
      best: strongest(MOST_RANKED),
    }),
  );
  const total = facts.count(speakers);
  const holding = (term: string): readonly number[] => {
    const all = facts.holding(term, view, arrays.found);
    return speakers.size === 0 ? all : all.filter(isFact);
  };
  const topical = fitsOf(terms, total, holding, arrays.fit, arrays.list());
  const wishing = cued.some(({ slot }) => slot === "instruction")
    ? fitsOf(wishesOf(wishTerms), total, holding, arrays.wish, arrays.list())
    : arrays.list();
  const unplaced = cued.filter(({ slot }) => slot === null || slot === "event");
  const byTopic = cued.filter(({ slot }) => slot !== "instruction");
  const byWish = cued.filter(({ slot }) => slot === "instruction");
  const enter = (slotsOf: readonly CuedSlot[], document: number, fit: number): void => {
    const filled = slots[document] ?? 0;
    const share = UNFIT + (1 - UNFIT) * fit;
    for (const one of slotsOf)
      if (
        (filled === 0 || (filled & one.bit) !== 0) &&
        one.weight * share >= one.best.floor &&
        isMember(one, document)
      )
        one.best.offer(document, one.weight * share * ageOf(document));
  };
  const fitting = arrays.list();
  for (let at = 0; at < topical.length; at += 1) {
    const document = topical.documents[at] ?? 0;
    put(fitting, document);
    enter(slots[document] === 0 ? unplaced : byTopic, document, arrays.fit[document] ?? 0);
  }
  for (let at = 0; at < wishing.length; at += 1) {
    const document = wishing.documents[at] ?? 0;
    if (arrays.fit[document] === 0) put(fitting, document);
    enter(byWish, document, arrays.wish[document] ?? 0);
  }

  const leaders = arrays.list();
  const list = (document: number): void => {
    if (listed[document] === 1) return;
    listed[document] = 1;
    put(leaders, document);
  };
  /** Slots that have more facts than are ranked, and what the rest of them counts at most. */
  const crowded: CuedSlot[] = [];
  let mostOfOthers = 0;
  for (const one of cued) {
    const { weight, fit } = one;
    eachNewest(facts.of(one.slot), Math.max(most, MOST_RANKED), (document) => {
      if ((fit[document] ?? 0) > 0 || !isFact(document) || !isMember(one, document)) return false;
      one.best.offer(document, valueOf(one, document));
      // Beyond the leaders the newest still go first.
      list(document);
      return true;
    });
    const ranked = one.best.take();
    ranked.forEach(({ place, value }, rank) => {
      list(place);
      lead[place] = Math.max(lead[place] ?? 0, value / (1 + (CROWDING * rank) / weight));
    });
    if (ranked.length < MOST_RANKED) continue;
    crowded.push(one);
    mostOfOthers = Math.max(mostOfOthers, behindLeaders(ranked.at(-1)?.value ?? 0, weight));
  }
  return {
    leaders,
    fitting,
    mostOfOthers,
    atMost: (document) => Math.max(mostOfOthers, ASIDE * (arrays.fit[document] ?? 0)),
    orderOf(document) {
      if (!isFact(document)) return 0;
      let order = Math.max(lead[document] ?? 0, asideOf(document));
      for (const one of crowded)
        if (isMember(one, document))
          order = Math.max(order, behindLeaders(valueOf(one, document), one.weight));
      return order;
    },
    worthOf(document) {
      if (!isFact(document)) return 0;
      let worth = asideOf(document);
      for (const one of cued)
        if (isMember(one, document)) worth = Math.max(worth, valueOf(one, document));
      return worth;
    },
  };
}

function behindLeaders(value: number, weight: number): number {
  return value / (1 + (CROWDING * MOST_RANKED) / weight);
}

function wishesOf(terms: readonly string[]): ReadonlyMap<string, number> {
  return new Map(terms.map((term) => [term, WISH_WORD]));
}

/** Goes from the newest back, renewed ones last, until `visit` has taken `most`. */
function eachNewest(
  {
    standing,
    renewed,
  }: { readonly standing: readonly number[]; readonly renewed: readonly number[] },
  most: number,
  visit: (document: number) => boolean,
): void {
  let taken = 0;
  for (const list of [standing, renewed])
    for (let at = list.length - 1; at >= 0 && taken < most; at -= 1)
      if (visit(list[at] ?? 0)) taken += 1;
}

/**
 * How much each fact speaks of the words, 0..1: several say more than one, one that few facts hold more than one of many. Answers
 * those that do.
 */
function fitsOf(
  terms: ReadonlyMap<string, number>,
  facts: number,
  holding: (term: string) => readonly number[],
  fits: Float32Array,
  fitting: DocumentList,
): DocumentList {
  const most = Math.log(1 + facts) || 1;
  for (const [term, says] of terms) {
    const told = holding(term);
    const value = (says * Math.log(1 + facts / Math.max(1, told.length))) / most;
    for (const document of told) {
      const known = fits[document] ?? 0;
      if (known === 0) put(fitting, document);
      fits[document] = known + value;
    }
  }
  for (let at = 0; at < fitting.length; at += 1) {
    const document = fitting.documents[at] ?? 0;
    const sum = fits[document] ?? 0;
    fits[document] = sum / (sum + HALF_FIT);
  }
  return fitting;
}

/** What people tell each other to do is no wish to an assistant: an unnamed user speaks to one, a named one where one stands beside. */
function isSaidToAssistant({ columns, previous, next }: IndexView, document: number): boolean {
  if ((columns.speaker[document] ?? 0) === 0) return true;
  const isAssistant = (neighbour: number): boolean =>
    neighbour >= 0 && ((columns.flags[neighbour] ?? 0) & FLAG.assistant) !== 0;
  return isAssistant(next[document] ?? -1) || isAssistant(previous[document] ?? -1);
}

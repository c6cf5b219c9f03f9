import { SLOTS, type Slot } from "../domain/slots.ts";
import { stem, words } from "../text/words.ts";
import { plainWords } from "./clauses.ts";
import { requestKind, withoutQuotes } from "./request.ts";
import { stemsIn, TOPIC_INDEX } from "./topic-index.ts";
import { TOPICS } from "./topics.ts";

/** A slot that a request asks for without naming a fact. */
export interface Cue {
  readonly slot: Slot;
  /** How surely the request needs facts of this slot, 0..1. */
  readonly weight: number;
}

export interface Cues {
  /** Best first. */
  readonly slots: readonly Cue[];
  /** Stems of the words by which a fact fits this very request, with how much each says, 0..1. */
  readonly terms: ReadonlyMap<string, number>;
  /** Stems by which a standing wish is told from a passing one. */
  readonly wishTerms: readonly string[];
}

const NO_CUES: Cues = { slots: [], terms: new Map(), wishTerms: [] };

/** What every fact about the user is asked by. */
const ABOUT_ME =
  /(?<![^ ])(?:(?:know|remember|recall|learned|learnt|tell me|told you|said) (?:everything |anything |something )?about (?:me|myself)|who am i|describe me|what am i like|my profile|my life story|my biography|about the author|get to know me)(?![^ ])/;

/** Stems by which a standing wish is told from a passing one. */
const INSTRUCTION_TERMS = stemsIn(
  "always never answer reply respond response explain explanation keep use avoid stop skip prefer write format short brief concise detailed long simple plain formal casual tone style bullet paragraph sentence word emoji jargon code example metric imperial unit spelling language english french spanish german call direct blunt honest feedback list table summary source step no please don't future whenever default emoji smiley exclamation abbreviation acronym heading header markdown table bold asterisk screen reader voice aloud link cite citation reference claim figure number unit gram kilo kilogram ounce pound cup centimetre kilometre mile celsius fahrenheit clock hour date currency euro dollar franc british american uk us colour color pronoun sir captain nickname apologise apologize apology sorry praise compliment flattery flatter cheerleading sugarcoat sugar-coat brutal brutally straight gentle soft harsh critic criticise honesty disclaimer caveat warning hint nudge solution spoiler guess assume assumption clarify unclear ask first follow-up question option menu choose one single pick diff paste whole file snippet comment line tops scroll read reading version translate translation deutsch bitte espanol francais por favor jargon technical beginner expert kid child ten five analogy metaphor opinion conclusion upfront bottom top brevity wordy rambling waffle fluff filler preamble intro closing sign-off recap summarise summarize",
);
/** How much standing wishes matter: where something is made, where something is asked, where the talk is of the user's own affairs. */
const MAKING = 0.75;
const KNOWING = 0.6;
const TALKING = 0.35;

/** Below this a cue is not worth its tokens. */
const FLOOR = 0.2;
/** Topics and slots far below the best of a request are chance hits of single words. */
const SHARE_OF_BEST = 0.45;
/** Any slot may hold what a personal request needs, whatever its words say. */
const ANYONES = 0.5;
/** The same where its words tell no topic, or all is asked for. */
const NO_TOPIC = 0.6;
const PHRASE = 1.2;
/** A task that names nobody may still be someone's ("write a dinner menu"); a question about the world is nobody's. */
const UNSAID = 0.7;

/**
 * The slots whose facts a request needs, best first. Empty for small talk; questions about the world or about code cue standing
 * instructions and nothing else, for these hold for every answer.
 */
export function cuesOf(query: string): Cues {
  const request = requestKind(query);
  if (request.kind === "chat") return NO_CUES;
  const weights = new Map<Slot, number>();
  const terms = new Map<string, number>();
  let isAboutMe = false;
  if (request.kind !== "knowledge") {
    const factor = request.kind === "personal" ? 1 : UNSAID;
    const read = withoutQuotes(
      query.length > 2_000 ? `${query.slice(0, 1_000)} ${query.slice(-1_000)}` : query,
    );
    const plain = plainWords(read);
    isAboutMe = ABOUT_ME.test(plain);
    const topics = topicsOf(read, plain);
    const prior = isAboutMe || topics.size === 0 ? NO_TOPIC : ANYONES;
    for (const slot of SLOTS) if (slot !== "instruction") weights.set(slot, prior * factor);
    for (const [topic, strength] of topics) {
      for (const slot of SLOTS) {
        const weight = (TOPICS[topic]?.slots[slot] ?? 0) * strength * factor;
        if (weight < FLOOR) continue;
        weights.set(slot, Math.max(weights.get(slot) ?? 0, weight));
      }
      for (const term of TOPIC_INDEX.terms[topic] ?? []) {
        const says = strength / Math.sqrt(TOPIC_INDEX.spread.get(term) ?? 1);
        if (says > (terms.get(term) ?? 0)) terms.set(term, says);
      }
    }
  }
  const cues: Cue[] = [...weights].map(([slot, weight]) => ({ slot, weight }));
  cues.push({
    slot: "instruction",
    weight: request.makes ? MAKING : request.kind === "knowledge" ? KNOWING : TALKING,
  });
  return {
    slots: cues
      .map(({ slot, weight }) => ({ slot, weight: Math.min(1, Math.round(weight * 100) / 100) }))
      .toSorted((a, b) => b.weight - a.weight || SLOTS.indexOf(a.slot) - SLOTS.indexOf(b.slot)),
    terms,
    wishTerms: INSTRUCTION_TERMS,
  };
}

/** Topics that the text speaks of, with a strength of 0..1: a word that belongs to one topic says more than one of many. */
function topicsOf(query: string, plain: string): Map<number, number> {
  const hits = new Map<number, number>();
  const hit = (topic: number, value: number): void => {
    hits.set(topic, (hits.get(topic) ?? 0) + value);
  };
  for (const key of new Set(words(query).map((word) => stem(word)))) {
    const topics = TOPIC_INDEX.stems.get(key) ?? [];
    for (const topic of topics) hit(topic, 1 / Math.sqrt(topics.length));
  }
  const padded = ` ${plain} `;
  for (const { pattern, topic } of TOPIC_INDEX.phrases)
    if (padded.includes(pattern)) hit(topic, PHRASE);
  // What is done with a thing (bought, gone to) says less than the thing, and must not outshine it.
  const best = Math.max(
    0,
    ...[...hits].map(([topic, value]) => (TOPICS[topic]?.isWide === true ? value / 2 : value)),
  );
  return new Map(
    [...hits]
      .filter(([, value]) => value >= SHARE_OF_BEST * best)
      .map(([topic, value]) => [
        topic,
        Math.min(1, 0.55 + 0.45 * Math.min(1, value / Math.max(1, best))),
      ]),
  );
}

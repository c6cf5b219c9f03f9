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
  /** Stems of words by which a fact of this slot fits this very request better than others of its slot. */
  readonly terms: readonly string[];
}

/** What every fact about the user is asked by. */
const ABOUT_ME =
  /(?<![^ ])(?:(?:know|remember|recall|learned|learnt|tell me|told you|said) (?:everything |anything |something )?about (?:me|myself)|who am i|describe me|what am i like|my profile|my life story|my biography|about the author|get to know me)(?![^ ])/;

/** Stems by which a standing wish is told from a passing one. */
const INSTRUCTION_TERMS = stemsIn(
  "always never answer reply respond response explain explanation keep use avoid stop skip prefer write format short brief concise detailed long simple plain formal casual tone style bullet paragraph sentence word emoji jargon code example metric imperial unit spelling language english french spanish german call direct blunt honest feedback list table summary source step no please don't future whenever default",
);
/** How much standing wishes matter: where something is made, where something is asked, where the talk is of the user's own affairs. */
const MAKING = 0.75;
const KNOWING = 0.6;
const TALKING = 0.35;

/** Below this a cue is not worth its tokens. */
const FLOOR = 0.2;
/** Topics and slots far below the best of a request are chance hits of single words. */
const SHARE_OF_BEST = 0.45;
const SLOT_SHARE_OF_BEST = 0.3;
const MOST_SLOTS = 6;
const PHRASE = 1.2;
/** A task that names nobody may still be someone's ("write a dinner menu"); a question about the world is nobody's. */
const UNSAID = 0.7;

/**
 * The slots whose facts a request needs, best first. Empty for small talk; questions about the world or about code cue standing
 * instructions and nothing else, for these hold for every answer.
 */
export function cuesOf(query: string): Cue[] {
  const request = requestKind(query);
  if (request.kind === "chat") return [];
  const weights = new Map<Slot, number>();
  const terms = new Map<Slot, Set<string>>();
  let isAboutMe = false;
  if (request.kind !== "knowledge") {
    const factor = request.kind === "personal" ? 1 : UNSAID;
    const read = withoutQuotes(
      query.length > 2_000 ? `${query.slice(0, 1_000)} ${query.slice(-1_000)}` : query,
    );
    const plain = plainWords(read);
    isAboutMe = ABOUT_ME.test(plain);
    if (isAboutMe) for (const slot of SLOTS) if (slot !== "instruction") weights.set(slot, 0.6);
    for (const [topic, strength] of topicsOf(read, plain)) {
      for (const slot of SLOTS) {
        const weight = (TOPICS[topic]?.slots[slot] ?? 0) * strength * factor;
        if (weight < FLOOR) continue;
        weights.set(slot, Math.max(weights.get(slot) ?? 0, weight));
        const list = terms.get(slot) ?? new Set<string>();
        for (const term of TOPIC_INDEX.terms[topic] ?? []) list.add(term);
        terms.set(slot, list);
      }
    }
  }
  const best = Math.max(0, ...weights.values());
  const cues = [...weights]
    .filter(([, weight]) => weight >= SLOT_SHARE_OF_BEST * best)
    .toSorted((a, b) => b[1] - a[1] || SLOTS.indexOf(a[0]) - SLOTS.indexOf(b[0]))
    .slice(0, isAboutMe ? SLOTS.length : MOST_SLOTS);
  cues.push([
    "instruction",
    request.makes ? MAKING : request.kind === "knowledge" ? KNOWING : TALKING,
  ]);
  terms.set("instruction", new Set(INSTRUCTION_TERMS));
  return cues
    .map(([slot, weight]) => ({
      slot,
      weight: Math.min(1, Math.round(weight * 100) / 100),
      terms: [...(terms.get(slot) ?? [])],
    }))
    .toSorted((a, b) => b.weight - a.weight || SLOTS.indexOf(a.slot) - SLOTS.indexOf(b.slot));
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
  const best = Math.max(0, ...hits.values());
  return new Map(
    [...hits]
      .filter(([, value]) => value >= SHARE_OF_BEST * best)
      .map(([topic, value]) => [topic, Math.min(1, 0.55 + 0.45 * (value / Math.max(1, best)))]),
  );
}

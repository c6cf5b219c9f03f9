import { SLOTS, type Slot } from "../domain/slots.ts";
import { stem, words } from "../text/words.ts";
import { plainWords } from "./clauses.ts";
import { requestKind } from "./request.ts";
import { TOPICS, type Topic } from "./topics.ts";

/** A slot that a request asks for without naming a fact. */
export interface Cue {
  readonly slot: Slot;
  /** How surely the request needs facts of this slot, 0..1. */
  readonly weight: number;
  /** Stems of words by which a fact of this slot fits this very request better than others of its slot. */
  readonly terms: readonly string[];
}

interface Index {
  /** Stem to the topics (by place in the list) that it speaks of. */
  readonly stems: ReadonlyMap<string, readonly number[]>;
  readonly phrases: readonly { readonly pattern: string; readonly topic: number }[];
  readonly terms: readonly (readonly string[])[];
}

/** Built once, from constants. */
const INDEX = buildIndex(TOPICS);

function buildIndex(topics: readonly Topic[]): Index {
  const stems = new Map<string, number[]>();
  const phrases: { pattern: string; topic: number }[] = [];
  topics.forEach((topic, at) => {
    for (const key of stemsIn(topic.asks)) stems.set(key, [...(stems.get(key) ?? []), at]);
    for (const phrase of topic.phrases.split("|"))
      phrases.push({ pattern: ` ${plainWords(phrase)} `, topic: at });
  });
  return { stems, phrases, terms: topics.map((topic) => stemsIn(`${topic.asks} ${topic.facts}`)) };
}

function stemsIn(list: string): string[] {
  return [...new Set(list.split(" ").map((word) => stem(word)))];
}

/** What every fact about the user is asked by. */
const ABOUT_ME =
  /(?<![^ ])(?:(?:know|remember|recall|learned|learnt|tell me|told you|said) (?:everything |anything |something )?about (?:me|myself)|who am i|describe me|what am i like|my profile|my life story|my biography|about the author|get to know me)(?![^ ])/;

/** Stems by which a standing wish is told from a passing one. */
const INSTRUCTION_TERMS = stemsIn(
  "always never answer reply respond response explain explanation keep use avoid stop skip prefer write format short brief concise detailed long simple plain formal casual tone style bullet paragraph sentence word emoji jargon code example metric imperial unit spelling language english french spanish german call direct blunt honest feedback list table summary source step no please don't future whenever default",
);
/** A question about the world needs the way of answering too, and less surely. */
const KNOWLEDGE_INSTRUCTION = 0.8;

/** Below this a cue is not worth its tokens. */
const FLOOR = 0.25;
/** Topics and slots far below the best of a request are chance hits of single words. */
const SHARE_OF_BEST = 0.55;
const MOST_SLOTS = 4;
const PHRASE = 1.2;
/** A task that names nobody may still be someone's ("write a dinner menu"); a question about the world is nobody's. */
const UNSAID = 0.7;

/**
 * The slots whose facts a request needs, best first. Empty for small talk and for questions about the world or about code, except
 * that anything to be written or explained cues standing instructions.
 */
export function cuesOf(query: string): Cue[] {
  const request = requestKind(query);
  if (request.kind === "chat") return [];
  const weights = new Map<Slot, number>();
  const terms = new Map<Slot, Set<string>>();
  if (request.kind !== "knowledge") {
    const factor = request.kind === "personal" ? 1 : UNSAID;
    const read = query.length > 2_000 ? `${query.slice(0, 1_000)} ${query.slice(-1_000)}` : query;
    const plain = plainWords(read);
    if (ABOUT_ME.test(plain))
      for (const slot of SLOTS) if (slot !== "instruction") weights.set(slot, 0.6);
    for (const [topic, strength] of topicsOf(read, plain)) {
      for (const slot of SLOTS) {
        const weight = (TOPICS[topic]?.slots[slot] ?? 0) * strength * factor;
        if (weight < FLOOR) continue;
        weights.set(slot, Math.max(weights.get(slot) ?? 0, weight));
        const list = terms.get(slot) ?? new Set<string>();
        for (const term of INDEX.terms[topic] ?? []) list.add(term);
        terms.set(slot, list);
      }
    }
  }
  const best = Math.max(0, ...weights.values());
  const cues = [...weights]
    .filter(([, weight]) => weight >= SHARE_OF_BEST * best)
    .sort((a, b) => b[1] - a[1] || SLOTS.indexOf(a[0]) - SLOTS.indexOf(b[0]))
    .slice(0, ABOUT_ME.test(query.toLowerCase()) ? SLOTS.length : MOST_SLOTS);
  if (request.makes) {
    cues.push(["instruction", request.kind === "knowledge" ? KNOWLEDGE_INSTRUCTION : 1]);
    terms.set("instruction", new Set(INSTRUCTION_TERMS));
  }
  return cues
    .map(([slot, weight]) => ({
      slot,
      weight: Math.min(1, Math.round(weight * 100) / 100),
      terms: [...(terms.get(slot) ?? [])],
    }))
    .sort((a, b) => b.weight - a.weight || SLOTS.indexOf(a.slot) - SLOTS.indexOf(b.slot));
}

/** Topics that the text speaks of, with a strength of 0..1: a word that belongs to one topic says more than one of many. */
function topicsOf(query: string, plain: string): Map<number, number> {
  const hits = new Map<number, number>();
  const hit = (topic: number, value: number): void => {
    hits.set(topic, (hits.get(topic) ?? 0) + value);
  };
  for (const key of new Set(words(query).map((word) => stem(word)))) {
    const topics = INDEX.stems.get(key) ?? [];
    for (const topic of topics) hit(topic, 1 / Math.sqrt(topics.length));
  }
  const padded = ` ${plain} `;
  for (const { pattern, topic } of INDEX.phrases) if (padded.includes(pattern)) hit(topic, PHRASE);
  const best = Math.max(0, ...hits.values());
  return new Map(
    [...hits]
      .filter(([, value]) => value >= SHARE_OF_BEST * best)
      .map(([topic, value]) => [topic, Math.min(1, 0.55 + 0.45 * (value / Math.max(1, best)))]),
  );
}

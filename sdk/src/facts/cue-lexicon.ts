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

/** Below this a cue is not worth its tokens. */
const FLOOR = 0.2;
/** A word that hits once is a hint, twice a topic. */
const SECOND_HIT = 0.15;
/** A task that names nobody may still be someone's ("write a dinner menu"); a question about the world is nobody's. */
const UNSAID = 0.6;

/**
 * The slots whose facts a request needs, best first. Empty for small talk and for questions about the world or about code, except
 * that anything to be written or explained cues standing instructions.
 */
export function cuesOf(query: string): Cue[] {
  const request = requestKind(query);
  if (request.kind === "chat") return [];
  const weights = new Map<Slot, number>();
  const terms = new Map<Slot, Set<string>>();
  if (request.makes) weights.set("instruction", request.kind === "knowledge" ? 0.5 : 0.7);
  if (request.kind !== "knowledge") {
    const factor = request.kind === "personal" ? 1 : UNSAID;
    const plain = plainWords(query.slice(0, 2_000));
    if (ABOUT_ME.test(plain))
      for (const slot of SLOTS) if (slot !== "instruction") weights.set(slot, 0.6);
    for (const [topic, strength] of topicsOf(query.slice(0, 2_000), plain)) {
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
  return [...weights]
    .map(([slot, weight]) => ({
      slot,
      weight: Math.min(1, Math.round(weight * 100) / 100),
      terms: [...(terms.get(slot) ?? [])],
    }))
    .sort((a, b) => b.weight - a.weight || SLOTS.indexOf(a.slot) - SLOTS.indexOf(b.slot));
}

/** Topics that the text speaks of, with a strength of 0..1. */
function topicsOf(query: string, plain: string): Map<number, number> {
  const hits = new Map<number, number>();
  const hit = (topic: number): void => {
    hits.set(topic, (hits.get(topic) ?? 0) + 1);
  };
  for (const word of new Set(words(query).map((word) => stem(word))))
    for (const topic of INDEX.stems.get(word) ?? []) hit(topic);
  const padded = ` ${plain} `;
  for (const { pattern, topic } of INDEX.phrases) if (padded.includes(pattern)) hit(topic);
  return new Map(
    [...hits].map(([topic, count]) => [topic, Math.min(1, 0.85 + SECOND_HIT * (count - 1))]),
  );
}

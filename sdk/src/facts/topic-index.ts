import { stem } from "../text/words.ts";
import { plainWords } from "./clauses.ts";
import { TOPICS, type Topic } from "./topics.ts";

export interface TopicIndex {
  /** Stem to the topics (by place in the list) that it speaks of. */
  readonly stems: ReadonlyMap<string, readonly number[]>;
  readonly phrases: readonly { readonly pattern: string; readonly topic: number }[];
  /** By topic: stems of its requests and its facts. */
  readonly terms: readonly (readonly string[])[];
}

/** Built once, from constants. */
export const TOPIC_INDEX = buildIndex(TOPICS);

function buildIndex(topics: readonly Topic[]): TopicIndex {
  const stems = new Map<string, number[]>();
  const phrases: { pattern: string; topic: number }[] = [];
  topics.forEach((topic, at) => {
    for (const key of stemsIn(topic.asks)) stems.set(key, [...(stems.get(key) ?? []), at]);
    for (const phrase of topic.phrases.split("|"))
      phrases.push({ pattern: ` ${plainWords(phrase)} `, topic: at });
  });
  return { stems, phrases, terms: topics.map((topic) => stemsIn(`${topic.asks} ${topic.facts}`)) };
}

export function stemsIn(list: string): string[] {
  return [...new Set(list.split(" ").map((word) => stem(word)))];
}

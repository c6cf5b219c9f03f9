import { isStopWord, stem } from "../text/words.ts";
import { plainWords } from "./clauses.ts";
import { TOPICS, type Topic } from "./topics.ts";

export interface TopicIndex {
  /** Stem to the topics (by place in the list) that it speaks of. */
  readonly stems: ReadonlyMap<string, readonly number[]>;
  readonly phrases: readonly { readonly pattern: string; readonly topic: number }[];
  /** By topic: stems of its requests and its facts. */
  readonly terms: readonly (readonly string[])[];
  /** In how many topics a stem stands. */
  readonly spread: ReadonlyMap<string, number>;
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
  const terms = topics.map((topic) => stemsIn(`${topic.asks} ${topic.facts}`));
  const spread = new Map<string, number>();
  for (const list of terms) for (const term of list) spread.set(term, (spread.get(term) ?? 0) + 1);
  return { stems, phrases, terms, spread };
}

export function stemsIn(list: string): string[] {
  return [
    ...new Set(
      list
        .split(" ")
        .filter((word) => !isStopWord(word))
        .map((word) => stem(word)),
    ),
  ];
}

import { SLOTS, type Slot } from "../../src/domain/slots.ts";
import { terms } from "../../src/text/words.ts";
import type { StoryTemplate } from "./story-template.ts";

/** A fact said once, and a question that needs it and shares no content word with it. */
export interface Story {
  readonly half: "own" | "blind";
  readonly slot: Slot;
  readonly fact: string;
  readonly question: string;
}

/** A small seeded generator (mulberry32): the same seed gives the same stories on every engine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function sharesContentWord(fact: string, question: string): boolean {
  const said = new Set(terms(fact));
  return terms(question).some((term) => said.has(term));
}

/** Draws stories from templates, evenly over slots, each fact at most once; pairs that share a content word are left out. */
export function storiesOf(
  half: Story["half"],
  templates: readonly StoryTemplate[],
  count: number,
  seed: number,
): Story[] {
  const random = seeded(seed);
  const bySlot = new Map<Slot, Story[]>(SLOTS.map((slot) => [slot, []]));
  for (const { slot, facts, questions } of templates) {
    for (const fact of facts) {
      const fitting = questions.filter((question) => !sharesContentWord(fact, question));
      const question = fitting[Math.floor(random() * fitting.length)];
      if (question !== undefined) bySlot.get(slot)?.push({ half, slot, fact, question });
    }
  }
  const queues = [...bySlot.values()].map((stories) => shuffled(stories, random));
  const out: Story[] = [];
  while (out.length < count && queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) {
      const story = queue.pop();
      if (story && out.length < count) out.push(story);
    }
  }
  return out;
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

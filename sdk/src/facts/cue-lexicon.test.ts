import { describe, expect, test } from "vitest";
import type { Slot } from "../domain/slots.ts";
import { stem } from "../text/words.ts";
import { cuesOf } from "./cue-lexicon.ts";

const cued = (query: string): Slot[] => cuesOf(query).slots.map(({ slot }) => slot);

describe("a request cues the slots whose facts it needs", () => {
  test.each<readonly [string, readonly Slot[]]>([
    ["What should I cook for dinner?", ["diet", "health"]],
    ["Recommend a restaurant", ["diet", "health", "like"]],
    ["Any ideas for the weekend?", ["like", "dislike"]],
    ["What do I enjoy doing?", ["like"]],
    ["A gift for me?", ["like", "people"]],
    ["Plan a trip for us", ["place", "event"]],
    ["Make me a workout", ["health"]],
    ["Help me with my cover letter", ["work", "instruction"]],
    ["Who should I invite to the party?", ["people"]],
    ["Is my car due for an oil change?", ["possession"]],
    ["What's on my calendar next week?", ["event"]],
    ["What's the weather near me?", ["place"]],
    ["What should I avoid?", ["dislike"]],
    ["How should I sign this letter?", ["identity"]],
    ["Explain how tides work", ["instruction"]],
    ["What do you know about me?", ["identity", "like", "work", "place", "people"]],
  ])("%s", (query, slots) => expect(cued(query)).toEqual(expect.arrayContaining([...slots])));

  test("best first, weights within 0..1, each slot once, terms as stems", () => {
    const { slots: cues, terms } = cuesOf("What should I cook for my friends this weekend?");
    expect(cues.map(({ weight }) => weight)).toEqual(
      cues.map(({ weight }) => weight).toSorted((a, b) => b - a),
    );
    expect(new Set(cues.map(({ slot }) => slot)).size).toBe(cues.length);
    for (const { weight } of cues) {
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(1);
    }
    expect(terms.get(stem("allergic"))).toBeGreaterThan(0);
  });
});

test.each([
  "Hi",
  "thanks!",
  "ok cool",
  "How are you?",
  "Good morning",
  "lol",
  "Sounds good, thank you so much",
  "bye",
  "",
  "…",
  "👍",
])("%s: small talk cues nothing", (query) => expect(cuesOf(query).slots).toEqual([]));

test.each([
  "What is the capital of Peru?",
  "How does a refrigerator work?",
  "Write a Python function to parse a CSV file",
  "Who painted the Mona Lisa?",
  'Translate into German: "I love my dog"',
  "How do I center a div?",
  "What is 15 percent of 240?",
])("%s: a question of no one in particular cues no fact", (query) =>
  expect(cued(query).filter((slot) => slot !== "instruction")).toEqual([]),
);

test("a giant request is read in little time", () => {
  const start = performance.now();
  cuesOf("dinner and i ".repeat(80_000));
  expect(performance.now() - start).toBeLessThan(500);
});

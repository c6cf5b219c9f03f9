import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Slot } from "../domain/slots.ts";
import { slotsOf } from "./slot-rules.ts";

const slots = (text: string): Slot[] => [...new Set(slotsOf(text).map(({ slot }) => slot))];

describe("a statement about oneself fills its slot", () => {
  const told: Readonly<Record<Slot, readonly string[]>> = {
    identity: [
      "My name is Ferdinand.",
      "Hi, I'm Rosalind from accounting.",
      "i'm 34 years old",
      "My pronouns are she/her",
      "I hold a Maltese passport",
      "I speak fluent Czech",
      "I turned 50 in May.",
      "I got divorced last year.",
    ],
    health: [
      "I'm allergic to latex",
      "I’ve got a peanut allergy",
      "I was diagnosed with epilepsy in 2019",
      "I take metformin twice a day",
      "My shoulder hurts when I swim",
      "Im lactose intolerant",
      "I tore my meniscus",
      "Strobe lights give me migraines",
    ],
    diet: [
      "I'm vegetarian",
      "I don't eat pork",
      "We keep kosher",
      "I can't have gluten",
      "I've been keto since March",
      "I gave up alcohol",
      "Vegan here, by the way",
      "I never drink coffee",
    ],
    instruction: [
      "Always answer in German",
      "Never use emojis",
      "From now on, keep it short",
      "I prefer concise answers",
      "Please keep your replies brief",
      "Don't apologize",
      "When I ask for code, use Rust",
      "Call me Sam",
      "Use metric units",
      "I'd like you to be blunt with me",
    ],
    like: [
      "I love kayaking",
      "I'm a huge fan of film noir",
      "My favourite band is Low",
      "I'm really into bonsai",
      "On weekends I go bouldering",
      "I collect stamps",
      "I could watch rain all day",
      "Nothing beats a cold swim",
    ],
    dislike: [
      "I hate early meetings",
      "I can't stand jazz",
      "I'm not a fan of zoos",
      "Clowns creep me out",
      "I'm afraid of dogs",
      "Musicals aren't my thing",
      "My least favorite season is summer",
      "I don't enjoy camping",
    ],
    work: [
      "I work as a welder",
      "I'm a pediatrician",
      "I run a small bakery",
      "I study law in Leiden",
      "My boss moved to Oslo",
      "I just got promoted to shift manager",
      "I'm between jobs",
      "I teach maths",
    ],
    place: [
      "I live in Turin",
      "I'm from Cork",
      "We moved to Denver in June",
      "My hometown is Kyoto",
      "I'm based in Accra",
      "I grew up on a farm",
      "I used to live in Prague",
    ],
    people: [
      "My wife is a potter",
      "I have two sons",
      "My sister Ann lives in Rome",
      "We adopted a beagle",
      "I'm married to a pilot",
      "My cat is fourteen",
      "I'm an only child",
    ],
    possession: [
      "I drive an old Volvo",
      "I own a telescope",
      "My laptop is a ThinkPad",
      "I just bought a cargo bike",
      "I have a grand piano",
      "We have an electric car",
    ],
    event: [
      "I have a dentist appointment on Tuesday",
      "My flight is on 3 May",
      "Our wedding is next June",
      "I'm running a marathon in October",
      "My exam is tomorrow",
      "We're flying to Crete in August",
    ],
  };
  for (const [slot, texts] of Object.entries(told))
    test.each(texts)(`${slot}: %s`, (text) => expect(slots(text)).toContain(slot));

  test("several in one turn, each with its place in the text", () => {
    const text = "My name is Ines and I love sailing, but I'm allergic to fish.";
    const found = slotsOf(text);
    expect(new Set(found.map(({ slot }) => slot))).toEqual(
      new Set(["identity", "like", "health", "diet"]),
    );
    for (const { span, clause } of found) {
      expect(text.slice(...span).length).toBeGreaterThan(0);
      expect(clause).toBe(clause.toLowerCase());
    }
  });

  test("a fact beside a question, and a reason inside one, count", () => {
    expect(slots("I'm vegan, can you suggest a cake?")).toContain("diet");
    expect(slots("What can I bake since I'm allergic to nuts?")).toContain("health");
  });
});

describe("what is no statement about oneself fills none", () => {
  test.each([
    "Do I have asthma?",
    "Am I allergic to bees?",
    "What if I were vegan?",
    "If I were a teacher, I would live in Rome.",
    "Imagine I'm a pirate with a parrot.",
    "I wish I had a dog.",
    "She said I am lazy and hate work.",
    "The article says I work too much.",
    "Write a story where I'm a doctor.",
    "What is the capital of France?",
    "How do vegans get iron?",
    "ok thanks, that's great",
    "He is allergic to cats.",
    "People in Japan love trains.",
    "Write a short poem about dogs.",
    "Explain always-on displays.",
    "You are a helpful assistant.",
    "",
    "   \n\t",
    "🙂🙂",
  ])("%s", (text) => expect(slots(text)).toEqual([]));

  test.each([
    ["My brother is vegan.", "diet"],
    ["My sister works as a nurse.", "work"],
    ["My father has diabetes.", "health"],
    ["I don't like jazz.", "like"],
    ["I used to love jazz.", "like"],
    ["I like your answer.", "like"],
    ["I would like a table for two.", "like"],
    ["I always go to bed late.", "instruction"],
    ["I never said that.", "instruction"],
    ["Never mind.", "instruction"],
    ["Write a list of animals.", "instruction"],
  ] as const)("%s is no %s", (text, slot) => expect(slots(text)).not.toContain(slot));
});

test("reads any text, in time that grows with its length alone", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      for (const { span } of slotsOf(text)) expect(span[0]).toBeLessThanOrEqual(span[1]);
    }),
  );
  const once = (text: string): number => {
    const start = performance.now();
    slotsOf(text);
    return performance.now() - start;
  };
  for (const piece of [
    "i really ",
    "my ",
    "i am a ",
    "please always never do not ",
    "i have a ",
    "a".repeat(50),
    "'",
    ", and i ",
    "i love i hate my my my ",
  ]) {
    once(piece.repeat(10));
    expect(once(piece.repeat(100_000))).toBeLessThan(1_500);
  }
});

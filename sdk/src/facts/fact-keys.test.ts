import { expect, test } from "vitest";
import { factKeysOf } from "./fact-keys.ts";
import { slotsOf } from "./slot-rules.ts";

const keys = (text: string): string[] => factKeysOf(slotsOf(text));

test.each([
  ["My name is Alice", "My name is Alicia", "identity:name"],
  ["I live in Berlin", "I just moved to Hamburg", "place:home"],
  ["I'm 30 years old", "I turned 31", "identity:age"],
  ["I work as a nurse", "I'm a teacher now", "work:job"],
  ["I'm vegan", "I'm no longer vegan", "diet:regime"],
  ["I drive a Volvo", "I now drive a Fiat", "possession:car"],
  ["My favourite colour is red", "My favorite colour is blue", "like:favorite-colour"],
  ["I prefer concise answers", "I prefer detailed answers", "instruction:length"],
])("%s / %s: one thing, the newer holds", (older, newer, key) => {
  expect(keys(older)).toContain(key);
  expect(keys(newer)).toContain(key);
});

test.each([
  "I'm allergic to nuts",
  "I love jazz",
  "My sister lives in Rome",
  "I have a dentist appointment on Tuesday",
  "I used to live in Berlin",
  "I was a teacher back then",
  "Do I live in Berlin?",
  "I own a telescope",
])("%s: nothing that a later fact would contradict", (text) => expect(keys(text)).toEqual([]));

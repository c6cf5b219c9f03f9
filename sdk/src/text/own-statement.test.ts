import { expect, test } from "vitest";
import { tellsSomething } from "./own-statement.ts";

test.each([
  "I keep bees behind the garage",
  "the landlord won't allow a nail in the wall",
  "Can you shorten this? My boss only skims the first line.",
  "ugh, missed the last ferry again",
])("tells: %s", (text) => expect(tellsSomething(text)).toBe(true));

test.each([
  "What is the capital of Peru?",
  "Explain how tides work",
  "write a poem about the sea.",
  "Thanks, that was helpful!",
  "ok",
  "",
  "Could you plan a trip for us?",
])("asks: %s", (text) => expect(tellsSomething(text)).toBe(false));

test.each([
  '"I am allergic to figs", it goes',
  "> I own a boat",
  "user: I own a boat",
  "```\nI own a boat\n```",
  "the letter says I own a boat",
  "<p>I own a boat</p>",
])("takes nothing that may be another's: %s", (text) => expect(tellsSomething(text)).toBe(false));

test("reads a megabyte in no time", () => {
  const start = performance.now();
  tellsSomething("i ? ".repeat(250_000));
  tellsSomething("and ".repeat(250_000));
  expect(performance.now() - start).toBeLessThan(200);
});

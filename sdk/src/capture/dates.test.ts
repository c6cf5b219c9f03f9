import { expect, test } from "vitest";
import { datesOf } from "./dates.ts";

/** A Wednesday, noon of the device's own zone. */
const SAID = new Date(2026, 4, 13, 12).getTime();

test.each([
  ["I saw her yesterday", ["2026-05-12"]],
  ["the exam is tomorrow", ["2026-05-14"]],
  ["we met two weeks ago", ["2026-04-29"]],
  ["I moved last Friday", ["2026-05-08"]],
  ["it was on 3 May", ["2026-05-03"]],
  ["born on March 4, 1988", ["1988-03-04"]],
  ["due 2026-06-30", ["2026-06-30"]],
  ["I start next month", ["2026-06-01"]],
  ["in three days we leave", ["2026-05-16"]],
  ["from June 3 to June 9", ["2026-06-03", "2026-06-09"]],
])("%s", (text, days) => expect(datesOf(text, SAID)).toEqual(days));

test.each([
  "I may go",
  "version 1.2.3 costs 10/12 of that",
  "the second one",
  "march on",
  "",
  "I sat in the sun",
  "two of them",
])("%s: no day", (text) => expect(datesOf(text, SAID)).toEqual([]));

test("each once, few, and quick on a text full of dates", () => {
  expect(datesOf("yesterday, yes, yesterday", SAID)).toEqual(["2026-05-12"]);
  const start = performance.now();
  expect(datesOf("on 3 May and then last Friday ".repeat(30_000), SAID).length).toBeLessThanOrEqual(
    12,
  );
  expect(performance.now() - start).toBeLessThan(500);
});

test("a clock that is no clock gives no days", () =>
  expect(datesOf("yesterday", Number.NaN)).toEqual([]));

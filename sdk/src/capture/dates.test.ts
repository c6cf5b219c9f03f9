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
  ["I moved to Ghent in November", ["2025-11-01"]],
  ["We met on 24 December and married on 2 January", ["2025-12-24", "2026-01-02"]],
  ["I was in Oslo from 1 October to 9 October", ["2025-10-01", "2025-10-09"]],
  ["I will run it in March", ["2027-03-01"]],
  ["We have booked a cabin in November", ["2026-11-01"]],
  ["I need it in November", ["2026-11-01"]],
  ["She told me the exam is in November", ["2026-11-01"]],
  ["We met the surgeon, it's in November", ["2026-11-01"]],
  ["I got an appointment in November", ["2026-11-01"]],
  ["We are getting married in November", ["2026-11-01"]],
  ["I moved house. The exam is in November", ["2026-11-01"]],
  ["I saw her in November 2026", ["2026-11-01"]],
  ["It was cold in March", ["2026-03-01"]],
  ["We will know in May", ["2026-05-01"]],
])("a month without a year is that of what is told: %s", (text, days) =>
  expect(datesOf(text, SAID)).toEqual(days),
);

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

import { describe, expect, test } from "vitest";
import { nearness } from "../recall/nearness.ts";
import { askedTime } from "./asked-time.ts";

const NOW = Date.UTC(2024, 5, 15);
const day = (text: string): number => Math.floor(Date.parse(`${text}T00:00:00Z`) / 86_400_000);

describe("the time a request speaks of", () => {
  test.each([
    ["What happened on 8 May 2023?", "2023-05-08", "2023-05-08"],
    ["What did we plan on May 8th, 2023?", "2023-05-08", "2023-05-08"],
    ["Notes of 2023-05-08 please", "2023-05-08", "2023-05-08"],
    ["Where was I in March 2023?", "2023-03-01", "2023-03-31"],
    ["Where was I in October?", "2023-10-01", "2023-10-31"],
    ["Where was I in March?", "2024-03-01", "2024-03-31"],
    ["What did I say yesterday?", "2024-06-14", "2024-06-14"],
    ["What did I say 3 days ago?", "2024-06-12", "2024-06-12"],
    ["What did I do in 2022?", "2022-01-01", "2022-12-31"],
  ])("%s", (text, from, to) => {
    expect(askedTime(text, NOW)).toMatchObject({ from: day(from), to: day(to) });
  });

  test("is none where a word only looks like one", () => {
    for (const text of [
      "",
      "May I ask something?",
      "march on",
      "the 45 May things",
      "I may go",
      "99 bottles",
    ])
      expect(askedTime(text, NOW), text).toBeNull();
  });

  test("is near inside its span and fades outside", () => {
    const asked = { from: 100, to: 110, text: "" };
    expect([99, 105, 111, 115, 125, 140].map((at) => nearness(at, asked))).toEqual([
      1, 1, 1, 0.6, 0.2, 0,
    ]);
  });
});

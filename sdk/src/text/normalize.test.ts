import { expect, test } from "vitest";
import { normalizeText } from "./normalize.ts";

test("texts that read the same get one spelling", () => {
  expect(normalizeText("  Hello\n\tＷＯＲＬＤ ")).toBe("hello world");
  expect(normalizeText("pass\u200bword\u202e")).toBe("password");
  expect(normalizeText("e\u0301")).toBe(normalizeText("é"));
  expect(normalizeText("")).toBe("");
});
test("a second pass changes nothing", () => {
  for (const text of ["Ǆ ẞ İ", "ﬁne  ½", "あ  い"])
    expect(normalizeText(normalizeText(text))).toBe(normalizeText(text));
});

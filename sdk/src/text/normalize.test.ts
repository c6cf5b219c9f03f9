import fc from "fast-check";
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

test("what need not be changed is left as it is, and nothing else", () => {
  const sign = fc.oneof(
    fc.constantFrom(
      " ",
      "  ",
      "\n",
      "\t",
      "\u00a0",
      "\u3000",
      "\u00ad",
      "\u200d",
      "A",
      "\u0130",
      "\uff21",
    ),
    fc.string({ unit: "binary-ascii", maxLength: 4 }),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 12 }), (signs) => {
      const text = signs.join("");
      const spelled = text
        .normalize("NFKC")
        .replaceAll(/\p{Cf}/gu, "")
        .toLowerCase();
      expect(normalizeText(text)).toBe(spelled.replaceAll(/\s+/gu, " ").trim());
    }),
    { numRuns: 2_000 },
  );
});

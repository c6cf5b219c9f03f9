import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isStopWord, stem, terms, words } from "./words.ts";

describe("words", () => {
  test("are lower case, and lose contractions and elisions", () => {
    expect(words("She doesn't know Ann's dog; I can't, we've won’t.")).toEqual([
      "she",
      "does",
      "know",
      "ann",
      "dog",
      "i",
      "can",
      "we",
      "wo",
    ]);
    expect(words("L'école d'été, O'Brien")).toEqual(["école", "été", "brien"]);
    expect(words("dell’acqua, nell'estate, jusqu'à, all'università, qu'on")).toEqual([
      "acqua",
      "estate",
      "jusqu",
      "università",
      "qu",
    ]);
  });
  test("of plain text are the same beside a word of another script", () => {
    const part = fc.oneof(
      fc.constantFrom("'", " ", "don't", "l'", "O'Brien's", "dell'acqua", "_", "2nd", "\n"),
      fc.string({ unit: "binary-ascii", maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        expect(words(`${text} \u043c\u0438\u0440`)).toEqual([...words(text), "\u043c\u0438\u0440"]);
      }),
      { numRuns: 2_000 },
    );
  });
  test("are found in scripts with and without spaces", () => {
    expect(words("Привет, мир 42")).toEqual(["привет", "мир", "42"]);
    expect(words("안녕 세계")).toEqual(["안녕", "세계"]);
    expect(words("私は東京に住んでいます").length).toBeGreaterThan(3);
    expect(words("我喜欢去爬山").join("")).toBe("我喜欢去爬山");
    expect(words("ฉันชอบกินข้าว").length).toBeGreaterThan(2);
    expect(words("हिन्दी भाषा")).toEqual(["हिन्दी", "भाषा"]);
    expect(words("مرحبا بالعالم")).toEqual(["مرحبا", "بالعالم"]);
  });
  test("full-width letters are the same words", () => {
    expect(words("ＡＢＣ １２")).toEqual(["abc", "12"]);
  });
  test("nothing comes of nothing", () => {
    expect(words("")).toEqual([]);
    expect(words(" … !? 🎉 \u0000 ")).toEqual([]);
  });
});

describe("stem and terms", () => {
  test("bring the forms of one word together", () => {
    for (const [a, b] of [
      ["hiking", "hikes"],
      ["went", "going"],
      ["children", "child"],
      ["cafés", "cafe"],
      ["painted", "painting"],
      ["bought", "buys"],
    ] as const)
      expect(stem(a)).toBe(stem(b));
  });
  test("leave letters that only look accented alone", () => {
    expect(stem("йод")).toBe("йод");
    expect(stem("が")).toBe("が");
  });
  test("drop function words and keep the order", () => {
    expect(terms("The dogs were running to the park")).toEqual(["dog", "run", "park"]);
    expect(isStopWord("the")).toBe(true);
    expect(isStopWord("park")).toBe(false);
  });
  test("cut endless runs", () => {
    expect(terms("x".repeat(10_000))[0]).toHaveLength(40);
  });
});

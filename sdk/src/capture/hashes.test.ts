import fc from "fast-check";
import { expect, test } from "vitest";
import { nearHashOf } from "./hashes.ts";
import { textHashOf } from "./text-hash.ts";

test("texts that read the same have one text hash", () => {
  expect(textHashOf("I LIKE\u200b  tea", "a")).toBe(textHashOf("i like tea", "a"));
  expect(textHashOf("ｉ like tea", "a")).toBe(textHashOf("i like tea", "a"));
  expect(textHashOf("I like tea.", "a")).not.toBe(textHashOf("I like tea", "a"));
});

test("two users never share a hash, and no id passes for another", () => {
  fc.assert(
    fc.property(
      fc.option(fc.string(), { nil: undefined }),
      fc.option(fc.string(), { nil: undefined }),
      fc.string(),
      (a, b, text) => {
        fc.pre(a !== b);
        expect(textHashOf(text, a)).not.toBe(textHashOf(text, b));
        expect(nearHashOf(text, a)).not.toBe(nearHashOf(text, b));
      },
    ),
  );
});

test("near: the same content words in any order, as often", () => {
  expect(nearHashOf("I really like green tea", undefined)).toBe(
    nearHashOf("green tea, I like really", undefined),
  );
  expect(nearHashOf("I walked the dogs", undefined)).toBe(nearHashOf("the dog, I walk", undefined));
  expect(nearHashOf("tea tea", undefined)).not.toBe(nearHashOf("tea", undefined));
  expect(nearHashOf("I like tea", undefined)).not.toBe(nearHashOf("I don't like tea", undefined));
  expect(nearHashOf("I'm allergic to nuts", undefined)).not.toBe(
    nearHashOf("Am I allergic to nuts?", undefined),
  );
});

test("texts of small words alone are told apart by their wording", () => {
  expect(nearHashOf("and you?", undefined)).not.toBe(nearHashOf("why not?", undefined));
  expect(nearHashOf("", undefined)).not.toBe("");
});

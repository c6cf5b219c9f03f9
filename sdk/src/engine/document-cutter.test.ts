import fc from "fast-check";
import { expect, test } from "vitest";
import { createDocumentCutter } from "./document-cutter.ts";
import { encodeEntry, entryFrom } from "./document-entry.ts";
import { draftOf } from "./index-fixtures.ts";

test("an entry is the same whatever texts were cut before it", () => {
  const cutter = createDocumentCutter(() => Promise.resolve(null));
  const word = fc.oneof(
    fc.constantFrom("the", "Walking", "walked", "caf\u00e9", "\u6771\u4eac\u90fd\u5e81", "don't"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 200 }), (parts) => {
      const draft = draftOf("a", parts.join(" "));
      expect(encodeEntry(cutter.entryOf(draft))).toEqual(encodeEntry(entryFrom(draft, null)));
    }),
    { numRuns: 300 },
  );
  // More words than it keeps the terms of.
  const many = (from: number): string =>
    Array.from({ length: 4_000 }, (_, i) => `word${from + i}`).join(" ");
  for (let from = 0; from < 12_000; from += 4_000) cutter.entryOf(draftOf("b", many(from)));
  const again = draftOf("c", many(2_000));
  expect(encodeEntry(cutter.entryOf(again))).toEqual(encodeEntry(entryFrom(again, null)));
});

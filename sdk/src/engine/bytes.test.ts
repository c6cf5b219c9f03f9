import fc from "fast-check";
import { expect, test } from "vitest";
import { createByteReader, createByteWriter } from "./bytes.ts";

/** Any run of units of UTF-16: halves of pairs too, which are in no text that is whole, and in some that are cut. */
const units = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 0xffff })), {
    maxLength: 140,
  })
  .map((codes) => String.fromCharCode(...codes));
const ascii = fc.string({ unit: "binary-ascii", maxLength: 140 });

test("a text is its length and its UTF-8, however it was written", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(units, ascii), { maxLength: 5 }), fc.nat(300), (texts, room) => {
      const out = createByteWriter(room);
      const plain = createByteWriter();
      for (const text of texts) {
        out.string(text);
        const utf8 = new TextEncoder().encode(text);
        plain.varint(utf8.length);
        plain.raw(utf8);
      }
      const bytes = out.take();
      expect(bytes).toEqual(plain.take());
      const input = createByteReader(bytes);
      for (const text of texts)
        expect(input.string()).toBe(
          new TextDecoder("utf-8").decode(new TextEncoder().encode(text)),
        );
      expect(input.at).toBe(bytes.length);
    }),
    { numRuns: 1_000 },
  );
});

test("numbers of both kinds come back, across every growth of the memory", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.maxSafeNat(), fc.double()), { maxLength: 60 }), (pairs) => {
      const out = createByteWriter(1);
      for (const [whole, float] of pairs) {
        out.varint(whole);
        out.float(float);
      }
      const input = createByteReader(out.take());
      for (const [whole, float] of pairs) {
        expect(input.varint()).toBe(whole);
        expect(input.float()).toBe(float);
      }
    }),
  );
});

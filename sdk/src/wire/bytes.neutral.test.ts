import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64url, isBase64url, toBase64url } from "./base64url.ts";
import { compareBytes, createWireReader, createWireWriter, equalBytes } from "./bytes.ts";
import { WireError } from "./wire-error.ts";

test("numbers come back as they were written, big end first", () => {
  fc.assert(
    fc.property(
      fc.nat(255),
      fc.nat(65_535),
      fc.nat(4_294_967_295),
      fc.nat(Number.MAX_SAFE_INTEGER),
      (a, b, c, d) => {
        const out = createWireWriter();
        out.u8(a);
        out.u16(b);
        out.u32(c);
        out.u64(d);
        const from = createWireReader(out.take());
        expect([from.u8(), from.u16(), from.u32(), from.u64()]).toEqual([a, b, c, d]);
        from.end();
      },
    ),
  );
  const out = createWireWriter();
  out.u32(0x01020304);
  expect([...out.take()]).toEqual([1, 2, 3, 4]);
});

test.each([-1, 256, 1.5, Number.NaN, Infinity])("%d is no byte", (value) => {
  expect(() => createWireWriter().u8(value)).toThrow(WireError);
});

test("a number above 2^53 - 1 is neither written nor read", () => {
  expect(() => createWireWriter().u64(2 ** 53)).toThrow(WireError);
  const bytes = new Uint8Array(8).fill(255);
  expect(() => createWireReader(bytes).u64()).toThrow(WireError);
});

test("reading past the end and leaving bytes over are told apart from nothing: both throw", () => {
  const from = createWireReader(new Uint8Array(3));
  expect(() => from.fixed(4)).toThrow(WireError);
  expect(() => createWireReader(new Uint8Array(3)).end()).toThrow(WireError);
});

test("base64url: any bytes, one text for each", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = toBase64url(bytes);
      expect([...fromBase64url(text)]).toEqual([...bytes]);
      expect(isBase64url(text)).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      if (isBase64url(text)) expect(toBase64url(fromBase64url(text))).toBe(text);
      else expect(() => fromBase64url(text)).toThrow(WireError);
    }),
  );
});

test.each(["AB=", "A", "AB+/", "AB", "AAB", "A A", "AAAAA"])("%s is not canonical", (text) => {
  expect(isBase64url(text)).toBe(false);
});

test("a long run needs no long stack", () => {
  const bytes = new Uint8Array(1_000_000).fill(1);
  expect(fromBase64url(toBase64url(bytes)).length).toBe(bytes.length);
});

test("bytes compare like words in a lexicon", () => {
  const run = (...values: number[]) => new Uint8Array(values);
  expect(compareBytes(run(1, 2), run(1, 3))).toBeLessThan(0);
  expect(compareBytes(run(1), run(1, 0))).toBeLessThan(0);
  expect(compareBytes(run(255), run(1, 9))).toBeGreaterThan(0);
  expect(equalBytes(run(1, 2), run(1, 2))).toBe(true);
  expect(equalBytes(run(1, 2), run(1, 2, 0))).toBe(false);
});

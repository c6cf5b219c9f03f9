import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../wire/bytes.ts";
import { WireError } from "../wire/wire-error.ts";
import { fromHex, toHex } from "../crypto/crypto.fixture.ts";
import { decodeCbor, encodeCbor, type CborValue } from "./cbor.ts";

/** RFC 8949, appendix A, as far as it is in its shortest form and of our types. */
const RFC = [
  [0, "00"],
  [23, "17"],
  [24, "1818"],
  [100, "1864"],
  [1_000, "1903e8"],
  [1_000_000, "1a000f4240"],
  [1_000_000_000_000, "1b000000e8d4a51000"],
  [-1, "20"],
  [-10, "29"],
  [-100, "3863"],
  [-1_000, "3903e7"],
  [1.1, "fb3ff199999999999a"],
  [-4.1, "fbc010666666666666"],
  [1e300, "fb7e37e43c8800759c"],
  [false, "f4"],
  [true, "f5"],
  [null, "f6"],
  ["", "60"],
  ["IETF", "6449455446"],
  ["\u00fc", "62c3bc"],
  ["\ud800\udd51", "64f0908591"],
  [[], "80"],
  [[1, [2, 3], [4, 5]], "8301820203820405"],
  [{}, "a0"],
  [{ a: 1, b: [2, 3] }, "a26161016162820203"],
  [new Uint8Array([1, 2, 3, 4]), "4401020304"],
] as const;

const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ maxLength: 30 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "grapheme", maxLength: 6 }), tie("value"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value;

test.each(RFC)("%j is %s", (plain, hex) => {
  expect(toHex(encodeCbor(plain))).toBe(hex);
  expect(decodeCbor(fromHex(hex))).toEqual(plain);
});

test("any value comes back, from one run of bytes", () => {
  fc.assert(
    fc.property(value, (plain) => {
      const bytes = encodeCbor(plain);
      expect(decodeCbor(bytes)).toEqual(plain);
    }),
  );
  expect(encodeCbor({ b: 1, a: 2, aa: 3 })).toEqual(encodeCbor({ aa: 3, a: 2, b: 1 }));
});

test("texts of every length, in whatever signs, come back, as values and as names", () => {
  for (const sign of ["a", "\u00fc", "\u20ac", "\u{1f600}"])
    for (let length = 0; length < 140; length += 1) {
      const text = `${"x".repeat(length)}${sign}`;
      const plain = { [text]: text, z: [text, sign] };
      const bytes = encodeCbor(plain);
      expect(bytes.length).toBeGreaterThan(2 * new TextEncoder().encode(text).length);
      expect(decodeCbor(bytes)).toEqual(plain);
    }
  // In the order of bytes, which is not that of UTF-16: U+FF5E comes before U+1F600.
  const names = Object.keys(decodeCbor(encodeCbor({ "\u{1f600}": 1, "\uff5e": 2 })) as object);
  expect(names).toEqual(["\uff5e", "\u{1f600}"]);
  const sameLength = { "\uff5ea": 2, "\u{1f600}": 1 };
  expect(Object.keys(decodeCbor(encodeCbor(sameLength)) as object)).toEqual([
    "\uff5ea",
    "\u{1f600}",
  ]);
});

test("a text is its length and its UTF-8, whatever units of UTF-16 it is of", () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 127 }),
    fc.integer({ min: 0, max: 0xffff }),
    fc.integer({ min: 0xd800, max: 0xdfff }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 300 }), fc.nat(300), (units, ascii) => {
      const text = "a".repeat(ascii) + String.fromCharCode(...units);
      const utf8 = new TextEncoder().encode(text);
      const bytes = encodeCbor(text);
      expect([...bytes.subarray(bytes.length - utf8.length)]).toEqual([...utf8]);
      expect(decodeCbor(bytes)).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8));
    }),
    { numRuns: 1_000 },
  );
});

test("a value that cannot be written leaves nothing behind for the next one, nor does a large one", () => {
  const plain = { a: [1, "x".repeat(50)] };
  const bytes = encodeCbor(plain);
  const large = "y".repeat(2_000_000);
  for (const other of [[large, Number.NaN], [large]]) {
    try {
      expect(decodeCbor(encodeCbor(other))).toEqual(other);
    } catch (error) {
      expect(error).toBeInstanceOf(WireError);
    }
    expect(encodeCbor(plain)).toEqual(bytes);
  }
});

test("no other bytes are read: what decodes encodes to itself", () => {
  const canonical = (bytes: Uint8Array) => {
    let plain: CborValue;
    try {
      plain = decodeCbor(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(WireError);
      return;
    }
    expect([...encodeCbor(plain)]).toEqual([...bytes]);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), canonical), { numRuns: 3_000 });
  fc.assert(
    fc.property(value, fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, at, flip) => {
      const bytes = encodeCbor(plain);
      const i = at % bytes.length;
      bytes[i] = (bytes[i] ?? 0) ^ flip;
      canonical(bytes);
      canonical(bytes.subarray(0, i));
      canonical(concatBytes(encodeCbor(plain), new Uint8Array([flip])));
    }),
    { numRuns: 1_000 },
  );
});

describe("refused", () => {
  test.each([
    ["a longer form", "1817"],
    ["a longer length", "5801ff"],
    ["an unending list", "9f01ff"],
    ["a tag", "c000"],
    ["a half float", "f93c00"],
    ["a whole number as a double", "fb3ff0000000000000"],
    ["NaN", "fb7ff8000000000000"],
    ["undefined", "f7"],
    ["names out of order", "a2616201616101"],
    ["a name twice", "a2616101616101"],
    ["a name that is a number", "a10101"],
    ["text that is no UTF-8", "61ff"],
    ["a number above 2^53", "1b0020000000000000"],
    ["a list that says it is endless", "9affffffff"],
    ["bytes that say they are", "5affffffff"],
    ["nothing", ""],
  ])("%s", (_, hex) => {
    expect(() => decodeCbor(fromHex(hex))).toThrow(WireError);
  });

  test("more than 16 levels, without running out of stack", () => {
    expect(() => decodeCbor(new Uint8Array(100_000).fill(0x81))).toThrow(WireError);
    let deep: CborValue = 1;
    for (let i = 0; i < 17; i += 1) deep = [deep];
    expect(() => encodeCbor(deep)).toThrow(WireError);
  });

  test("numbers that are none, and names that are the same in UTF-8", () => {
    for (const number of [Number.NaN, Infinity, -Infinity])
      expect(() => encodeCbor(number)).toThrow(WireError);
    expect(() => encodeCbor({ "\ud800": 1, "\ud801": 2 })).toThrow(WireError);
  });
});

test("a name like __proto__ is a name", () => {
  const plain = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as CborValue;
  const read = decodeCbor(encodeCbor(plain)) as Record<string, CborValue>;
  expect(Object.keys(read).toSorted()).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

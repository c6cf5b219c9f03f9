import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksum } from "./checksum.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("checksum", () => {
  it("gives the published xxHash32 values", () => {
    expect(checksum(bytesOf(""))).toBe(0x02cc5d05);
    expect(checksum(bytesOf("a"))).toBe(0x550d7456);
    expect(checksum(bytesOf("abc"))).toBe(0x32d153ff);
    expect(checksum(bytesOf("Nobody inspects the spammish repetition"))).toBe(0xe2293b2f);
  });

  it("reads a view by its own bounds, at any alignment", () => {
    const text = "segment bytes that stand in the middle of a larger buffer";
    for (let offset = 0; offset < 8; offset += 1) {
      const buffer = new Uint8Array(offset + text.length + 5).fill(0xaa);
      buffer.set(bytesOf(text), offset);
      expect(checksum(buffer.subarray(offset, offset + text.length))).toBe(checksum(bytesOf(text)));
    }
  });

  it("changes with any flipped bit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (bytes, at) => {
        const bit = at % (bytes.length * 8);
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
        expect(checksum(flipped)).not.toBe(checksum(bytes));
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSseSplitter } from "./sse.ts";

const encoder = new TextEncoder();

function split(pieces: readonly Uint8Array[], maxEventLength?: number): readonly string[] {
  const data: string[] = [];
  const splitter = createSseSplitter((event) => data.push(event), maxEventLength);
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return data;
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end));
}

const newline = fc.constantFrom("\n", "\r\n", "\r");
const text = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .map((value) => value.replaceAll(/[\r\n]/g, ""));
const line = fc.oneof(
  text.map((value) => `data: ${value}`),
  text.map((value) => `data:${value}`),
  text.map((value) => `: ${value}`),
  text.map((value) => `event: ${value}`),
  text.map((value) => `id: ${value}`),
  fc.constant("data"),
  fc.constant("retry: 10"),
  text.map((value) => `unknown ${value}`),
);
const stream = fc
  .tuple(fc.boolean(), newline, fc.array(fc.array(line, { maxLength: 5 }), { maxLength: 6 }))
  .map(
    ([bom, end, events]) =>
      (bom ? "\uFEFF" : "") + events.map((lines) => [...lines, "", ""].join(end)).join(""),
  );

describe("createSseSplitter", () => {
  it("tells the same events for any split of the bytes", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (wire, cuts) => {
        const bytes = encoder.encode(wire);
        expect(split(cutAt(bytes, cuts))).toEqual(split([bytes]));
      }),
      { numRuns: 300 },
    );
  });

  it("tells the same events byte by byte, with characters of four bytes and every line end", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const bytes = encoder.encode(
        `\uFEFF: hello${end}data: 🦦 über${end}data: zwei${end}${end}event: x${end}data: [DONE]${end}${end}`,
      );
      const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
      expect(split(single)).toEqual(["🦦 über\nzwei", "[DONE]"]);
    }
  });

  it("takes exactly one byte order mark away", () => {
    expect(split([encoder.encode("\uFEFFdata: \uFEFFkept\n\n")])).toEqual(["\uFEFFkept"]);
  });

  it("tells a last event that lacks its blank line", () => {
    expect(split([encoder.encode("data: a\n\ndata: [DONE]")])).toEqual(["a", "[DONE]"]);
  });

  it("survives bytes that are no UTF-8", () => {
    expect(split([Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0xfe, 0x0a, 0x0a)])).toEqual([
      "\uFFFD\uFFFD",
    ]);
  });

  it("stops reading at an event beyond its cap, and buffers no more of it", () => {
    const huge = Array.from({ length: 100 }, () => encoder.encode("x".repeat(100)));
    expect(
      split(
        [encoder.encode("data: a\n\ndata: "), ...huge, encoder.encode("\n\ndata: b\n\n")],
        1_000,
      ),
    ).toEqual(["a"]);
  });
});

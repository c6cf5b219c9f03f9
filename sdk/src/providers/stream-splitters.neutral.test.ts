import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createArraySplitter } from "./json-array-stream.ts";
import { createLineSplitter } from "./ndjson.ts";
import type { EventSplitter } from "./sse.ts";

const encoder = new TextEncoder();

function split(
  create: (onEvent: (data: string) => void, max?: number) => EventSplitter,
  bytes: Uint8Array,
  cuts: readonly number[],
  max?: number,
): readonly unknown[] {
  const told: string[] = [];
  const splitter = create((data) => told.push(data), max);
  let from = 0;
  for (const cut of cuts.toSorted((a, b) => a - b)) {
    splitter.push(bytes.subarray(from, cut));
    from = Math.max(from, cut);
  }
  splitter.push(bytes.subarray(from));
  splitter.end();
  return told.map((data) => JSON.parse(data) as unknown);
}

const objects = fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()));

describe("streams that are no SSE", () => {
  const events = [
    { text: 'Naïve "café" 🦦 {[}]\\', deep: { a: [1, { b: "}" }] } },
    {},
    { text: '\\"' },
  ];

  it("reads lines of JSON cut at every byte, with either line end and without a last one", () => {
    for (const [newline, last] of [
      ["\n", "\n"],
      ["\r\n", "\r\n"],
      ["\n", ""],
    ] as const) {
      const bytes = encoder.encode(events.map((e) => JSON.stringify(e)).join(newline) + last);
      for (let cut = 0; cut <= bytes.length; cut += 1)
        expect(split(createLineSplitter, bytes, [cut]), `cut at ${cut}`).toEqual(events);
    }
  });

  it("reads a JSON array cut at every byte, pretty-printed or not", () => {
    for (const space of [0, 2]) {
      const bytes = encoder.encode(JSON.stringify(events, null, space));
      for (let cut = 0; cut <= bytes.length; cut += 1)
        expect(split(createArraySplitter, bytes, [cut]), `cut at ${cut}`).toEqual(events);
    }
  });

  it("gives back what any server could send, however it is cut", () => {
    fc.assert(
      fc.property(objects, fc.array(fc.nat(2_000)), (values, cuts) => {
        const array = encoder.encode(JSON.stringify(values));
        const within = (bytes: Uint8Array): number[] => cuts.map((cut) => cut % (bytes.length + 1));
        const plain = JSON.parse(JSON.stringify(values)) as unknown;
        expect(split(createArraySplitter, array, within(array))).toEqual(plain);
        const lines = encoder.encode(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
        expect(split(createLineSplitter, lines, within(lines))).toEqual(plain);
      }),
    );
  });

  it("gives up on an event that grows without end, and keeps what came before", () => {
    const bytes = encoder.encode('{"a":1}\n{"b":"' + "x".repeat(300));
    expect(split(createLineSplitter, bytes, [20, 120, 220], 100)).toEqual([{ a: 1 }]);
    const array = encoder.encode('[{"a":1},{"b":"' + "x".repeat(300));
    expect(split(createArraySplitter, array, [20, 120, 220], 100)).toEqual([{ a: 1 }]);
  });

  it("tells nothing of an array that never was one", () => {
    for (const text of ["<html>}{", '"{"', "}}}", ""])
      expect(split(createArraySplitter, encoder.encode(text), [3])).toEqual([]);
  });
});

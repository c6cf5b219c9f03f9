import { describe, expect, test } from "vitest";
import { createVectorSource } from "./generate.ts";
import type { DataKind } from "./messages.ts";
import { plainLoop } from "./plain-loop.ts";

const KINDS: readonly DataKind[] = ["lr", "iso"];
const DIMENSIONS = 96;

describe("the rows of the bench", () => {
  test.each(KINDS)("%s: are the same in every run, however they are cut into blocks", (kind) => {
    const whole = createVectorSource(kind, DIMENSIONS, "rows").next(50);
    const source = createVectorSource(kind, DIMENSIONS, "rows");
    const parts = [source.next(7), source.next(43)];
    expect([...parts[0]!, ...parts[1]!]).toEqual([...whole]);
    expect(createVectorSource(kind, DIMENSIONS, "queries").next(1)).not.toEqual(
      whole.subarray(0, DIMENSIONS),
    );
  });

  test.each(KINDS)("%s: are unit vectors", (kind) => {
    const rows = createVectorSource(kind, DIMENSIONS, "rows").next(100);
    for (let row = 0; row < 100; row += 1)
      expect(Math.hypot(...rowOf(rows, row))).toBeCloseTo(1, 5);
  });

  test("lr has near neighbours that fall off, iso has neighbours that are all about as far", () => {
    const falls = KINDS.map((kind) => {
      const rows = createVectorSource(kind, DIMENSIONS, "rows").next(4_000);
      const queries = createVectorSource(kind, DIMENSIONS, "queries").next(20);
      let fall = 0;
      for (let at = 0; at < 20; at += 1) {
        const query = rowOf(queries, at);
        const scores = plainLoop([rows], DIMENSIONS, query, 10).map((row) =>
          rowOf(rows, row).reduce((sum, value, place) => sum + value * query[place]!, 0),
        );
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        fall += scores[0]! - scores[9]!;
      }
      return fall / 20;
    });
    expect(falls[0]).toBeGreaterThan(falls[1]!);
  });
});

function rowOf(rows: Float32Array, row: number): Float32Array {
  return rows.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS);
}

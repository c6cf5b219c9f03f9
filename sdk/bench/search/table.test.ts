import { describe, expect, test } from "vitest";
import type { ColdFigures } from "./cold.ts";
import type { DataKind, EngineName, EngineOutcome } from "./messages.ts";
import { barsOf, resultsOf } from "./table.ts";

describe("the figures of a run", () => {
  const outcomes = [
    measured("js", 10_000, "lr", 2),
    measured("js", 100_000, "lr", 20),
    measured("flat.int8", 100_000, "lr", 1),
    measured("flat.1bit", 100_000, "lr", 0.25),
    measured("flat.1bit", 100_000, "iso", 0.5),
    measured("voy", 100_000, "lr", 40),
    { state: "not-run", engine: "hnswlib", size: 100_000, kind: "lr", reason: "slow" },
  ] satisfies EngineOutcome[];
  const results = resultsOf(outcomes, [cold("flat", 100), cold("rows", 1_500)]);

  test("have the names that they are looked up by", () => {
    expect(results).toMatchObject({
      "js.100000.p50_ms": 20,
      "flat.int8.100000.x_js": 20,
      "flat.1bit.100000.x_js": 80,
      "flat.1bit.100000.x_voy": 160,
      "flat.1bit.100000.recall@10": 0.995,
      "flat.1bit.100000.iso.p50_ms": 0.5,
      "js.100000.growth": 10,
      "flat.100000.cold_ms": 100,
      "flat.100000.cold_x_rows": 15,
      "flat.100000.x_js": 40,
    });
    expect(Object.keys(results).filter((name) => name.startsWith("hnswlib"))).toEqual([]);
  });

  test("are held against the bars they have, and only those", () => {
    expect(barsOf(results)).toEqual([
      { name: "flat.int8.100000.x_js", asked: ">= 10", within: true },
      { name: "flat.1bit.100000.x_js", asked: ">= 60", within: true },
      { name: "flat.1bit.100000.x_voy", asked: ">= 80", within: true },
      { name: "flat.1bit.100000.recall@10", asked: ">= 0.99", within: true },
      { name: "flat.1bit.100000.iso.recall@10", asked: ">= 0.95", within: true },
      { name: "flat.100000.cold_x_rows", asked: ">= 10", within: true },
    ]);
    expect(barsOf({ "flat.1bit.100000.x_js": 59.9, "flat.1000000.held_mb": 81 })).toMatchObject([
      { within: false },
      { within: false },
    ]);
  });
});

function measured(
  engine: EngineName,
  size: number,
  kind: DataKind,
  p50Ms: number,
): EngineOutcome & { state: "measured" } {
  return {
    state: "measured",
    engine,
    size,
    kind,
    buildMs: 5,
    p50Ms,
    p95Ms: p50Ms * 2,
    leastMs: p50Ms / 2,
    timesPlain: size / 5_000 / p50Ms,
    rounds: [p50Ms],
    recallAt10: 0.995,
    heldBytes: 1e6,
    grownBytes: null,
    notes: {},
  };
}

function cold(store: "flat" | "rows", coldMs: number): ColdFigures {
  return {
    store,
    size: 100_000,
    coldMs,
    p50Ms: 0.5,
    p95Ms: 1,
    timesPlain: 40,
    recallAt10: 0.99,
    heldBytes: 4e7,
    writeMs: 1,
    notes: {},
    load: 1,
  };
}

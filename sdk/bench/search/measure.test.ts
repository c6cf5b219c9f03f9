import { describe, expect, test } from "vitest";
import { measureAll } from "./measure.ts";
import {
  enginesAt,
  leftOutAt,
  type EngineOutcome,
  type Reference,
  type SearchBenchOptions,
} from "./messages.ts";

async function measured(options: Partial<SearchBenchOptions>): Promise<{
  readonly outcomes: readonly EngineOutcome[];
  readonly references: readonly Reference[];
  readonly shares: readonly number[];
}> {
  const outcomes: EngineOutcome[] = [];
  const references: Reference[] = [];
  const shares: number[] = [];
  await measureAll(
    {
      sizes: [600],
      dimensions: 32,
      engines: { 600: ["flat.int8", "flat.1bit", "voy", "orama"] },
      isotropic: true,
      buildLimitMs: 60_000,
      marks: false,
      ...options,
    },
    {
      progress: ({ share }) => shares.push(share),
      outcome: (outcome) => outcomes.push(outcome),
      reference: (reference) => references.push(reference),
      residentBytes: () => Promise.resolve(null),
    },
  );
  return { outcomes, references, shares };
}

describe("a run of the engines", () => {
  test("measures each on the same rows, in rounds, against the plain loop", async () => {
    const { outcomes, references, shares } = await measured({});
    const lr = outcomes.filter(({ kind, state }) => kind === "lr" && state === "measured");
    expect(lr.map(({ engine }) => engine)).toEqual(["js", "flat.int8", "voy", "orama"]);
    for (const outcome of lr)
      expect(outcome).toMatchObject({
        recallAt10: outcome.engine === "flat.int8" ? expect.closeTo(1, 1) : expect.closeTo(1, 3),
        rounds: expect.objectContaining({ length: 5 }),
      });
    expect(outcomes.filter(({ state }) => state === "not-run")).toMatchObject([
      { engine: "flat.1bit", kind: "lr", reason: expect.stringContaining("20,000") },
      { engine: "flat.1bit", kind: "iso" },
    ]);
    expect(references).toMatchObject([{ size: 600, answers: { length: 200 } }]);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  });

  test("leaves out an engine that takes too long to build, and says so", async () => {
    const { outcomes } = await measured({ isotropic: false, buildLimitMs: 0 });
    const voy = outcomes.find(({ engine }) => engine === "voy");
    expect(voy).toMatchObject({ state: "not-run", reason: expect.stringContaining("the limit") });
  });

  test("names every engine at every size, as taking part or as left out", () => {
    for (const size of [1_000, 100_000, 1_000_000])
      expect(enginesAt(size, false).length + leftOutAt(size, false).length).toBe(5);
    expect(leftOutAt(1_000_000, true)).toEqual([]);
    expect(leftOutAt(100_000, false)).toMatchObject([{ engine: "hnswlib" }]);
  });
});

import { describe, expect, it } from "vitest";
import { loadKernels } from "../kernels/load-kernels.ts";
import { createExactVectorIndex } from "./exact-vector-index.ts";
import { createFlatVectorIndex, type FlatVectorIndex } from "./flat-vector-index.ts";
import type { KeyFilter } from "./key-filter.ts";
import { vectorIndexContract } from "./vector-index.contract.ts";
import { clusteredVectors, createRandom, rowOf, unitVectors } from "./vector-samples.ts";

const fast = async (dimensions: number): Promise<FlatVectorIndex> =>
  createFlatVectorIndex({ kernels: await loadKernels(), dimensions });
const plain = async (dimensions: number): Promise<FlatVectorIndex> =>
  createFlatVectorIndex({ kernels: await loadKernels({ kinds: ["script"] }), dimensions });

/** Milliseconds, for much arithmetic on a busy machine. */
const SLOW = 30_000;

vectorIndexContract("the flat index", fast);
vectorIndexContract("the flat index without WASM", plain);

describe("the flat index", () => {
  it("gives what an exact index gives, through additions, replacements and removals", async () => {
    const dimensions = 48;
    const random = createRandom(7);
    const index = await fast(dimensions);
    const exact = createExactVectorIndex(dimensions);
    const pool = unitVectors(400, dimensions, 70);
    for (let step = 0; step < 60; step += 1) {
      const keys = Array.from({ length: 1 + Math.floor(random() * 300) }, () =>
        Math.floor(random() * 9_000),
      );
      if (random() < 0.7) {
        const vectors = new Float32Array(keys.length * dimensions);
        keys.forEach((_, at) =>
          vectors.set(rowOf(pool, Math.floor(random() * 400), dimensions), at * dimensions),
        );
        index.add(keys, vectors);
        exact.add(keys, vectors);
      } else {
        index.remove(keys);
        exact.remove(keys);
      }
      expect(index.size).toBe(exact.size);
      const query = rowOf(pool, Math.floor(random() * 400), dimensions);
      const odd: KeyFilter = { passes: (key) => key % 3 === 1, from: 300, to: 8_000 };
      const narrow: KeyFilter = { passes: (key) => key >= 300 && key <= 8_000 && key % 3 === 1 };
      const found = await index.search(query, 20, odd);
      const wanted = await exact.search(query, 20, narrow);
      expect(found.keys).toHaveLength(wanted.keys.length);
      found.scores.forEach((score, at) => expect(score).toBeCloseTo(wanted.scores[at] ?? 0, 1));
    }
    expect([...index.keys()]).toEqual(
      [...index.keys()].filter((key) => index.has(key)).toSorted((a, b) => a - b),
    );
    expect(index.keys()).toHaveLength(exact.size);
    index.close();
  });

  it(
    "chooses by signatures above the size for full scans, and finds what an exact index finds",
    { timeout: SLOW },
    async () => {
      const dimensions = 64;
      const count = 22_000;
      const index = await fast(dimensions);
      const exact = createExactVectorIndex(dimensions);
      const vectors = clusteredVectors(count + 30, dimensions, 3);
      const keys = Array.from({ length: count }, (_, key) => key);
      index.add(keys, vectors.subarray(0, count * dimensions));
      exact.add(keys, vectors.subarray(0, count * dimensions));
      expect(index.stats()).toMatchObject({ tier: "prefiltered", rescored: 1_000, rows: count });
      const rare: KeyFilter = { passes: (key) => key % 400 === 7 };
      const half: KeyFilter = { passes: (key) => key % 2 === 0 };
      for (const filter of [undefined, rare, half]) {
        let hits = 0;
        for (let at = 0; at < 30; at += 1) {
          const query = rowOf(vectors, count + at, dimensions);
          const wanted = new Set((await exact.search(query, 10, filter)).keys);
          hits += (await index.search(query, 10, filter)).keys.filter((key) =>
            wanted.has(key),
          ).length;
        }
        expect(hits / 300).toBeGreaterThanOrEqual(0.98);
      }
      index.tune({ rescored: 0, recall: 1 });
      expect(index.stats()).toMatchObject({ tier: "full", rescored: 0, recallEstimate: 1 });
      index.close();
    },
  );
});

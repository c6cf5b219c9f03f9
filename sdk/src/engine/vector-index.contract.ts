import { describe, expect, test } from "vitest";
import { isMemoryError } from "../domain/errors.ts";
import type { VectorIndex } from "./vector-index.ts";

/** What every `VectorIndex` must hold. `create` gives an empty index of that many dimensions. */
export function vectorIndexContract(
  name: string,
  create: (dimensions: number) => VectorIndex,
): void {
  describe(`${name} is a vector index`, () => {
    const dimensions = 64;

    test("finds the nearest, best first, with their cosine", () => {
      const index = create(dimensions);
      const vectors = sample(500, dimensions, 1);
      index.add(keys(500), vectors);
      const query = row(vectors, 17, dimensions);
      const hits = index.search(query, 10);
      expect(hits.keys[0]).toBe(17);
      expect(hits.scores[0]).toBeCloseTo(1, 2);
      expect(hits.keys).toHaveLength(10);
      expect(hits.scores.toSorted((a, b) => b - a)).toEqual(hits.scores);
      expect(new Set(hits.keys).size).toBe(10);
    });

    test("is exact under a filter, however few pass", () => {
      const index = create(dimensions);
      const vectors = sample(600, dimensions, 2);
      index.add(keys(600), vectors);
      const allowed = new Set([3, 77, 311, 598]);
      const query = row(vectors, 100, dimensions);
      const hits = index.search(query, 10, (key) => allowed.has(key));
      expect(new Set(hits.keys)).toEqual(allowed);
      const best = [...allowed].toSorted(
        (a, b) => dot(query, row(vectors, b, dimensions)) - dot(query, row(vectors, a, dimensions)),
      );
      expect(hits.keys).toEqual(best);
      expect(index.search(query, 10, () => false).keys).toEqual([]);
    });

    test("puts equal scores in the order of their keys", () => {
      const index = create(dimensions);
      const one = row(sample(1, dimensions, 3), 0, dimensions);
      const same = new Float32Array(dimensions * 40);
      for (let at = 0; at < 40; at += 1) same.set(one, at * dimensions);
      index.add(keys(40).toReversed(), same);
      expect(index.search(one, 40).keys).toEqual(keys(40));
    });

    test("replaces the vector of a key that is added again, and forgets removed keys", () => {
      const index = create(dimensions);
      const vectors = sample(3, dimensions, 4);
      index.add([7, 8], vectors.subarray(0, 2 * dimensions));
      index.add([7], vectors.subarray(2 * dimensions));
      expect(index.size).toBe(2);
      expect(index.search(row(vectors, 2, dimensions), 1)).toMatchObject({ keys: [7] });
      expect(index.search(row(vectors, 0, dimensions), 1).scores[0]).toBeLessThan(0.99);
      index.remove([7, 1234]);
      expect(index.size).toBe(1);
      expect(index.search(row(vectors, 2, dimensions), 5).keys).toEqual([8]);
      index.add([7], vectors.subarray(0, dimensions));
      expect(index.search(row(vectors, 0, dimensions), 1).keys).toEqual([7]);
    });

    test("gives none for k of 0 and from nothing", () => {
      const index = create(dimensions);
      const query = row(sample(1, dimensions, 5), 0, dimensions);
      expect(index.search(query, 5)).toEqual({ keys: [], scores: [] });
      index.add([1], query);
      expect(index.search(query, 0)).toEqual({ keys: [], scores: [] });
      expect(index.search(query, 5).keys).toEqual([1]);
    });

    test("refuses vectors that are none of its space, and changes nothing then", () => {
      const index = create(dimensions);
      const broken = sample(2, dimensions, 6);
      broken[dimensions + 3] = Number.NaN;
      for (const refused of [
        () => index.add([1], new Float32Array(dimensions - 1)),
        () => index.add([1, 2], new Float32Array(dimensions)),
        () => index.add([1, 2], broken),
        () => index.search(new Float32Array(dimensions + 1), 1),
        () => index.search(new Float32Array(dimensions).fill(Infinity), 1),
      ])
        expect(codeOf(refused)).toBe("usage/invalid-input");
      expect(index.size).toBe(0);
    });
  });
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isMemoryError(error) ? error.code : String(error);
  }
  return "nothing was thrown";
}

function keys(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

function row(vectors: Float32Array, at: number, dimensions: number): Float32Array {
  return vectors.slice(at * dimensions, (at + 1) * dimensions);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

/** Unit vectors from a linear congruential generator (Numerical Recipes' constants). */
function sample(count: number, dimensions: number, seed: number): Float32Array {
  const vectors = new Float32Array(count * dimensions);
  let state = seed;
  for (let at = 0; at < count; at += 1) {
    let length = 0;
    for (let place = at * dimensions; place < (at + 1) * dimensions; place += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const value = state / 2 ** 31 - 1;
      vectors[place] = value;
      length += value * value;
    }
    for (let place = at * dimensions; place < (at + 1) * dimensions; place += 1)
      vectors[place] = (vectors[place] ?? 0) / Math.sqrt(length);
  }
  return vectors;
}

import { describe, expect, test } from "vitest";
import { isMemoryError } from "../../domain/errors.ts";
import type { KeyFilter } from "./key-filter.ts";
import type { VectorIndex } from "./vector-index.ts";
import { dot, rowOf, unitVectors } from "./vector-samples.ts";

/** What every `VectorIndex` must hold. `create` gives an empty index of that many dimensions. */
export function vectorIndexContract(
  name: string,
  create: (dimensions: number) => VectorIndex | Promise<VectorIndex>,
): void {
  describe(`${name} is a vector index`, () => {
    const dimensions = 64;

    test("finds the nearest, best first, with their cosine", async () => {
      const index = await create(dimensions);
      const vectors = unitVectors(500, dimensions, 1);
      index.add(upTo(500), vectors);
      const hits = await index.search(rowOf(vectors, 17, dimensions), 10);
      expect(hits.keys[0]).toBe(17);
      expect(hits.scores[0]).toBeCloseTo(1, 2);
      expect(hits.keys).toHaveLength(10);
      expect(hits.scores.toSorted((a, b) => b - a)).toEqual(hits.scores);
      expect(new Set(hits.keys).size).toBe(10);
      index.close();
    });

    test("is exact under a filter, however few pass", async () => {
      const index = await create(dimensions);
      const vectors = unitVectors(600, dimensions, 2);
      index.add(upTo(600), vectors);
      const allowed = [3, 77, 311, 598];
      const query = rowOf(vectors, 100, dimensions);
      const best = allowed.toSorted(
        (a, b) =>
          dot(query, rowOf(vectors, b, dimensions)) - dot(query, rowOf(vectors, a, dimensions)),
      );
      for (const filter of filtersOf(allowed))
        expect((await index.search(query, 10, filter)).keys).toEqual(best);
      for (const filter of filtersOf([]))
        expect((await index.search(query, 10, filter)).keys).toEqual([]);
      index.close();
    });

    test("asks a filter anew of what was added since", async () => {
      const index = await create(dimensions);
      const vectors = unitVectors(40, dimensions, 8);
      const query = rowOf(vectors, 0, dimensions);
      index.add(upTo(20), vectors.subarray(0, 20 * dimensions));
      const even: KeyFilter = { passes: (key) => key % 2 === 0 };
      expect((await index.search(query, 40, even)).keys).toHaveLength(10);
      index.add(
        upTo(20).map((key) => key + 20),
        vectors.subarray(20 * dimensions),
      );
      index.remove([0, 1]);
      expect((await index.search(query, 40, even)).keys).toHaveLength(19);
      expect((await index.search(query, 40)).keys).toHaveLength(38);
      index.close();
    });

    test("puts equal scores in the order of their keys", async () => {
      const index = await create(dimensions);
      const one = unitVectors(1, dimensions, 3);
      const same = new Float32Array(dimensions * 40);
      for (let at = 0; at < 40; at += 1) same.set(one, at * dimensions);
      index.add(upTo(40).toReversed(), same);
      expect((await index.search(one, 40)).keys).toEqual(upTo(40));
      expect((await index.search(one, 7)).keys).toEqual(upTo(7));
      index.close();
    });

    test("replaces the vector of a key that is added again, and forgets removed keys", async () => {
      const index = await create(dimensions);
      const vectors = unitVectors(3, dimensions, 4);
      const first = rowOf(vectors, 0, dimensions);
      const third = rowOf(vectors, 2, dimensions);
      index.add([7, 8], vectors.subarray(0, 2 * dimensions));
      index.add([7], third);
      expect(index.size).toBe(2);
      expect(await index.search(third, 1)).toMatchObject({ keys: [7] });
      expect((await index.search(first, 1)).scores[0]).toBeLessThan(0.99);
      index.remove([7, 1234]);
      expect(index.size).toBe(1);
      expect((await index.search(third, 5)).keys).toEqual([8]);
      index.add([7], first);
      expect((await index.search(first, 1)).keys).toEqual([7]);
      index.add([9, 9], vectors.subarray(dimensions));
      expect(index.size).toBe(3);
      expect((await index.search(third, 1)).keys).toEqual([9]);
      index.close();
    });

    test("gives none for a k below 1 and from nothing, and all there are for a larger one", async () => {
      const index = await create(dimensions);
      const query = unitVectors(1, dimensions, 5);
      expect(await index.search(query, 5)).toEqual({ keys: [], scores: [] });
      index.add([], new Float32Array(0));
      index.add([1], query);
      for (const k of [0, -1])
        expect(await index.search(query, k)).toEqual({ keys: [], scores: [] });
      expect((await index.search(query, 5)).keys).toEqual([1]);
      index.remove([1]);
      expect(await index.search(query, 5)).toEqual({ keys: [], scores: [] });
      index.close();
    });

    test("keeps vectors of zeros and many equal ones", async () => {
      const index = await create(dimensions);
      index.add(upTo(100), new Float32Array(100 * dimensions));
      const query = unitVectors(1, dimensions, 9);
      expect(await index.search(query, 3)).toEqual({ keys: [0, 1, 2], scores: [0, 0, 0] });
      expect((await index.search(new Float32Array(dimensions), 3)).keys).toEqual([0, 1, 2]);
      index.close();
    });

    test("does not keep the caller's array", async () => {
      const index = await create(dimensions);
      const vector = unitVectors(1, dimensions, 10);
      const query = vector.slice();
      index.add([1], vector);
      vector.fill(0);
      expect((await index.search(query, 1)).scores[0]).toBeCloseTo(1, 2);
      index.close();
    });

    test("takes keys beyond 32 bits", async () => {
      const index = await create(dimensions);
      const vectors = unitVectors(3, dimensions, 11);
      const large = [2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];
      index.add(large, vectors);
      for (const [at, key] of large.entries())
        expect((await index.search(rowOf(vectors, at, dimensions), 1)).keys).toEqual([key]);
      index.close();
    });

    test("refuses vectors that are none of its space, and changes nothing then", async () => {
      const index = await create(dimensions);
      const broken = unitVectors(2, dimensions, 6);
      broken[dimensions + 3] = Number.NaN;
      const whole = unitVectors(1, dimensions, 7);
      for (const refused of [
        () => index.add([1], new Float32Array(dimensions - 1)),
        () => index.add([1, 2], new Float32Array(dimensions)),
        () => index.add([1, 2], broken),
        () => index.add([1.5], whole),
        () => index.add([-1], whole),
        () => index.search(new Float32Array(dimensions + 1), 1),
        () => index.search(new Float32Array(dimensions).fill(Infinity), 1),
      ])
        expect(await codeOf(refused)).toBe("usage/invalid-input");
      expect(index.size).toBe(0);
      index.close();
    });

    test("tells what it holds", async () => {
      const index = await create(dimensions);
      index.add(upTo(5), unitVectors(5, dimensions, 12));
      expect(index.stats()).toMatchObject({ kind: index.kind, rows: 5 });
      expect(index.stats().residentBytes).toBeGreaterThan(0);
      index.close();
    });
  });
}

/** The same filter in each form it may come in. */
function filtersOf(allowed: readonly number[]): readonly KeyFilter[] {
  const set = new Set(allowed);
  const passes = (key: number): boolean => set.has(key);
  const fill = (keys: Float64Array, bits: Uint32Array): void =>
    keys.forEach((key, at) => {
      if (set.has(key)) bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
    });
  const bounds = { from: Math.min(...allowed), to: Math.max(...allowed) };
  return [{ passes }, { passes, fill }, { passes, ...bounds }, { passes, fill, ...bounds }];
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return isMemoryError(error) ? error.code : String(error);
  }
  return "nothing was thrown";
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

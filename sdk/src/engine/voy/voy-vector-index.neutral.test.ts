import { describe, expect, test, vi } from "vitest";
import { isMemoryError } from "../../domain/errors.ts";
import { createExactVectorIndex } from "../vectors/exact-vector-index.ts";
import { vectorIndexContract } from "../vectors/vector-index.contract.ts";
import type { VectorHits, VectorIndex } from "../vectors/vector-index.ts";
import { createRandom, normalise, rowOf, unitVectors } from "../vectors/vector-samples.ts";
import { loadVoy, type VoyEngine } from "./load-voy.ts";
import {
  createVoyVectorIndex,
  type VoyFallbackReason,
  type VoyIndexDeps,
} from "./voy-vector-index.ts";

const engine: VoyEngine = await loadVoy();

function refuseFallback(reason: VoyFallbackReason, cause?: unknown): never {
  throw new Error(`voy was given up: ${reason}`, { cause });
}

function createVoy(dimensions: number, deps: Partial<VoyIndexDeps> = {}): VectorIndex {
  return createVoyVectorIndex(dimensions, {
    engine,
    fallback: createExactVectorIndex,
    onFallback: refuseFallback,
    ...deps,
  });
}

vectorIndexContract("voy", createVoy);

describe("voy where it would panic, lose rows or answer wrongly", () => {
  const dimensions = 96;

  test("gives what a comparison with every row gives, with and without a filter", async () => {
    const random = createRandom(5);
    for (const width of [2, 7, 64, 96, 384, 768]) {
      const vectors = clusters(600, width, 40);
      const pair = createPair(width);
      pair.add(upTo(600), vectors);
      for (let round = 0; round < 12; round += 1) {
        const query = unitVectors(1, width, 100 + round);
        const share = random();
        const passing = new Set(upTo(600).filter(() => random() < share));
        await pair.agree(query, 1 + Math.floor(random() * 60));
        await pair.agree(query, 10, (key) => passing.has(key));
      }
      pair.close();
    }
  });

  test("holds thousands of equal vectors, and gives every key of them", async () => {
    const pair = createPair(dimensions);
    const one = unitVectors(1, dimensions, 1);
    pair.add(upTo(3000), repeated(one, 3000));
    const others = unitVectors(500, dimensions, 2);
    pair.add(
      upTo(500).map((key) => key + 3000),
      others,
    );
    await pair.agree(one, 3010);
    await pair.agree(rowOf(others, 3, dimensions), 20);
    pair.remove(upTo(2999));
    await pair.agree(one, 5);
    pair.close();
  });

  test("holds vectors that share coordinates: two values only, ten coordinates alike", async () => {
    const random = createRandom(11);
    const count = 2500;
    const signs = new Float32Array(count * dimensions);
    const alike = unitVectors(count, dimensions, 3);
    for (let row = 0; row < count; row += 1) {
      alike.fill(0, row * dimensions, row * dimensions + 10);
      for (let at = 0; at < dimensions; at += 1)
        signs[row * dimensions + at] = random() < 0.5 ? -1 : 1;
    }
    for (const vectors of [normalise(signs, dimensions), normalise(alike, dimensions)]) {
      const pair = createPair(dimensions);
      pair.add(upTo(count), vectors);
      await pair.agree(rowOf(vectors, 1, dimensions), 10);
      await pair.agree(unitVectors(1, dimensions, 4), 10);
      pair.close();
    }
  });

  test("holds rows that come sorted by a coordinate", async () => {
    const count = 4000;
    const vectors = new Float32Array(count * 3);
    for (let row = 0; row < count; row += 1) {
      const angle = (row / count) * (Math.PI / 2);
      vectors.set([Math.cos(angle), Math.sin(angle), 0], row * 3);
    }
    const pair = createPair(3);
    pair.add(upTo(count), vectors);
    await pair.agree(rowOf(vectors, 1234, 3), 10);
    pair.close();
  });

  test("stays right through any order of additions, replacements and removals", async () => {
    const random = createRandom(21);
    const pair = createPair(dimensions);
    const pool = clusters(200, dimensions, 6);
    for (let round = 0; round < 40; round += 1) {
      const keys = Array.from({ length: 60 }, () => Math.floor(random() * 500));
      const rows = new Float32Array(keys.length * dimensions);
      for (let at = 0; at < keys.length; at += 1)
        rows.set(rowOf(pool, Math.floor(random() * 200), dimensions), at * dimensions);
      pair.add(keys, rows);
      pair.remove(Array.from({ length: 30 }, () => Math.floor(random() * 500)));
      await pair.agree(rowOf(pool, Math.floor(random() * 200), dimensions), 25);
    }
    pair.close();
  });

  test("holds rows and questions that are no unit vectors, and very small and large numbers", async () => {
    const pair = createPair(dimensions);
    const vectors = unitVectors(900, dimensions, 8);
    for (let at = 0; at < 300 * dimensions; at += 1) vectors[at] = (vectors[at] ?? 0) * 7;
    for (let at = 300 * dimensions; at < 310 * dimensions; at += 1) vectors[at] = 1e-42;
    for (let at = 310 * dimensions; at < 600 * dimensions; at += 1)
      vectors[at] = (vectors[at] ?? 0) * (1 + (at % 7) / 1000);
    pair.add(upTo(900), vectors);
    for (const scale of [0, 1e-3, 1, 40]) {
      const query = unitVectors(1, dimensions, 9).map((value) => value * scale);
      await pair.agree(query, 12);
      await pair.agree(query, 12, (key) => key >= 300);
    }
    pair.close();
  });

  test("refuses more dimensions than the tree has, and ones that are none", () => {
    for (const width of [769, 1024, 0, -1, 1.5, Number.NaN])
      expect(codeOf(() => createVoy(width))).toBe("usage/invalid-option");
  });

  test("keeps the trees of two indexes apart", async () => {
    const first = createPair(dimensions);
    const second = createPair(dimensions);
    for (let part = 0; part < 5; part += 1) {
      const keys = upTo(100).map((key) => key + part * 100);
      first.add(keys, unitVectors(100, dimensions, 30 + part));
      second.add(keys, unitVectors(100, dimensions, 40 + part));
      await first.agree(unitVectors(1, dimensions, 50 + part), 10);
      await second.agree(unitVectors(1, dimensions, 50 + part), 10);
    }
    first.close();
    await second.agree(unitVectors(1, dimensions, 60), 10);
    second.close();
  });
});

describe("voy when its WASM fails", () => {
  const dimensions = 64;
  const vectors = unitVectors(400, dimensions, 1);
  const query = unitVectors(1, dimensions, 2);

  /** Real panics: a question for 0 rows is one. */
  function panicking(times: number): VoyEngine {
    let left = times;
    return {
      createTree(width) {
        const tree = engine.createTree(width);
        return {
          ...tree,
          nearest: (asked, count) => tree.nearest(asked, (left -= 1) >= 0 ? 0 : count),
        };
      },
    };
  }

  test("grows a new tree from the rows it kept, and answers", async () => {
    const index = createVoy(dimensions, { engine: panicking(1) });
    index.add(upTo(400), vectors);
    const exact = createExactVectorIndex(dimensions);
    exact.add(upTo(400), vectors);
    expect((await index.search(query, 10)).keys).toEqual((await exact.search(query, 10)).keys);
    expect(index.kind).toBe("voy");
    index.remove([1, 2]);
    exact.remove([1, 2]);
    expect((await index.search(query, 10)).keys).toEqual((await exact.search(query, 10)).keys);
  });

  test("hands over to the fallback when the new tree fails too, says so once, and loses nothing", async () => {
    const told: [VoyFallbackReason, unknown][] = [];
    const index = createVoy(dimensions, {
      engine: panicking(Infinity),
      onFallback: (reason, cause) => told.push([reason, cause]),
    });
    index.add(upTo(400), vectors);
    const hits = await index.search(query, 10);
    expect(hits.keys).toHaveLength(10);
    expect(index.kind).toBe("exact");
    expect(index.stats()).toMatchObject({ kind: "exact", rows: 400 });
    expect(told).toMatchObject([["crashed", expect.any(Error)]]);
    index.add([400], query);
    expect((await index.search(query, 1)).keys).toEqual([400]);
    index.remove([400]);
    expect(index.size).toBe(400);
    expect(told).toHaveLength(1);
  });

  test("is told by its code where it cannot be loaded", async () => {
    const compile = vi.spyOn(WebAssembly, "compile");
    compile.mockRejectedValueOnce(new WebAssembly.CompileError("refused by the page's policy"));
    await expect(loadVoy()).rejects.toMatchObject({ code: "engine/load-failed" });
    compile.mockRestore();
  });

  test("hands over above its limit of rows, and says so once", async () => {
    const told: VoyFallbackReason[] = [];
    const index = createVoy(dimensions, {
      maxRows: 300,
      onFallback: (reason) => told.push(reason),
    });
    index.add(upTo(300), vectors.subarray(0, 300 * dimensions));
    expect([index.kind, told]).toEqual(["voy", []]);
    index.add([300], vectors.subarray(300 * dimensions, 301 * dimensions));
    expect([index.kind, told, index.size]).toEqual(["exact", ["size"], 301]);
    const exact = createExactVectorIndex(dimensions);
    exact.add(upTo(301), vectors.subarray(0, 301 * dimensions));
    expect(await index.search(query, 20)).toEqual(await exact.search(query, 20));
    index.remove(upTo(300));
    expect([index.kind, told, index.size]).toEqual(["exact", ["size"], 1]);
  });
});

/** The same calls to voy and to the index that compares with every row. Closing it checks that no tree panicked and one was asked. */
function createPair(dimensions: number): {
  add(keys: readonly number[], vectors: Float32Array): void;
  remove(keys: readonly number[]): void;
  agree(query: Float32Array, k: number, passes?: (key: number) => boolean): Promise<void>;
  close(): void;
} {
  let trees = 0;
  let questions = 0;
  const voy = createVoy(dimensions, {
    engine: {
      createTree(width) {
        const tree = engine.createTree(width);
        trees += 1;
        return {
          ...tree,
          nearest(query, count) {
            questions += 1;
            return tree.nearest(query, count);
          },
        };
      },
    },
  });
  const exact = createExactVectorIndex(dimensions);
  return {
    add(keys, vectors) {
      voy.add(keys, vectors);
      exact.add(keys, vectors);
    },
    remove(keys) {
      voy.remove(keys);
      exact.remove(keys);
    },
    async agree(query, k, passes) {
      const filter = passes === undefined ? undefined : { passes };
      const found: VectorHits = await voy.search(query, k, filter);
      expect(found).toEqual(await exact.search(query, k, filter));
      expect(voy.size).toBe(exact.size);
    },
    close() {
      expect(trees).toBe(1);
      expect(questions).toBeGreaterThan(0);
      voy.close();
      exact.close();
    },
  };
}

/** Unit vectors near `count / size` centres. */
function clusters(count: number, dimensions: number, size: number): Float32Array {
  const centres = unitVectors(Math.ceil(count / size), dimensions, 7);
  const vectors = unitVectors(count, dimensions, 8);
  return normalise(
    vectors.map((value, at) => {
      const centre = Math.floor(at / dimensions / size) * dimensions + (at % dimensions);
      return value * 0.2 + (centres[centre] ?? 0);
    }),
    dimensions,
  );
}

function repeated(row: Float32Array, times: number): Float32Array {
  const rows = new Float32Array(row.length * times);
  for (let at = 0; at < times; at += 1) rows.set(row, at * row.length);
  return rows;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isMemoryError(error) ? error.code : String(error);
  }
  return "nothing was thrown";
}

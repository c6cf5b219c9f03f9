import { MemoryError } from "../domain/errors.ts";
import type { VectorHits, VectorIndex } from "./vector-index.ts";

/** Compares with every row, in plain JavaScript: the measure for other indexes, and good for some thousand rows. */
export function createExactVectorIndex(dimensions: number): VectorIndex {
  const rows = new Map<number, Float32Array>();

  const check = (vector: Float32Array, length: number): void => {
    if (vector.length !== length)
      throw new MemoryError(
        "usage/invalid-input",
        `A vector index of ${dimensions} dimensions got ${vector.length} numbers where ${length} were due.`,
      );
    for (const value of vector)
      if (!Number.isFinite(value))
        throw new MemoryError("usage/invalid-input", "A vector holds a number that is not finite.");
  };

  return {
    kind: "exact",
    dimensions,
    get size() {
      return rows.size;
    },
    add(keys, vectors) {
      check(vectors, keys.length * dimensions);
      keys.forEach((key, at) =>
        rows.set(key, vectors.slice(at * dimensions, (at + 1) * dimensions)),
      );
    },
    remove(keys) {
      for (const key of keys) rows.delete(key);
    },
    search(query, k, filter): VectorHits {
      check(query, dimensions);
      const scored: { key: number; score: number }[] = [];
      if (k > 0)
        for (const [key, vector] of rows) {
          if (filter !== undefined && !filter(key)) continue;
          let score = 0;
          for (let at = 0; at < dimensions; at += 1) score += (query[at] ?? 0) * (vector[at] ?? 0);
          scored.push({ key, score });
        }
      const best = scored.toSorted((a, b) => b.score - a.score || a.key - b.key).slice(0, k);
      return { keys: best.map(({ key }) => key), scores: best.map(({ score }) => score) };
    },
  };
}

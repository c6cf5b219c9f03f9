import { checkKeys, checkVectors } from "./check-vectors.ts";
import type { VectorIndex } from "./vector-index.ts";

/** Compares with every row, in plain JavaScript: the measure for other indexes, and good for some thousand rows. */
export function createExactVectorIndex(dimensions: number): VectorIndex {
  const rows = new Map<number, Float32Array>();
  return {
    kind: "exact",
    dimensions,
    get size() {
      return rows.size;
    },
    add(keys, vectors) {
      checkKeys(keys);
      checkVectors(vectors, keys.length, dimensions);
      keys.forEach((key, at) =>
        rows.set(key, vectors.slice(at * dimensions, (at + 1) * dimensions)),
      );
    },
    remove(keys) {
      for (const key of keys) rows.delete(key);
    },
    async search(query, k, filter) {
      checkVectors(query, 1, dimensions);
      const scored: { key: number; score: number }[] = [];
      if (k >= 1)
        for (const [key, vector] of rows) {
          if (filter !== undefined && !filter.passes(key)) continue;
          let score = 0;
          for (let at = 0; at < dimensions; at += 1) score += (query[at] ?? 0) * (vector[at] ?? 0);
          scored.push({ key, score });
        }
      const best = scored.toSorted((a, b) => b.score - a.score || a.key - b.key).slice(0, k);
      return { keys: best.map(({ key }) => key), scores: best.map(({ score }) => score) };
    },
    stats: () => ({
      kind: "exact",
      rows: rows.size,
      residentBytes: rows.size * dimensions * Float32Array.BYTES_PER_ELEMENT,
      kernel: "script",
      tier: "full",
      rescored: 0,
      recallEstimate: 1,
    }),
    close: () => rows.clear(),
  };
}

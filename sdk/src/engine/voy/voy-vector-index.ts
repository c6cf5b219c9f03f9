import { MemoryError } from "../../domain/errors.ts";
import { checkKeys, checkVectors } from "../vectors/check-vectors.ts";
import type { KeyFilter } from "../vectors/key-filter.ts";
import type { VectorHits, VectorIndex } from "../vectors/vector-index.ts";
import type { VoyEngine } from "./load-voy.ts";
import { createRowBook, type Point } from "./row-book.ts";
import { MAX_DIMENSIONS, TREE_ERROR, type VoyTree } from "./voy-tree.ts";

/**
 * Rows that voy holds by default. 10,000 rows of 384 take 145 MB and thirty times as long to search as in `flat`, which holds them in
 * 6 MB; both grow in proportion. Measured by `bench:search`.
 */
export const DEFAULT_MAX_ROWS = 10_000;

/** `size`: more rows than the limit. `crashed`: its WASM failed twice in a row. */
export type VoyFallbackReason = "size" | "crashed";

export interface VoyIndexDeps {
  readonly engine: VoyEngine;
  /** Makes the index that takes over when voy cannot go on. It gets all rows. */
  readonly fallback: (dimensions: number) => VectorIndex;
  /** Told once, when the fallback has taken over; from then on `kind` is the fallback's. */
  readonly onFallback: (reason: VoyFallbackReason, cause?: unknown) => void;
  /** Default {@link DEFAULT_MAX_ROWS}. */
  readonly maxRows?: number;
}

/**
 * voy-search behind the port. The tree only proposes: rows, duplicates and scores are kept here, and what it proposes is taken when
 * no other row can be better, else it is asked for more, and in the end every row is compared.
 *
 * @throws MemoryError `usage/invalid-option` - more dimensions than voy has; it would cut the vectors without a word
 */
export function createVoyVectorIndex(dimensions: number, deps: VoyIndexDeps): VectorIndex {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS)
    throw new MemoryError(
      "usage/invalid-option",
      `The voy engine takes vectors of 1 to ${MAX_DIMENSIONS} dimensions, not ${dimensions}: choose the index "flat".`,
      { details: { dimensions, maxDimensions: MAX_DIMENSIONS } },
    );
  const { engine, onFallback, maxRows = DEFAULT_MAX_ROWS } = deps;
  const book = createRowBook(dimensions);
  let tree: VoyTree | null = null;
  let instead: VectorIndex | null = null;
  const successor = (): VectorIndex | null => instead;

  const fallBack = (reason: VoyFallbackReason, cause?: unknown): void => {
    const next = deps.fallback(dimensions);
    book.copyTo(next);
    book.clear();
    tree = null;
    instead = next;
    onFallback(reason, cause);
  };

  const grow = (): VoyTree => {
    const grown = engine.createTree(dimensions);
    grown.add(book.points());
    return grown;
  };

  /** Takes a change into the tree. A tree that panics is lost; the next search grows another from the rows that are kept. */
  const change = (gone: readonly Point[], fresh: readonly Point[]): void => {
    try {
      tree ??= engine.createTree(dimensions);
      tree.remove(gone);
      tree.add(fresh);
    } catch {
      tree = null;
    }
  };

  /** Null: the tree panicked, another one did so too, and the fallback has taken over. */
  const ask = (query: Float32Array, count: number): readonly number[] | null => {
    try {
      tree ??= grow();
      return tree.nearest(query, count);
    } catch {
      try {
        tree = grow();
        return tree.nearest(query, count);
      } catch (cause) {
        fallBack("crashed", cause);
        return null;
      }
    }
  };

  /** The best `k` among these points, by their true score. */
  const compare = (
    points: Iterable<Point>,
    query: Float32Array,
    k: number,
    filter: KeyFilter | undefined,
  ): Hit[] => {
    const hits: Hit[] = [];
    for (const point of points) {
      const keys = [...point.keys].filter((key) => filter === undefined || filter.passes(key));
      if (keys.length === 0) continue;
      const score = dot(query, point.row);
      for (const key of keys) hits.push({ key, score });
    }
    return hits.toSorted((a, b) => b.score - a.score || a.key - b.key).slice(0, k);
  };

  /** What is best among the tree's proposals and the rows beside it; null when another row could be better. */
  const certain = (
    proposed: readonly Point[],
    query: Float32Array,
    queryLength: number,
    k: number,
    filter: KeyFilter | undefined,
  ): Hit[] | null => {
    const hits = compare([...proposed, ...book.aside()], query, k, filter);
    const last = hits[k - 1];
    if (last === undefined) return null;
    let farthest = 0;
    for (const { row, length } of proposed) {
      const cosine = dot(query, row) / (length * queryLength);
      farthest = Math.max(farthest, Math.sqrt(Math.max(0, 2 - 2 * cosine)));
    }
    // Both the farthest proposal and a row that was not proposed may lie this much nearer than the tree holds them to lie.
    const nearest = Math.max(0, farthest - 2 * TREE_ERROR);
    const cosine = 1 - nearest ** 2 / 2;
    const { shortest, longest } = book.lengths();
    return last.score > cosine * queryLength * (cosine > 0 ? longest : shortest) ? hits : null;
  };

  const find = (query: Float32Array, k: number, filter: KeyFilter | undefined): Hit[] | null => {
    const all = book.points().length;
    const queryLength = Math.sqrt(dot(query, query));
    const direction = query.map((value) => value / (queryLength || 1));
    // A pass over all rows costs as much as one question to the tree, which prunes nothing at these dimensions. To a question of
    // zeros all rows are equally near.
    const most = queryLength === 0 ? 0 : all / 2;
    for (let count = 2 * k + 16; count <= most; count *= 8) {
      const ids = ask(direction, count);
      if (ids === null) return null;
      const hits = certain(book.known(ids), query, queryLength, k, filter);
      if (hits !== null) return hits;
    }
    return compare(book.all(), query, k, filter);
  };

  return {
    get kind() {
      return instead?.kind ?? "voy";
    },
    dimensions,
    get size() {
      return instead?.size ?? book.size();
    },
    add(keys, vectors) {
      if (instead !== null) return instead.add(keys, vectors);
      checkKeys(keys);
      checkVectors(vectors, keys.length, dimensions);
      const { gone, fresh } = book.put(keys, vectors);
      if (book.size() > maxRows) fallBack("size");
      else change(gone, fresh);
    },
    remove(keys) {
      if (instead !== null) return instead.remove(keys);
      change(book.drop(keys), []);
    },
    async search(query, k, filter): Promise<VectorHits> {
      if (instead !== null) return instead.search(query, k, filter);
      checkVectors(query, 1, dimensions);
      // A `k` of 0 is a panic in voy.
      if (!(k >= 1) || book.size() === 0) return { keys: [], scores: [] };
      const hits = find(query, Math.floor(k), filter);
      if (hits === null) return successor()?.search(query, k, filter) ?? { keys: [], scores: [] };
      return { keys: hits.map(({ key }) => key), scores: hits.map(({ score }) => score) };
    },
    stats() {
      return (
        instead?.stats() ?? {
          kind: "voy",
          rows: book.size(),
          residentBytes: (tree?.memoryBytes() ?? 0) + book.bytes(),
        }
      );
    },
    close() {
      instead?.close();
      book.clear();
      tree = null;
    },
  };
}

interface Hit {
  readonly key: number;
  readonly score: number;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

import { loadKernels } from "../../src/engine/kernels/load-kernels.ts";
import {
  createFlatVectorIndex,
  FULL_SCAN_ROWS,
} from "../../src/engine/vectors/flat-vector-index.ts";
import { createVoyVectorIndex } from "../../src/engine/voy/voy-vector-index.ts";
import { loadVoy } from "../../src/engine/voy/load-voy.ts";
import type { VectorIndex } from "../../src/engine/vectors/vector-index.ts";
import type { EngineName } from "./messages.ts";
import { plainLoop } from "./plain-loop.ts";

/** An engine of the bench. Rows are numbered as they are added. */
export interface Contestant {
  /** Takes the next rows of the data. */
  add(first: number, rows: Float32Array<ArrayBuffer>): Promise<void> | void;
  /** After the last row. */
  finish(): Promise<void> | void;
  /** Numbers of the nearest rows. */
  search(query: Float32Array, k: number): Promise<readonly number[]> | readonly number[];
  heldBytes(): number | null;
  notes(): Readonly<Record<string, string | number>>;
  close(): void;
}

export interface ContestantOptions {
  readonly dimensions: number;
  readonly rows: number;
  /** The plain loop keeps these blocks as they are; nothing else may. */
  readonly blocks: readonly Float32Array[];
}

export const CONTESTANTS: Readonly<
  Record<EngineName, (options: ContestantOptions) => Promise<Contestant>>
> = {
  "flat.int8": (options) => createFlat(options, "int8"),
  "flat.1bit": (options) => createFlat(options, "1bit"),
  js: async (options) => createPlainLoop(options),
  voy: createVoy,
  orama: createOrama,
  hnswlib: createHnswlib,
};

/** The measure for all others. */
function createPlainLoop({ dimensions, blocks }: ContestantOptions): Contestant {
  return {
    add: () => undefined,
    finish: () => undefined,
    search: (query, k) => plainLoop(blocks, dimensions, query, k),
    heldBytes: () => blocks.reduce((sum, block) => sum + block.byteLength, 0),
    notes: () => ({}),
    close: () => undefined,
  };
}

/**
 * The SDK's own engine, held to one of its two paths: all int8 rows compared, or candidates chosen by signatures, as many as it
 * measures on the rows that it needs.
 */
async function createFlat(
  { dimensions, rows }: ContestantOptions,
  path: "int8" | "1bit",
): Promise<Contestant> {
  if (path === "1bit" && rows <= FULL_SCAN_ROWS)
    throw new Error(
      `up to ${FULL_SCAN_ROWS.toLocaleString("en")} rows the engine compares all of them`,
    );
  const index = createFlatVectorIndex({ kernels: await loadKernels(), dimensions });
  return {
    ...fromIndex(index),
    async finish() {
      const measured =
        path === "int8" ? { rescored: 0, recall: 1 } : await index.measure(() => Promise.resolve());
      if (measured !== null) index.tune(measured);
    },
    notes() {
      const { kernel = "js", tier = "full", rescored = 0, recallEstimate = 1 } = index.stats();
      return { kernel, tier, rescored, recallEstimate };
    },
  };
}

/** voy-search as the SDK runs it, without its limit of rows. */
async function createVoy({ dimensions }: ContestantOptions): Promise<Contestant> {
  const engine = await loadVoy();
  return fromIndex(
    createVoyVectorIndex(dimensions, {
      engine,
      maxRows: Number.POSITIVE_INFINITY,
      fallback: () => {
        throw new Error("its WASM fails at this size");
      },
      onFallback: () => undefined,
    }),
  );
}

/** It leaves out what is less similar, and sorts all the rest. Its default of 0.8 would lose most of the true neighbours. */
const ORAMA_SIMILARITY = 0;

async function createOrama({ dimensions }: ContestantOptions): Promise<Contestant> {
  const { create, insertMultiple, searchVector } = await import("@orama/orama");
  const database = create({ schema: { vector: `vector[${dimensions}]` } as const });
  return {
    async add(first, rows) {
      const documents = Array.from({ length: rows.length / dimensions }, (_, row) => ({
        id: String(first + row),
        vector: [...rows.subarray(row * dimensions, (row + 1) * dimensions)],
      }));
      await insertMultiple(database, documents, documents.length);
    },
    finish: () => undefined,
    async search(query, k) {
      const { hits } = await searchVector(database, {
        mode: "vector",
        vector: { value: [...query], property: "vector" },
        similarity: ORAMA_SIMILARITY,
        limit: k,
      });
      return hits.map(({ id }) => Number(id));
    },
    heldBytes: () => null,
    notes: () => ({ similarity: ORAMA_SIMILARITY }),
    close: () => undefined,
  };
}

/** Neighbours a node, and how many are looked at when it is built and asked. */
const HNSW = { m: 16, efConstruction: 100, efSearch: 64, seed: 100 } as const;

async function createHnswlib({ dimensions, rows: count }: ContestantOptions): Promise<Contestant> {
  const { loadHnswlib } = await import("hnswlib-wasm");
  const library = await loadHnswlib();
  const graph = new library.HierarchicalNSW("ip", dimensions, "");
  graph.initIndex(count, HNSW.m, HNSW.efConstruction, HNSW.seed);
  graph.setEfSearch(HNSW.efSearch);
  return {
    add(first, rows) {
      for (let row = 0; row < rows.length / dimensions; row += 1)
        graph.addPoint(rows.subarray(row * dimensions, (row + 1) * dimensions), first + row, false);
    },
    finish: () => undefined,
    search: (query, k) => graph.searchKnn(query, k, undefined).neighbors,
    heldBytes: () => null,
    notes: () => ({ M: HNSW.m, efConstruction: HNSW.efConstruction, efSearch: HNSW.efSearch }),
    close: () => undefined,
  };
}

/** An index of the SDK. */
function fromIndex(index: VectorIndex): Contestant {
  return {
    add(first, rows) {
      index.add(
        Array.from({ length: rows.length / index.dimensions }, (_, row) => first + row),
        rows,
      );
    },
    finish: () => undefined,
    search: async (query, k) => (await index.search(query, k)).keys,
    heldBytes: () => index.stats().residentBytes,
    notes: () => ({ kind: index.kind }),
    close: () => index.close(),
  };
}

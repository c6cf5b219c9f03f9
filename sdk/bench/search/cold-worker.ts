/// <reference lib="webworker" />
import { loadKernels } from "../../src/engine/kernels/load-kernels.ts";
import { SEGMENT_ROWS } from "../../src/engine/vectors/flat-vector-index.ts";
import { packSegment, sealRows } from "../../src/engine/vectors/stored-vectors.ts";
import type { VectorSpaces } from "../../src/engine/vectors/vector-spaces.ts";
import { meanOf } from "../../src/engine/vectors/widen-rows.ts";
import { openDexieVault } from "../../src/vault/dexie-vault.ts";
import { openPrivateFolder } from "../../src/vault/private-folder.ts";
import type { Vault } from "../../src/vault/vault.ts";
import { createEngine, createRowFiles } from "../../src/worker/vector-engine.ts";
import { median } from "../statistics.ts";
import { createVectorSource } from "./generate.ts";
import { plainLoop } from "./plain-loop.ts";
import { createRowStore } from "./row-store.ts";

/**
 * What it takes from nothing to the first answer: a vault as the SDK keeps it, and beside it a store with one row a memory, as apps
 * write it that keep vectors with their texts. Both are written in one browser and opened in others.
 */
export interface ColdRequest {
  readonly step: "write" | "open";
  readonly store: "flat" | "rows";
  readonly size: number;
  readonly dimensions: number;
  readonly queries: number;
}

export interface ColdAnswer {
  /** From the first call to the answer of the first search. */
  readonly coldMs: number;
  readonly times: readonly number[];
  /** How often the plain loop's time holds a search of the same round: the median of five. */
  readonly timesPlain: number;
  /** Numbers of the rows that each query found. */
  readonly found: readonly (readonly number[])[];
  readonly heldBytes: number;
  readonly notes: Readonly<Record<string, string | number>>;
}

const K = 10;
const ROUNDS = 5;
/** The plain loop needs every row in full, which is what a vault spares: here it goes over some, far more than caches hold. */
const SAMPLE_ROWS = 65_536;
const SPACE = "bench";
const port = globalThis as unknown as DedicatedWorkerGlobalScope;

port.addEventListener("message", ({ data }: MessageEvent<ColdRequest>) => {
  run(data).then(
    (answer) => port.postMessage({ answer }),
    (error: unknown) => port.postMessage({ failed: String(error) }),
  );
});

async function run(request: ColdRequest): Promise<ColdAnswer | null> {
  const { step, store, size, dimensions } = request;
  if (store === "rows") {
    const rows = createRowStore(`bench-rows-${size}`, dimensions);
    if (step === "open") return opened(request, async () => rows.open());
    const source = createVectorSource("lr", dimensions, "rows");
    for (let at = 0; at < size; at += SEGMENT_ROWS)
      await rows.write(at, source.next(Math.min(SEGMENT_ROWS, size - at)));
    return null;
  }
  if (step === "write") await writeFlat(request);
  return step === "write" ? null : opened(request, () => openFlat(request));
}

interface Searchable {
  search(query: Float32Array): Promise<readonly number[]> | readonly number[];
  heldBytes(): number;
  notes(): Readonly<Record<string, string | number>>;
}

async function opened(
  { size, queries, dimensions }: ColdRequest,
  open: () => Promise<Searchable>,
): Promise<ColdAnswer> {
  const source = createVectorSource("lr", dimensions, "queries");
  const asked = Array.from({ length: queries }, () => source.next(1));
  const started = performance.now();
  const index = await open();
  await index.search(asked[0]!);
  const coldMs = performance.now() - started;
  const sample = [createVectorSource("lr", dimensions, "rows").next(Math.min(size, SAMPLE_ROWS))];
  const scale = size / Math.min(size, SAMPLE_ROWS);
  const times: number[] = [];
  const found: (readonly number[])[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const own: number[] = [];
    const plain: number[] = [];
    for (let at = round; at < queries; at += ROUNDS) {
      const from = performance.now();
      found[at] = await index.search(asked[at]!);
      own.push(performance.now() - from);
    }
    for (let at = round; at < queries; at += ROUNDS) {
      const from = performance.now();
      plainLoop(sample, dimensions, asked[at]!, K);
      plain.push((performance.now() - from) * scale);
    }
    times.push(...own);
    ratios.push(median(plain) / median(own));
  }
  const timesPlain = median(ratios);
  return { coldMs, times, timesPlain, found, heldBytes: index.heldBytes(), notes: index.notes() };
}

/** Seals the rows as maintenance would, and lets it measure what it measures when a vault is quiet. */
async function writeFlat({ size, dimensions }: ColdRequest): Promise<void> {
  const vault = await openVault(size);
  await vault.vectors.putSpace({ id: SPACE, dimensions, notes: {} });
  const arithmetic = (await loadKernels()).createSpace(dimensions);
  const source = createVectorSource("lr", dimensions, "rows");
  let mean: Float32Array<ArrayBuffer> | null = null;
  for (let at = 0; at < size; at += SEGMENT_ROWS) {
    const vectors = source.next(Math.min(SEGMENT_ROWS, size - at));
    mean ??= meanOf(vectors, dimensions);
    const keys = Float64Array.from({ length: vectors.length / dimensions }, (_, row) => at + row);
    const sealed = sealRows(arithmetic, keys, vectors, mean);
    const put = [packSegment(`${SPACE}-${at}`, sealed)];
    await vault.vectors.replace({ space: SPACE, put, drop: [], sealed: [] });
  }
  const spaces = await spacesOf(vault);
  await spaces.open(SPACE, dimensions);
  await spaces.maintain(true);
  spaces.close();
  await vault.close();
}

async function openFlat({ size, dimensions }: ColdRequest): Promise<Searchable> {
  const started = performance.now();
  const vault = await openVault(size);
  const vaultMs = Math.round(performance.now() - started);
  const spaces = await spacesOf(vault);
  const space = await spaces.open(SPACE, dimensions);
  const vectorsMs = Math.round(performance.now() - started) - vaultMs;
  return {
    search: async (query) => (await space.search(query, K)).keys,
    heldBytes: () => space.stats().residentBytes,
    notes() {
      const { kernel = "js", tier = "full", rescored = 0, recallEstimate = 0 } = space.stats();
      return { kernel, tier, rescored, recallEstimate, vaultMs, vectorsMs };
    },
  };
}

async function openVault(size: number): Promise<Vault> {
  return (await openDexieVault({ name: `bench-search-${size}`, now: () => Date.now() })).vault;
}

function spacesOf(vault: Vault): Promise<VectorSpaces> {
  return createEngine("flat", {
    store: vault.vectors,
    lock: (work) => work(),
    files: createRowFiles({
      openFolder: (create) => openPrivateFolder(vault.name, create),
      lock: (_name, work) => work(),
    }),
    newId: () => crypto.randomUUID(),
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    onProblem: (error) => {
      throw error;
    },
  });
}

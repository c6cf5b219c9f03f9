import { expect } from "vitest";
import type { MemoryError } from "../../domain/errors.ts";
import { loadKernels } from "../kernels/load-kernels.ts";
import { createExactVectorIndex } from "./exact-vector-index.ts";
import { TabDied, type SharedFiles, type VectorDisk, type VectorTab } from "./vector-fixtures.ts";
import { rowOf, unitVectors } from "./vector-samples.ts";
import { packVector } from "./vector-segment.ts";
import type { VectorSpace } from "./vector-space.ts";
import { createVectorSpaces, type VectorSpaces } from "./vector-spaces.ts";

export const DIMENSIONS = 16;
export const SPACE = "model@1";
/** Milliseconds, for much arithmetic on a busy machine. */
export const SLOW = 30_000;
export const POOL = unitVectors(512, DIMENSIONS, 5);

export interface Opened {
  readonly tab: VectorTab;
  readonly spaces: VectorSpaces;
  readonly space: VectorSpace;
  readonly problems: MemoryError[];
}

export const vectorFor = (seq: number): Float32Array =>
  rowOf(POOL, (seq * 7_919) % 512, DIMENSIONS);
export const rowsFor = (seqs: readonly number[]): Float32Array => {
  const rows = new Float32Array(seqs.length * DIMENSIONS);
  seqs.forEach((seq, at) => rows.set(vectorFor(seq), at * DIMENSIONS));
  return rows;
};
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

let ids = 0;
let busy: Promise<unknown> = Promise.resolve();

/** One lock for all tabs of a test; a tab that dies lets go of it. */
const lock = <T>(work: () => Promise<T>): Promise<T> => {
  const next = busy.then(work);
  busy = next.catch(() => undefined);
  return next;
};

export interface Place {
  readonly files?: SharedFiles;
  readonly memoryBudget?: number;
}

export async function openIn(disk: VectorDisk, place: Place = {}): Promise<Opened> {
  const tab = disk.openTab();
  const problems: MemoryError[] = [];
  const spaces = createVectorSpaces({
    ...place,
    store: tab.store,
    loadKernels,
    lock,
    newId: () => `segment-${(ids += 1)}`,
    pause: () => Promise.resolve(),
    onProblem: (error) => problems.push(error),
  });
  tab.onChange(
    (change) =>
      void spaces.follow(change).catch((error: unknown) => {
        if (!tab.dead) problems.push(error as MemoryError);
      }),
  );
  return { tab, spaces, space: await spaces.open(SPACE, DIMENSIONS), problems };
}

/** Stores records with their vectors, as a capture does. */
export function store({ tab, space }: Opened, seqs: readonly number[]): void {
  tab.commit(
    seqs,
    SPACE,
    seqs.map((seq) => ({ seq, vector: packVector(vectorFor(seq)) })),
  );
  space.add(seqs, rowsFor(seqs));
}

export async function forget({ tab, spaces }: Opened, seqs: readonly number[]): Promise<void> {
  await lock(async () => {
    const rewrites = await spaces.without(seqs);
    if (tab.dead) throw new TabDied();
    tab.remove(seqs, rewrites);
    await spaces.forgotten(seqs);
  });
}

/** What an opening from the disk finds, in rising order. */
export async function storedKeys(disk: VectorDisk): Promise<number[]> {
  const fresh = await openIn(disk);
  const missing = fresh.space.missing(range(0, 40_000));
  expect(fresh.problems).toEqual([]);
  const there = new Set(missing);
  fresh.spaces.close();
  return range(0, 40_000).filter((seq) => !there.has(seq));
}

export async function expectSame(space: VectorSpace, seqs: Iterable<number>): Promise<void> {
  const exact = createExactVectorIndex(DIMENSIONS);
  const keys = [...seqs];
  exact.add(keys, rowsFor(keys));
  expect(space.size).toBe(exact.size);
  for (const at of [3, 77, 401]) {
    const query = rowOf(POOL, at, DIMENSIONS);
    const wanted = await exact.search(query, 15);
    const found = await space.search(query, 15);
    expect(found.keys).toHaveLength(wanted.keys.length);
    found.scores.forEach((score, rank) =>
      expect(Math.abs(score - (wanted.scores[rank] ?? 0))).toBeLessThan(0.02),
    );
  }
}

/** Spaces on a disk where none is open yet. */
export function createOther(disk: VectorDisk, place: Place = {}): VectorSpaces {
  return createVectorSpaces({
    ...place,
    store: disk.openTab().store,
    loadKernels,
    lock,
    newId: () => `segment-${(ids += 1)}`,
    pause: () => Promise.resolve(),
    onProblem: () => undefined,
  });
}

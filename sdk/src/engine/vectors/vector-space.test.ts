import { describe, expect, it } from "vitest";
import type { MemoryError } from "../../domain/errors.ts";
import { loadKernels } from "../kernels/load-kernels.ts";
import { createExactVectorIndex } from "./exact-vector-index.ts";
import { SEGMENT_ROWS } from "./flat-vector-index.ts";
import {
  createSharedFiles,
  createVectorDisk,
  TabDied,
  type SharedFiles,
  type VectorDisk,
  type VectorTab,
} from "./vector-fixtures.ts";
import { clusteredVectors, createRandom, rowOf, unitVectors } from "./vector-samples.ts";
import { packVector } from "./vector-segment.ts";
import type { VectorSpace } from "./vector-space.ts";
import { createVectorSpaces, type VectorSpaces } from "./vector-spaces.ts";

const DIMENSIONS = 16;
const SPACE = "model@1";
/** Milliseconds, for much arithmetic on a busy machine. */
const SLOW = 30_000;
const POOL = unitVectors(512, DIMENSIONS, 5);

interface Opened {
  readonly tab: VectorTab;
  readonly spaces: VectorSpaces;
  readonly space: VectorSpace;
  readonly problems: MemoryError[];
}

const vectorFor = (seq: number): Float32Array => rowOf(POOL, (seq * 7_919) % 512, DIMENSIONS);
const rowsFor = (seqs: readonly number[]): Float32Array => {
  const rows = new Float32Array(seqs.length * DIMENSIONS);
  seqs.forEach((seq, at) => rows.set(vectorFor(seq), at * DIMENSIONS));
  return rows;
};
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

let ids = 0;
let busy: Promise<unknown> = Promise.resolve();

/** One lock for all tabs of a test; a tab that dies lets go of it. */
const lock = <T>(work: () => Promise<T>): Promise<T> => {
  const next = busy.then(work);
  busy = next.catch(() => undefined);
  return next;
};

interface Place {
  readonly files?: SharedFiles;
  readonly memoryBudget?: number;
}

async function openIn(disk: VectorDisk, place: Place = {}): Promise<Opened> {
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
function store({ tab, space }: Opened, seqs: readonly number[]): void {
  tab.commit(
    seqs,
    SPACE,
    seqs.map((seq) => ({ seq, vector: packVector(vectorFor(seq)) })),
  );
  space.add(seqs, rowsFor(seqs));
}

async function forget({ tab, spaces }: Opened, seqs: readonly number[]): Promise<void> {
  await lock(async () => {
    const rewrites = await spaces.without(seqs);
    if (tab.dead) throw new TabDied();
    tab.remove(seqs, rewrites);
    await spaces.forgotten(seqs);
  });
}

/** What an opening from the disk finds, in rising order. */
async function storedKeys(disk: VectorDisk): Promise<number[]> {
  const fresh = await openIn(disk);
  const missing = fresh.space.missing(range(0, 40_000));
  expect(fresh.problems).toEqual([]);
  const there = new Set(missing);
  fresh.spaces.close();
  return range(0, 40_000).filter((seq) => !there.has(seq));
}

async function expectSame(space: VectorSpace, seqs: Iterable<number>): Promise<void> {
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

describe("a space", () => {
  it("seals a long tail, and opens from chunks and what came after", async () => {
    const disk = createVectorDisk();
    const one = await openIn(disk);
    store(one, range(1, SEGMENT_ROWS + 300));
    expect(one.space.stats()).toMatchObject({ segments: 0, tail: SEGMENT_ROWS + 299 });
    await one.spaces.maintain(false);
    expect(one.space.stats()).toMatchObject({ segments: 2, tail: 0, kind: "flat", tier: "full" });
    store(one, range(10_000, 10_020));
    await one.spaces.maintain(false);
    expect(one.space.stats().tail).toBe(20);
    const all = [...range(1, SEGMENT_ROWS + 300), ...range(10_000, 10_020)];
    await expectSame(one.space, all);
    const again = await openIn(disk);
    await expectSame(again.space, all);
    expect(again.space.missing([0, 1, 2, 9_999, 10_005, 10_020])).toEqual([0, 9_999, 10_020]);
  });

  it("puts small segments together, and rewrites one that is a quarter dead", async () => {
    const disk = createVectorDisk();
    const one = await openIn(disk);
    for (let turn = 0; turn < 4; turn += 1) {
      store(one, range(turn * 1_000 + 1, turn * 1_000 + 601));
      await one.spaces.maintain(true);
      expect(one.space.stats()).toMatchObject({ segments: 1, tail: 0 });
    }
    const [before] = [...disk.segments.keys()];
    const edited = [...range(1, 601), 1_001];
    one.tab.remove(edited);
    await one.spaces.forgotten(edited);
    await one.spaces.maintain(true);
    expect(disk.gone.get(SPACE)?.size).toBe(0);
    expect([...disk.segments.values()]).toMatchObject([{ rows: 1_799 }]);
    expect(disk.segments.has(before ?? "")).toBe(false);
    await expectSame((await openIn(disk)).space, await storedKeys(disk));
  });

  it("takes late vectors in, but never those of records that are gone by then", async () => {
    const disk = createVectorDisk();
    const one = await openIn(disk);
    one.tab.commit(range(1, 10));
    expect(one.space.missing(range(1, 10))).toEqual(range(1, 10));
    const putting = one.space.put(range(1, 10), rowsFor(range(1, 10)));
    one.tab.remove([4]);
    await one.spaces.forgotten([4]);
    expect(await putting).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect(one.space.missing(range(1, 10))).toEqual([4]);
    expect(await storedKeys(disk)).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
  });

  it("lets a vector that was made again take the place of the sealed one", async () => {
    const disk = createVectorDisk();
    const one = await openIn(disk);
    store(one, range(1, 601));
    await one.spaces.maintain(true);
    expect(await one.space.put([7, 8], rowsFor([70, 80]))).toEqual([7, 8]);
    for (const opened of [one, await openIn(disk)]) {
      expect(opened.space.size).toBe(600);
      const { keys, scores } = await opened.space.search(vectorFor(70), 600);
      expect(scores[keys.indexOf(7)]).toBeCloseTo(1, 2);
    }
    store(one, range(1_000, 1_600));
    await one.spaces.maintain(true);
    expect(await storedKeys(disk)).toEqual([...range(1, 601), ...range(1_000, 1_600)]);
    const { keys, scores } = await (await openIn(disk)).space.search(vectorFor(80), 1_200);
    expect(scores[keys.indexOf(8)]).toBeCloseTo(1, 2);
  });

  it("leaves no bytes of a forgotten vector, in any space, open or not", async () => {
    const disk = createVectorDisk();
    const one = await openIn(disk);
    const other = await one.spaces.open("model@2", DIMENSIONS);
    store(one, range(1, 700));
    await other.put(range(1, 700), rowsFor(range(1, 700)));
    await one.spaces.maintain(true);
    one.spaces.close();
    const two = await openIn(disk);
    await forget(two, [5, 650]);
    expect([...disk.segments.values()].map(({ rows }) => rows)).toEqual([697, 697]);
    expect(await storedKeys(disk)).toEqual(range(1, 700).filter((seq) => seq !== 5 && seq !== 650));
    expect(two.space.missing([4, 5, 650])).toEqual([5, 650]);
    await forget(
      two,
      range(1, 700).filter((seq) => seq !== 5 && seq !== 650),
    );
    expect(disk.segments.size).toBe(0);
    expect(two.space.size).toBe(0);
  });

  it("names what damage took as missing, tells it, and takes it in again", async () => {
    const disk = createVectorDisk();
    const one = await openIn(disk);
    store(one, range(1, SEGMENT_ROWS + 1));
    await one.spaces.maintain(true);
    store(one, range(5_000, 5_600));
    await one.spaces.maintain(true);
    const [first, second] = [...disk.segments.keys()];
    for (const part of [`${first}/sketch`, `${second}/rows`]) {
      disk.damaged.add(part);
      const two = await openIn(disk);
      await expect.poll(() => disk.segments.size).toBe(1);
      expect(two.problems).toMatchObject([{ code: "engine/damaged" }]);
      const lost = part.endsWith("sketch") ? range(1, SEGMENT_ROWS + 1) : range(5_000, 5_600);
      const missing = two.space.missing([...range(1, SEGMENT_ROWS + 1), ...range(5_000, 5_600)]);
      expect(missing).toEqual(lost);
      await two.space.put(lost, rowsFor(lost));
      await two.spaces.maintain(true);
      disk.damaged.clear();
      expect(await storedKeys(disk)).toHaveLength(SEGMENT_ROWS + 600);
    }
  });

  it("passes over a tail row that is damaged until its vector is made again", async () => {
    const disk = createVectorDisk();
    const one = await openIn(disk);
    store(one, range(1, 600));
    disk.tail.get(SPACE)?.set(9, new Uint8Array(3));
    const two = await openIn(disk);
    expect(two.space.missing(range(1, 600))).toEqual([9]);
    await two.spaces.maintain(true);
    expect(await storedKeys(disk)).toEqual(range(1, 600).filter((seq) => seq !== 9));
    await two.space.put([9], rowsFor([9]));
    expect(await storedKeys(disk)).toEqual(range(1, 600));
  });

  it("is told apart from one of other dimensions, and goes with all its vectors", async () => {
    const disk = createVectorDisk();
    const one = await openIn(disk);
    store(one, range(1, 600));
    await one.spaces.maintain(true);
    await expect(createOther(disk).open(SPACE, 32)).rejects.toMatchObject({
      code: "usage/invalid-input",
    });
    const two = await openIn(disk);
    await one.spaces.drop(SPACE);
    await expect.poll(() => two.spaces.opened()).toEqual([]);
    expect([disk.spaces.size, disk.segments.size, disk.tail.size]).toEqual([0, 0, 0]);
    expect(await storedKeys(disk)).toEqual([]);
  });
});

describe("rows that are not in memory", () => {
  it("are found by their signatures, and read from a file that is made again when it is lost", async () => {
    const disk = createVectorDisk();
    const files = createSharedFiles();
    const place = { files, memoryBudget: 50_000 };
    const one = await openIn(disk, place);
    store(one, range(1, 6_001));
    await one.spaces.maintain(true);
    expect(one.space.stats()).toMatchObject({ tier: "on-demand", rescored: 1_000, segments: 2 });
    await expect.poll(() => files.contents.get(SPACE)?.length ?? 0).toBeGreaterThan(100_000);
    await expectSame(one.space, range(1, 6_001));
    expect(one.space.stats().residentBytes).toBeLessThan(6_000 * 60);
    for (const segment of disk.segments.keys()) disk.damaged.add(`${segment}/rows`);
    const two = await openIn(disk, place);
    await expectSame(two.space, range(1, 6_001));
    disk.damaged.clear();
    await files.discard(SPACE);
    await expectSame((await openIn(disk, place)).space, range(1, 6_001));
    expect([...one.problems, ...two.problems]).toEqual([]);
  });

  it("go from the file before a forget resolves, whichever tab forgets", async () => {
    const disk = createVectorDisk();
    const files = createSharedFiles();
    const place = { files, memoryBudget: 50_000 };
    const [one, two] = [await openIn(disk, place), await openIn(disk, place)];
    const secret = unitVectors(1, DIMENSIONS, 999);
    one.tab.commit(range(1, 6_001));
    await one.space.put(
      range(1, 6_001),
      Float32Array.from([...secret, ...rowsFor(range(2, 6_001))]),
    );
    await one.spaces.maintain(true);
    await expect.poll(() => two.space.stats()).toMatchObject({ tail: 0, tier: "on-demand" });
    const { values } = (await loadKernels()).createSpace(DIMENSIONS).quantizeInt8(secret);
    const holds = (bytes: Uint8Array): boolean => indexOf(bytes, values) >= 0;
    await expect.poll(() => [...files.contents.values()].some(holds)).toBe(true);
    expect([...disk.segments.values()].some(({ parts }) => holds(parts.rows))).toBe(true);
    await forget(two, [1]);
    expect([...files.contents.values()].some(holds)).toBe(false);
    expect([...disk.segments.values()].some(({ parts }) => holds(parts.rows))).toBe(false);
    await expect.poll(() => one.space.size).toBe(5_999);
    await expectSame(one.space, range(2, 6_001));
  });

  it("are no longer copied where they fit into memory", async () => {
    const disk = createVectorDisk();
    const files = createSharedFiles();
    const one = await openIn(disk, { files, memoryBudget: 10_000 });
    store(one, range(1, 2_001));
    await one.spaces.maintain(true);
    await expect.poll(() => files.contents.get(SPACE)?.length ?? 0).toBeGreaterThan(0);
    one.spaces.close();
    await openIn(disk, { files });
    expect(files.contents.size).toBe(0);
  });
});

describe("the recall guard", () => {
  const dimensions = 64;
  const clustered = (count: number): Float32Array => clusteredVectors(count, dimensions, 11);
  const isotropic = (count: number): Float32Array => unitVectors(count, dimensions, 12);

  for (const [name, make, place] of [
    ["clustered rows", clustered, {}],
    ["rows without a pattern", isotropic, {}],
    ["rows read from a file", clustered, { memoryBudget: 100_000, files: createSharedFiles() }],
  ] as const)
    it(
      `measures how many candidates are enough, stores it and keeps to it: ${name}`,
      { timeout: SLOW },
      async () => {
        const disk = createVectorDisk();
        const one = createOther(disk, place);
        const space = await one.open("wide", dimensions);
        const count = 21_000;
        const vectors = make(count);
        const keys = range(1, count + 1);
        for (const key of keys) disk.records.add(key);
        for (let from = 0; from < count; from += 7_000) {
          const batch = keys.slice(from, from + 7_000);
          await space.put(batch, vectors.subarray(from * dimensions, (from + 7_000) * dimensions));
          await one.maintain(true);
        }
        const { recallEstimate = 0, rescored = 0, tier } = space.stats();
        expect(recallEstimate).toBeGreaterThanOrEqual(tier === "on-demand" ? 0.95 : 0.99);
        expect(disk.spaces.get("wide")?.notes).toMatchObject({ measured: count, centred: count });
        const exact = createExactVectorIndex(dimensions);
        exact.add(keys, vectors);
        let hits = 0;
        for (let at = 0; at < 40; at += 1) {
          const query = rowOf(vectors, at * 499, dimensions);
          const wanted = new Set((await exact.search(query, 10)).keys);
          hits += (await space.search(query, 10)).keys.filter((key) => wanted.has(key)).length;
        }
        expect(hits / 400).toBeGreaterThanOrEqual(0.95);
        const again = await createOther(disk, place).open("wide", dimensions);
        expect(again.stats()).toMatchObject({ recallEstimate, rescored, tier, rows: count });
      },
    );
});

describe("a space through any history", () => {
  const places: Readonly<Record<string, () => Place>> = {
    "all in memory": () => ({}),
    "rows read from a file": () => ({ memoryBudget: 30_000, files: createSharedFiles() }),
    "rows read from chunks": () => ({ memoryBudget: 5_000 }),
  };
  for (const [seed, kind] of Array.from(
    { length: 15 },
    (_, at) => Object.keys(places)[at % 3],
  ).entries())
    it(
      `loses nothing and brings nothing back, whatever dies when (${kind}, ${seed})`,
      { timeout: SLOW },
      async () => {
        const random = createRandom(seed);
        const disk = createVectorDisk();
        const place = places[kind ?? ""]?.() ?? {};
        const tabs = [await openIn(disk, place), await openIn(disk, place)];
        /** Vectors whose storing was acknowledged, and whose records are there. */
        const kept = new Set<number>();
        /** Those of a call that died: they may be there or not. */
        const doubtful = new Set<number>();
        let next = 1;
        for (let turn = 0; turn < 60; turn += 1) {
          const at = Math.floor(random() * 2);
          const tab = tabs[at];
          if (tab === undefined) continue;
          if (random() < 0.4) tab.tab.dieAt(Math.floor(random() * 12), random() < 0.5);
          const dice = random();
          try {
            if (dice < 0.3) {
              const seqs = range(next, next + 1 + Math.floor(random() * 400));
              next += seqs.length;
              if (!tab.tab.dead) store(tab, seqs);
              for (const seq of seqs) kept.add(seq);
            } else if (dice < 0.5) {
              const seqs = range(next, next + 1 + Math.floor(random() * 700));
              next += seqs.length;
              tab.tab.commit(seqs);
              for (const seq of seqs) doubtful.add(seq);
              for (const seq of await tab.space.put(seqs, rowsFor(seqs))) {
                kept.add(seq);
                doubtful.delete(seq);
              }
            } else if (dice < 0.65) {
              const seqs = [...kept].filter(() => random() < 0.02);
              await forget(tab, seqs);
              for (const seq of seqs) kept.delete(seq);
            } else if (dice < 0.75) {
              const seqs = [...kept].filter(() => random() < 0.1);
              tab.tab.remove(seqs);
              await tab.spaces.forgotten(seqs);
              for (const seq of seqs) kept.delete(seq);
            } else await tab.spaces.maintain(random() < 0.7);
          } catch (error) {
            if (!(error instanceof TabDied)) throw error;
          }
          if (tab.tab.dead) {
            tab.spaces.close();
            tabs[at] = await openIn(disk, place);
          } else tab.tab.dieAt(Infinity, false);
        }
        const there = await storedKeys(disk);
        const allowed = new Set([...kept, ...doubtful]);
        expect(there.filter((seq) => !allowed.has(seq))).toEqual([]);
        expect([...kept].filter((seq) => !there.includes(seq))).toEqual([]);
        expect(there.filter((seq) => !disk.records.has(seq))).toEqual([]);
        for (const { space, problems } of tabs) {
          await expect.poll(() => space.size).toBe(there.length);
          await expectSame(space, there);
          expect(problems).toEqual([]);
        }
        await expectSame((await openIn(disk)).space, there);
        await expectSame((await openIn(disk, place)).space, there);
      },
    );
});

function indexOf(bytes: Uint8Array, wanted: Int8Array): number {
  const first = (wanted[0] ?? 0) & 255;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (wanted.every((value, offset) => bytes[at + offset] === (value & 255))) return at;
  return -1;
}

function createOther(disk: VectorDisk, place: Place = {}): VectorSpaces {
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

import { describe, expect, it } from "vitest";
import { loadKernels } from "../kernels/load-kernels.ts";
import { createExactVectorIndex } from "./exact-vector-index.ts";
import { createSharedFiles, createVectorDisk } from "./vector-fixtures.ts";
import { clusteredVectors, rowOf, unitVectors } from "./vector-samples.ts";
import {
  DIMENSIONS,
  SLOW,
  SPACE,
  createOther,
  expectSame,
  forget,
  openIn,
  range,
  rowsFor,
  store,
} from "./vector-space-fixtures.ts";

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

  it(
    "open by their signatures where a copy has them, and come into memory later; the copy loses what is forgotten all the same",
    async () => {
      const disk = createVectorDisk();
      const files = createSharedFiles();
      const count = 21_000;
      const secret = unitVectors(1, DIMENSIONS, 999);
      const one = await openIn(disk, { files });
      one.tab.commit(range(1, count));
      await one.space.put(
        range(1, count),
        Float32Array.from([...secret, ...rowsFor(range(2, count))]),
      );
      await one.spaces.maintain(true);
      await one.spaces.maintain(true);
      expect(one.space.stats().tier).toBe("prefiltered");
      const { values } = (await loadKernels()).createSpace(DIMENSIONS).quantizeInt8(secret);
      const holds = (bytes: Uint8Array): boolean => indexOf(bytes, values) >= 0;
      await expect.poll(() => [...files.contents.values()].some(holds)).toBe(true);
      one.spaces.close();

      const two = await openIn(disk, { files });
      expect(two.space.stats().tier).toBe("on-demand");
      expect((await two.space.search(secret, 1)).keys).toEqual([1]);
      await two.spaces.maintain(true);
      expect(two.space.stats().tier).toBe("prefiltered");
      expect((await two.space.search(secret, 1)).keys).toEqual([1]);
      await forget(two, [1]);
      expect([...files.contents.values()].some(holds)).toBe(false);
      expect([...disk.segments.values()].some(({ parts }) => holds(parts.rows))).toBe(false);
      expect([...one.problems, ...two.problems]).toEqual([]);
    },
    SLOW,
  );

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

function indexOf(bytes: Uint8Array, wanted: Int8Array): number {
  const first = (wanted[0] ?? 0) & 255;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (wanted.every((value, offset) => bytes[at + offset] === (value & 255))) return at;
  return -1;
}

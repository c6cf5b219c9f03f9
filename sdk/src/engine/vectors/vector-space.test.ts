import { describe, expect, it } from "vitest";
import { FULL_SCAN_ROWS, SEGMENT_ROWS } from "./flat-vector-index.ts";
import { createVectorDisk } from "./vector-fixtures.ts";
import {
  createOther,
  DIMENSIONS,
  expectSame,
  forget,
  openIn,
  range,
  rowsFor,
  SLOW,
  SPACE,
  store,
  storedKeys,
  vectorFor,
} from "./vector-space-fixtures.ts";

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

  it(
    "that goes while it is being measured does not come back with what was measured",
    { timeout: SLOW },
    async () => {
      const disk = createVectorDisk();
      const first = await openIn(disk);
      store(first, range(1, FULL_SCAN_ROWS + 1_000));
      await first.spaces.maintain(true);
      first.spaces.close();
      const { segments, tail } = disk;
      const [row, kept] = [disk.spaces.get(SPACE)!, new Map(segments)];
      let looks = 1;
      for (let went = true; went; looks += 1) {
        // As it was before anything was noted, and gone at one look at the store after the other.
        disk.spaces.set(SPACE, { ...row, notes: {} });
        for (const [id, segment] of kept) segments.set(id, segment);
        tail.delete(SPACE);
        const one = await openIn(disk);
        const { load } = one.tab.store;
        let look = 0;
        went = false;
        Object.assign(one.tab.store, {
          async load(id: string) {
            const stored = await load(id);
            look += 1;
            if (look === looks) {
              went = true;
              await one.spaces.drop(SPACE);
            }
            return stored;
          },
        });
        await one.spaces.maintain(true).catch(() => undefined);
        if (went) expect([looks, disk.spaces.size]).toEqual([looks, 0]);
        one.spaces.close();
      }
      expect(looks).toBeGreaterThan(2);
    },
  );
});

import { describe, expect, it } from "vitest";
import {
  createSharedFiles,
  createVectorDisk,
  TabDied,
  type SharedFiles,
} from "./vector-fixtures.ts";
import { createRandom } from "./vector-samples.ts";
import {
  expectSame,
  forget,
  openIn,
  range,
  rowsFor,
  SLOW,
  store,
  storedKeys,
  type Place,
} from "./vector-space-fixtures.ts";

describe("a tab that dies", () => {
  for (const done of [true, false])
    it(
      `loses nothing at any call of sealing, compacting and forgetting (${done ? "after" : "before"} it was done)`,
      { timeout: SLOW },
      async () => {
        for (let call = 0, alive = false; !alive; call += 1) {
          const disk = createVectorDisk();
          const files = createSharedFiles();
          const place = { files, memoryBudget: 20_000 };
          const one = await openIn(disk, place);
          store(one, range(1, 1_301));
          await one.spaces.maintain(true);
          const edited = range(1, 401);
          one.tab.remove(edited);
          await one.spaces.forgotten(edited);
          store(one, range(2_000, 2_600));
          one.tab.dieAt(call, done);
          const forgotten = [1_000, 2_100];
          try {
            await one.spaces.maintain(true);
            await forget(one, forgotten);
          } catch (error) {
            expect(error).toBeInstanceOf(TabDied);
          }
          alive = !one.tab.dead;
          one.spaces.close();
          // It may die when the records are gone already, while it wipes the copy.
          const gone = new Set(disk.records.has(1_000) ? [] : forgotten);
          const left = [...range(401, 1_301), ...range(2_000, 2_600)].filter(
            (seq) => !gone.has(seq),
          );
          expect(await storedKeys(disk)).toEqual(left);
          await expectSame((await openIn(disk, place)).space, left);
          expect(call).toBeLessThan(100);
        }
      },
    );

  it("gives up a copy that cannot be written, and searches on", async () => {
    const disk = createVectorDisk();
    const files = createSharedFiles();
    const full: SharedFiles = {
      ...files,
      async open(space) {
        const file = await files.open(space);
        const write = (): never => {
          throw new DOMException("No room.", "QuotaExceededError");
        };
        return file === null ? null : { ...file, write };
      },
    };
    const one = await openIn(disk, { files: full, memoryBudget: 20_000 });
    store(one, range(1, 2_001));
    await one.spaces.maintain(true);
    await expect.poll(() => one.problems).toMatchObject([{ code: "vault/quota" }]);
    expect(files.contents.size).toBe(0);
    await expectSame(one.space, range(1, 2_001));
  });
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

import { expect, test, vi } from "vitest";
import { createEmbeddingQueue } from "../embedding/embedding-queue.ts";
import type { Embedder } from "../engine/embedder.ts";
import {
  DIMENSIONS,
  openIn,
  range,
  SPACE,
  vectorFor,
  type Opened,
} from "../engine/vectors/vector-space-fixtures.ts";
import { createVectorDisk, type VectorDisk } from "../engine/vectors/vector-fixtures.ts";
import { createBackfill, type BackfillDeps } from "./backfill.ts";

function fillOf(disk: VectorDisk, { space, spaces }: Opened, rest: Partial<BackfillDeps> = {}) {
  const asked: string[] = [];
  const faults: unknown[] = [];
  const complete = vi.fn(async () => undefined);
  const embedder: Embedder = {
    space: SPACE,
    dimensions: DIMENSIONS,
    async embed(texts) {
      asked.push(...texts);
      return texts.map((text) => vectorFor(Number(text)));
    },
  };
  const backfill = createBackfill({
    space,
    queue: createEmbeddingQueue({ embedder, pause: async () => undefined, clock: () => 0 }),
    missing: () => {
      const all = [...disk.records].toSorted((a, b) => a - b);
      return { seqs: space.missing(all).toReversed(), total: all.length };
    },
    textsOf: async (seqs) => seqs.map((seq) => (disk.records.has(seq) ? String(seq) : null)),
    isStored: async () => (await spaces.stored()).some(({ id }) => id === SPACE),
    exclusive: (work) => work(),
    pause: async () => undefined,
    onState: () => undefined,
    onComplete: complete,
    onFault: (error) => faults.push(error),
    ...rest,
  });
  return { backfill, asked, faults, complete };
}

test("gives every record its vector, once", async () => {
  const disk = createVectorDisk();
  const one = await openIn(disk);
  one.tab.commit(range(1, 200));
  const { backfill, asked, complete, faults } = fillOf(disk, one);
  backfill.run();
  await expect.poll(() => complete.mock.calls.length).toBe(1);
  expect(one.space.size).toBe(199);
  expect(asked).toHaveLength(199);
  expect(faults).toEqual([]);
});

test("gives up where another tab's model has taken the place of this one, instead of embedding for ever", async () => {
  const disk = createVectorDisk();
  const [one, two] = [await openIn(disk), await openIn(disk)];
  one.tab.commit(range(1, 20));
  const { backfill, asked, complete, faults } = fillOf(disk, one);
  backfill.run();
  await expect.poll(() => complete.mock.calls.length).toBe(1);

  await two.spaces.drop(SPACE);
  two.tab.commit([50]);
  backfill.run();
  await expect.poll(() => faults.length).toBe(1);
  expect(faults[0]).toMatchObject({
    code: "embedder/failed",
    retryable: false,
    details: { reason: "replaced" },
  });
  backfill.run();
  await backfill.close();
  expect(faults).toHaveLength(1);
  expect(asked).toHaveLength(19);
  // What the other tab holds complete must not be settled away by this one.
  expect(complete).toHaveBeenCalledTimes(1);
});

test("closes at once while another tab has its turn, and begins nothing afterwards", async () => {
  const disk = createVectorDisk();
  const one = await openIn(disk);
  one.tab.commit(range(1, 20));
  let begin = (): void => undefined;
  const turn = new Promise<void>((resolve) => (begin = resolve));
  let over: Promise<unknown> = Promise.resolve();
  const { backfill, asked, faults } = fillOf(disk, one, {
    exclusive: <T>(work: () => Promise<T>): Promise<T> => {
      const done = turn.then(work);
      over = done;
      return done;
    },
  });
  backfill.run();
  await backfill.close();
  begin();
  await over;
  expect(asked).toEqual([]);
  expect(faults).toEqual([]);
});

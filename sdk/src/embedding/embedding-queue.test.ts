import { expect, test } from "vitest";
import type { Embedder } from "../engine/embedder.ts";
import { createEmbeddingQueue, type EmbeddingQueueDeps } from "./embedding-queue.ts";

/** Answers when it is told to, and writes down what it was asked. */
function slowEmbedder() {
  const asked: { texts: readonly string[]; purpose: string }[] = [];
  const open: { answer: () => void; fail: (error: Error) => void }[] = [];
  let most = 0;
  const embedder: Embedder = {
    space: "slow",
    dimensions: 1,
    async embed(texts, purpose, signal) {
      asked.push({ texts, purpose });
      return new Promise((resolve, reject) => {
        const step = {
          answer: () => {
            open.splice(open.indexOf(step), 1);
            resolve(texts.map(() => Float32Array.of(1)));
          },
          fail: (error: Error) => {
            open.splice(open.indexOf(step), 1);
            reject(error);
          },
        };
        open.push(step);
        most = Math.max(most, open.length);
        signal?.addEventListener("abort", () => step.fail(signal.reason as Error));
      });
    },
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    embedder,
    asked,
    get mostAtOnce() {
      return most;
    },
    async answer() {
      await settle();
      open[0]?.answer();
      await settle();
    },
    async fail(error: Error) {
      await settle();
      open[0]?.fail(error);
      await settle();
    },
  };
}

function queueOf(embedder: Embedder, rest: Partial<EmbeddingQueueDeps> = {}) {
  let now = 0;
  return createEmbeddingQueue({
    embedder,
    pause: async () => undefined,
    clock: () => (now += 10),
    ...rest,
  });
}

test("a query does not wait for documents that are on their way to an embedder elsewhere", async () => {
  const slow = slowEmbedder();
  const queue = queueOf(slow.embedder, { targetMs: null, queriesBeside: true });
  const documents = queue.backfill(["a", "b"]);
  const query = queue.query(["q"]);
  expect(slow.asked.map(({ purpose }) => purpose)).toEqual(["document", "query"]);
  await slow.answer();
  await slow.answer();
  await expect(Promise.all([documents, query])).resolves.toMatchObject([
    { length: 2 },
    { length: 1 },
  ]);

  const open = queue.query(["r"]);
  open.catch(() => undefined);
  await queue.close();
  await expect(open).rejects.toMatchObject({ code: "usage/closed" });
});

test("a query passes by all that waits, new turns pass by back-fill, and one thing runs at a time", async () => {
  const slow = slowEmbedder();
  const queue = queueOf(slow.embedder, { targetMs: null, maxTexts: 2 });
  const backfill = queue.backfill(["a", "b", "c"]);
  const fresh = queue.documents(["new"]);
  const query = queue.query(["q1", "q2", "q3"]);
  expect(queue.waiting).toBe(7);
  for (let step = 0; step < 4; step += 1) await slow.answer();
  expect(slow.asked).toEqual([
    { texts: ["a", "b"], purpose: "document" },
    { texts: ["q1", "q2", "q3"], purpose: "query" },
    { texts: ["new"], purpose: "document" },
    { texts: ["c"], purpose: "document" },
  ]);
  expect(slow.mostAtOnce).toBe(1);
  expect((await backfill).length + (await fresh).length + (await query).length).toBe(7);
  expect(queue.waiting).toBe(0);
});

test("slices grow while they are quick and shrink when they take too long", async () => {
  const sizes: number[] = [];
  let now = 0;
  let msPerText = 1;
  const queue = createEmbeddingQueue({
    embedder: {
      space: "clocked",
      dimensions: 1,
      embed: async (texts) => {
        sizes.push(texts.length);
        now += texts.length * msPerText;
        return texts.map(() => Float32Array.of(1));
      },
    },
    pause: async () => undefined,
    clock: () => now,
  });
  await queue.backfill(Array.from({ length: 95 }, () => "text"));
  expect(sizes).toEqual([1, 2, 4, 8, 16, 32, 32]);
  sizes.length = 0;
  msPerText = 20;
  await queue.documents(Array.from({ length: 38 }, () => "text"));
  expect(sizes).toEqual([32, 2, 2, 2]);
});

test("pauses between slices, and takes up again what comes while the last one ends", async () => {
  let pauses = 0;
  const queue = createEmbeddingQueue({
    embedder: {
      space: "s",
      dimensions: 1,
      embed: async (texts) => texts.map(() => Float32Array.of(1)),
    },
    pause: async () => void (pauses += 1),
    clock: () => 0,
    targetMs: null,
    maxTexts: 1,
  });
  await queue.backfill(["a", "b", "c"]);
  expect(pauses).toBeGreaterThanOrEqual(2);
  // Each in the turn in which the one before has settled: none may be forgotten.
  for (let turn = 0; turn < 20; turn += 1) expect(await queue.query(["q"])).toHaveLength(1);
});

test("an aborted job rejects with its reason at once, waiting or running, and the others go on", async () => {
  const slow = slowEmbedder();
  const queue = queueOf(slow.embedder, { targetMs: null });
  const running = new AbortController();
  const waiting = new AbortController();
  const first = queue.documents(["running"], running.signal);
  const second = queue.documents(["waiting"], waiting.signal);
  const third = queue.documents(["last"]);
  const reason = new Error("no longer wanted");
  waiting.abort(reason);
  await expect(second).rejects.toBe(reason);
  running.abort(reason);
  await expect(first).rejects.toBe(reason);
  await slow.answer();
  await expect(third).resolves.toHaveLength(1);
  await expect(queue.query(["x"], AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(slow.asked.map(({ texts }) => texts[0])).toEqual(["running", "last"]);
});

test("a failure is that job's alone", async () => {
  const slow = slowEmbedder();
  const queue = queueOf(slow.embedder, { targetMs: null });
  const bad = queue.documents(["bad"]);
  const good = queue.documents(["good"]);
  const error = new Error("too long");
  const rejected = expect(bad).rejects.toBe(error);
  await slow.fail(error);
  await rejected;
  await slow.answer();
  await expect(good).resolves.toHaveLength(1);
});

test("closing rejects what waits and what runs, and nothing is taken any more", async () => {
  const slow = slowEmbedder();
  const queue = queueOf(slow.embedder, { targetMs: null });
  const all = [queue.backfill(["a"]), queue.documents(["b"]), queue.query(["c"])];
  const outcomes = Promise.allSettled(all);
  await queue.close();
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "usage/closed" } });
  await expect(queue.query(["late"])).rejects.toMatchObject({ code: "usage/closed" });
  expect(slow.asked).toHaveLength(1);
  await queue.close();
});

test("an empty list is answered without the embedder", async () => {
  const slow = slowEmbedder();
  expect(await queueOf(slow.embedder).query([])).toEqual([]);
  expect(slow.asked).toEqual([]);
});

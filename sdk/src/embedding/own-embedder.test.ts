import { expect, test, vi } from "vitest";
import type { Embedder as OwnEmbedder } from "../domain/embedder.ts";
import { embedderContract } from "../engine/embedder.contract.ts";
import { createHashedEmbedder } from "../engine/hashed-embedder.ts";
import {
  createRemoteEmbedder,
  problemsOfOwnEmbedder,
  serveOwnEmbedder,
  wrapOwnEmbedder,
} from "./own-embedder.ts";

/** A good embedder as an app may write one: plain lists of numbers of any length. */
function appEmbedder(): OwnEmbedder {
  const hashed = createHashedEmbedder(64);
  return {
    space: "app-1",
    dimensions: 64,
    embed: async (texts, { purpose, signal }) =>
      (await hashed.embed(texts, purpose, signal)).map((vector) =>
        Array.from(vector, (x) => 7 * x),
      ),
  };
}

embedderContract("an embedder of the app's own", () => wrapOwnEmbedder(appEmbedder()));
embedderContract("an embedder of the app's own, over a thread", () => {
  const own = appEmbedder();
  return createRemoteEmbedder(own, serveOwnEmbedder(own));
});

test("its space can never be a preset's, and tells the length", () => {
  expect(wrapOwnEmbedder(appEmbedder()).space).toBe("own:app-1/64");
});

const answers: readonly (readonly [string, unknown])[] = [
  ["nothing", undefined],
  ["no list", { length: 2 }],
  ["too few", [[1, 0]]],
  [
    "too many",
    [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
  ],
  [
    "a longer vector",
    [
      [1, 0],
      [1, 0, 0],
    ],
  ],
  [
    "a vector of texts",
    [
      [1, 0],
      ["1", "0"],
    ],
  ],
  [
    "no number",
    [
      [1, 0],
      [Number.NaN, 1],
    ],
  ],
  ["an infinite number", [[1, 0], Float32Array.of(Infinity, 0)]],
  [
    "zero",
    [
      [1, 0],
      [0, 0],
    ],
  ],
  ["whole numbers of another type", [[1, 0], Int8Array.of(1, 0)]],
];

test.each(answers)("refuses %s for an answer", async (_what, answer) => {
  const own = { space: "bad", dimensions: 2, embed: async () => answer } as unknown as OwnEmbedder;
  await expect(wrapOwnEmbedder(own).embed(["a", "b"], "document")).rejects.toMatchObject({
    code: "embedder/invalid-output",
    retryable: false,
  });
});

test("brings every vector to unit length", async () => {
  const own: OwnEmbedder = {
    space: "long",
    dimensions: 2,
    embed: async () => [[3, 4], Float32Array.of(0, 1e-6)],
  };
  const vectors = await wrapOwnEmbedder(own).embed(["a", "b"], "document");
  expect(vectors[0]).toEqual(Float32Array.of(0.6, 0.8));
  expect(vectors[1]?.[1]).toBeCloseTo(1, 6);
});

test("a rejection is told as such and may be tried again; a throw counts as one", async () => {
  const cause = new Error("429");
  for (const embed of [
    async () => Promise.reject(cause),
    () => {
      throw cause;
    },
  ]) {
    const own = { space: "api", dimensions: 2, embed } as unknown as OwnEmbedder;
    await expect(wrapOwnEmbedder(own).embed(["a"], "query")).rejects.toMatchObject({
      code: "embedder/failed",
      retryable: true,
      cause,
    });
  }
});

test("an embedder that does not listen is not waited for", async () => {
  const own: OwnEmbedder = {
    space: "deaf",
    dimensions: 2,
    embed: () => new Promise(() => undefined),
  };
  const reason = new Error("enough");
  const controller = new AbortController();
  const call = wrapOwnEmbedder(own).embed(["a"], "query", controller.signal);
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
});

test("aborting on the worker's side aborts in the page", async () => {
  const seen = vi.fn<(signal: AbortSignal) => void>();
  const own: OwnEmbedder = {
    space: "watch",
    dimensions: 2,
    embed: (_texts, { signal }) => {
      seen(signal);
      return new Promise(() => undefined);
    },
  };
  const controller = new AbortController();
  const call = createRemoteEmbedder(own, serveOwnEmbedder(own)).embed(
    ["a"],
    "query",
    controller.signal,
  );
  controller.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
  expect(seen.mock.calls[0]?.[0].aborted).toBe(true);
});

test("says all that is wrong with what an app hands over", () => {
  expect(problemsOfOwnEmbedder(appEmbedder())).toEqual([]);
  expect(problemsOfOwnEmbedder("minilm")).toHaveLength(1);
  expect(problemsOfOwnEmbedder({ space: " ", dimensions: 0.5, embed: null })).toHaveLength(3);
  expect(problemsOfOwnEmbedder({ ...appEmbedder(), dimensions: 5_000 })).toHaveLength(1);
});

test("an embedder that never answers is given up after its time, and told to stop", async () => {
  vi.useFakeTimers();
  try {
    const signals: AbortSignal[] = [];
    const never: OwnEmbedder = {
      space: "stuck-1",
      dimensions: 2,
      timeoutMs: 5_000,
      embed(_texts, { signal }) {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    };
    for (const embedder of [
      wrapOwnEmbedder(never),
      createRemoteEmbedder(never, serveOwnEmbedder(never)),
    ]) {
      const outcome = embedder.embed(["a"], "document").catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(4_999);
      expect(signals.at(-1)?.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await outcome).toMatchObject({
        code: "embedder/timeout",
        retryable: true,
        details: { timeoutMs: 5_000 },
      });
      expect(signals.at(-1)?.aborted).toBe(true);
    }
  } finally {
    vi.useRealTimers();
  }
});

test("a page that does not answer at all holds its worker up no longer either", async () => {
  vi.useFakeTimers();
  try {
    const cancelled: number[] = [];
    const embedder = createRemoteEmbedder(
      { space: "gone-1", dimensions: 2, timeoutMs: 1_000 },
      { embed: () => new Promise(() => undefined), cancel: (call) => cancelled.push(call) },
    );
    const outcome = embedder.embed(["a"], "query").catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await outcome).toMatchObject({ code: "embedder/timeout", retryable: true });
    expect(cancelled).toEqual([1]);
  } finally {
    vi.useRealTimers();
  }
});

test("one that answers in time is left alone, and leaves no timer", async () => {
  vi.useFakeTimers();
  try {
    const own = appEmbedder();
    for (const embedder of [wrapOwnEmbedder(own), createRemoteEmbedder(own, serveOwnEmbedder(own))])
      expect(await embedder.embed(["a", "b"], "query")).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("its time is a whole number of milliseconds that makes sense", () => {
  for (const timeoutMs of [0, -1, 1.5, Number.NaN, Infinity, "1000", 700_000])
    expect(problemsOfOwnEmbedder({ ...appEmbedder(), timeoutMs })).toEqual([
      "timeoutMs has to be a whole number from 100 to 600000",
    ]);
  expect(problemsOfOwnEmbedder({ ...appEmbedder(), timeoutMs: 100 })).toEqual([]);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryError } from "../domain/errors.ts";
import { createLazyMeaning } from "./lazy-meaning.ts";
import type { Meaning } from "./meaning.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function madeMeaning(): { meaning: Meaning; calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    meaning: {
      find: async () => ({ hits: [] }) as never,
      start: () => void calls.push("start"),
      notice: () => void calls.push("notice"),
      catchUp: () => void calls.push("catchUp"),
      stats: () => ({ state: "ready" }) as never,
      close: async () => void calls.push("close"),
    },
  };
}

test("a chunk that could not be loaded is asked for again, later and later, and it is told", async () => {
  const { meaning, calls } = madeMeaning();
  const told: string[] = [];
  const times: number[] = [];
  const started = Date.now();
  const lazy = createLazyMeaning(
    "own",
    async () => {
      times.push((Date.now() - started) / 1_000);
      if (times.length < 4) throw new TypeError("Failed to fetch dynamically imported module");
      return meaning;
    },
    (error) => told.push((error as MemoryError).code),
  );
  lazy.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(lazy.stats()).toMatchObject({ state: "failed", problem: "engine/load-failed" });
  expect(await lazy.find({} as never)).toBeNull();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(times).toEqual([0, 5, 15, 35]);
  expect(told).toEqual(["engine/load-failed", "engine/load-failed", "engine/load-failed"]);
  expect(calls).toEqual(["start"]);
  expect(lazy.stats()).toMatchObject({ state: "ready" });
  await lazy.close();
  expect(calls).toEqual(["start", "close"]);
});

test("what another try cannot mend is not tried again", async () => {
  let tries = 0;
  const lazy = createLazyMeaning(
    "own",
    async () => {
      tries += 1;
      throw new MemoryError("usage/invalid-input", "Another number of dimensions.");
    },
    () => undefined,
  );
  lazy.start();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(tries).toBe(1);
});

test("a closed one asks no more, and what comes late is closed with it", async () => {
  let tries = 0;
  const lazy = createLazyMeaning(
    "own",
    async () => {
      tries += 1;
      throw new TypeError("offline");
    },
    () => undefined,
  );
  lazy.start();
  await vi.advanceTimersByTimeAsync(0);
  await lazy.close();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(tries).toBe(1);
  expect(vi.getTimerCount()).toBe(0);

  const { meaning, calls } = madeMeaning();
  const late = createLazyMeaning(
    "own",
    () => new Promise((resolve) => setTimeout(resolve, 1_000, meaning)),
    () => undefined,
  );
  late.start();
  const closing = late.close();
  await vi.advanceTimersByTimeAsync(1_000);
  await closing;
  expect(calls).toEqual(["close"]);
});

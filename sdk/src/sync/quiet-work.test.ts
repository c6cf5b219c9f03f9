import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createQuietWork } from "./quiet-work.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("work for quiet times", () => {
  test("begins when it has been quiet for long enough, and rests while it is not", async () => {
    const steps: number[] = [];
    const quiet = createQuietWork({
      afterMs: 1_000,
      random: () => 0.5,
      async work(whenQuiet) {
        for (let n = 0; n < 4; n += 1) {
          await whenQuiet();
          steps.push(n);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      },
    });
    quiet.set(true);
    await vi.advanceTimersByTimeAsync(1_400);
    quiet.set(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(steps).toEqual([]);
    quiet.set(true);
    await vi.advanceTimersByTimeAsync(1_550);
    expect(steps).toEqual([0]);
    quiet.set(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(steps).toEqual([0]);
    quiet.set(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(steps).toEqual([0, 1, 2, 3]);
    await quiet.stop();
  });

  test("ends at once when it is stopped, resting or not, and begins no more", async () => {
    let begun = 0;
    const quiet = createQuietWork({
      afterMs: 10,
      async work(whenQuiet, signal) {
        begun += 1;
        for (;;) {
          await whenQuiet();
          signal.throwIfAborted();
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      },
    });
    quiet.set(true);
    await vi.advanceTimersByTimeAsync(100);
    quiet.set(false);
    await vi.advanceTimersByTimeAsync(100);
    const stopped = quiet.stop();
    await vi.advanceTimersByTimeAsync(20);
    await stopped;
    quiet.set(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toBe(1);
  });

  test("that failed is tried again the next time", async () => {
    let tries = 0;
    const quiet = createQuietWork({
      afterMs: 10,
      work: () => {
        tries += 1;
        return Promise.reject(new Error("no network"));
      },
    });
    for (let round = 0; round < 3; round += 1) {
      quiet.set(true);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(tries).toBe(3);
    await quiet.stop();
  });
});

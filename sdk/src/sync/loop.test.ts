import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryError } from "../domain/errors.ts";
import { startLoop, type SyncLoop } from "./loop.ts";

/** Only the clock and the network are made up; the network is a switch. */
let isAway = false;
let streams = 0;
let told: string[] = [];
let loop: SyncLoop;

beforeEach(() => {
  vi.useFakeTimers();
  isAway = false;
  streams = 0;
  told = [];
  const offline = (): MemoryError => new MemoryError("sync/offline", "Away.", { retryable: true });
  loop = startLoop({
    vaultId: new Uint8Array(32),
    random: () => 1,
    onState: (state) => void told.push(state),
    exclusive: async () => {
      if (isAway) throw offline();
    },
    call: async () => {
      if (isAway) throw offline();
      return { ticket: "once" } as never;
    },
    transport: {
      url: "",
      call: () => Promise.reject(offline()),
      blob: () => Promise.reject(offline()),
      async *live(_, signal) {
        streams += 1;
        await new Promise<void>((resolve) => {
          const watch = setInterval(() => {
            if (isAway || signal.aborted) resolve(clearInterval(watch));
          }, 50);
        });
        yield* [];
      },
    },
  });
});
afterEach(async () => {
  const over = loop.stop();
  await vi.advanceTimersByTimeAsync(100);
  await over;
  vi.useRealTimers();
});

test("who was away for long listens for hints as soon as the network is back", async () => {
  await vi.advanceTimersByTimeAsync(100);
  expect(streams).toBe(1);
  isAway = true;
  await vi.advanceTimersByTimeAsync(120_000);
  isAway = false;
  loop.wake();
  await vi.advanceTimersByTimeAsync(100);
  expect(streams).toBe(2);
});

test("without a word that it is back, the wait between tries stays under a minute", async () => {
  await vi.advanceTimersByTimeAsync(100);
  isAway = true;
  await vi.advanceTimersByTimeAsync(600_000);
  isAway = false;
  await vi.advanceTimersByTimeAsync(33_000);
  expect(streams).toBe(2);
});

test("a change that waits for the network is told at once, as it is counted then", async () => {
  await vi.advanceTimersByTimeAsync(100);
  isAway = true;
  loop.wake();
  await vi.advanceTimersByTimeAsync(400);
  expect(told.at(-1)).toBe("offline");
  const before = told.length;
  loop.changed();
  await vi.advanceTimersByTimeAsync(0);
  expect(told.slice(before)).toEqual(["offline"]);
});

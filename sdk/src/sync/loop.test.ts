import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryError } from "../domain/errors.ts";
import type { SyncEngine } from "./engine-port.ts";
import { startLoop, type SyncLoop } from "./loop.ts";

/** Only the clock and the network are made up; the network is a switch. */
let isAway = false;
/** The server has no room for what this device says. */
let isFull = false;
let streams = 0;
let told: string[] = [];
/** What the loop asked its engine for, and when. */
let asked: { readonly what: string; readonly at: number }[] = [];
let pending = 0;
/** A server that cannot be reached: whether one is asking it, and how long that takes to fail. */
const server = { isAsked: false, refusalMs: 0 };
let hint: (seq: number) => void = () => undefined;
let loop: SyncLoop;

beforeEach(() => {
  vi.useFakeTimers();
  isAway = false;
  isFull = false;
  streams = 0;
  told = [];
  asked = [];
  pending = 0;
  server.isAsked = false;
  server.refusalMs = 0;
  const note = (what: string): void => {
    asked.push({ what, at: Date.now() });
    if (isFull && !what.startsWith("pull")) throw new MemoryError("sync/full", "Full.");
  };
  const engine = {
    now: async () => note("now"),
    send: async () => note("send"),
    pull: async (_: unknown, news?: { readonly seq: number }) => note(`pull to ${news?.seq}`),
    status: async () => ({
      pending,
      lastSyncedAt: null,
      tooLarge: [],
      aside: 0,
      unopened: [],
      copies: 0,
      away: false,
    }),
  } as Partial<SyncEngine> as SyncEngine;
  const offline = (): MemoryError => new MemoryError("sync/offline", "Away.", { retryable: true });
  loop = startLoop({
    vaultId: new Uint8Array(32),
    random: () => 1,
    onState: (state) => void told.push(state),
    exclusive: async (work) => {
      if (isAway) throw offline();
      await work(engine);
    },
    call: async () => {
      if (isAway) {
        server.isAsked = true;
        await new Promise((resolve) => setTimeout(resolve, server.refusalMs));
        server.isAsked = false;
        throw offline();
      }
      return { ticket: "once" } as never;
    },
    transport: {
      url: "",
      call: () => Promise.reject(offline()),
      blob: () => Promise.reject(offline()),
      async *live(_, signal) {
        streams += 1;
        for (let seq: number | null = 0; seq !== null;) {
          seq = await new Promise<number | null>((resolve) => {
            const watch = setInterval(() => {
              if (isAway || signal.aborted) end(null);
            }, 50);
            const end = (heard: number | null): void => {
              clearInterval(watch);
              resolve(heard);
            };
            hint = end;
          });
          if (seq !== null) yield { seq, logLen: 1 };
        }
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

test("the network comes back while the server is still being asked in vain: that is no reason to wait", async () => {
  server.refusalMs = 500;
  await vi.advanceTimersByTimeAsync(100);
  isAway = true;
  await vi.advanceTimersByTimeAsync(120_000);
  while (!server.isAsked) await vi.advanceTimersByTimeAsync(50);
  isAway = false;
  loop.wake();
  await vi.advanceTimersByTimeAsync(1_000);
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

test("an edit is sent within a moment, also right after one that was sent and a hint of it", async () => {
  await vi.advanceTimersByTimeAsync(100);
  for (let edit = 0; edit < 10; edit += 1) {
    const from = asked.length;
    const at = Date.now();
    loop.changed();
    loop.changed();
    await vi.advanceTimersByTimeAsync(30);
    expect(asked.slice(from).map(({ what }) => what)).toEqual(["send"]);
    expect((asked.at(-1)?.at ?? 0) - at).toBeLessThanOrEqual(20);
    hint(edit);
    await vi.advanceTimersByTimeAsync(300);
    expect(asked.at(-1)?.what).toBe(`pull to ${edit}`);
  }
});

test("who edits without a pause stays below 60 pushes a minute, and the last edit goes all the same", async () => {
  await vi.advanceTimersByTimeAsync(100);
  const sent = () => asked.filter(({ what }) => what === "send");
  for (let edit = 0; edit < 6_000; edit += 1) {
    loop.changed();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(sent().length).toBeGreaterThan(450);
  const minute = Date.now() - 60_000;
  expect(sent().filter(({ at }) => at > minute).length).toBeLessThanOrEqual(50);
  expect(sent().length).toBeLessThanOrEqual(20 + 10 * 50);
  const before = Date.now();
  loop.changed();
  await vi.advanceTimersByTimeAsync(1_300);
  expect(sent().at(-1)?.at).toBeGreaterThan(before);
});

test("news of others do not wait behind an edit that waits for its time, and the edit is not lost over them", async () => {
  await vi.advanceTimersByTimeAsync(100);
  for (let edit = 0; edit < 25; edit += 1) {
    loop.changed();
    await vi.advanceTimersByTimeAsync(30);
  }
  pending = 1;
  loop.changed();
  const from = asked.length;
  hint(7);
  await vi.advanceTimersByTimeAsync(10);
  expect(asked.slice(from).map(({ what }) => what)).toEqual(["pull to 7"]);
  await vi.advanceTimersByTimeAsync(1_300);
  expect(asked.slice(from).map(({ what }) => what)).toContain("send");
});

test("a wake-up looks at everything, also while an edit waits for its time", async () => {
  await vi.advanceTimersByTimeAsync(100);
  for (let edit = 0; edit < 25; edit += 1) {
    loop.changed();
    await vi.advanceTimersByTimeAsync(30);
  }
  const from = asked.length;
  loop.wake();
  await vi.advanceTimersByTimeAsync(10);
  expect(asked.slice(from).map(({ what }) => what)).toContain("now");
});

test("a full vault is told, still read, and tried again with every change", async () => {
  isFull = true;
  loop.changed();
  await vi.advanceTimersByTimeAsync(100);
  expect(told.at(-1)).toBe("stopped");
  hint(7);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked.at(-1)?.what).toBe("pull to 7");
  pending = 1;
  hint(8);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked.at(-1)?.what).toBe("send");
  expect(told.at(-1)).toBe("stopped");
  // Something was forgotten.
  isFull = false;
  loop.changed();
  await vi.advanceTimersByTimeAsync(100);
  expect(told.at(-1)).toBe("idle");
});

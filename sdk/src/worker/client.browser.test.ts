import { afterEach, describe, expect, test } from "vitest";
import { createMemory, type Memory } from "../memory.ts";
import type { MemoryOptions } from "../options.ts";
import { brokenWorkers } from "../testing/broken-workers.ts";
import { defaultWorker, spawnWorker } from "./spawn.ts";

const open: Memory[] = [];
const strays: unknown[] = [];
globalThis.addEventListener("unhandledrejection", (event) => strays.push(event.reason));

interface Made {
  readonly memory: Memory;
  readonly errors: string[];
}

const make = (options: MemoryOptions = {}): Made => {
  const memory = createMemory({ vault: `t-${crypto.randomUUID()}`, ...options });
  open.push(memory);
  const errors: string[] = [];
  memory.on("error", (error) => errors.push(error.code));
  return { memory, errors };
};

afterEach(async () => {
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(strays.splice(0)).toEqual([]);
});

describe("starting a worker", () => {
  test("resolves when it says that it is ready, and tells its death by itself", async () => {
    const spawned = await spawnWorker(defaultWorker, 10_000);
    let died = false;
    void spawned.died.then(() => (died = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(died).toBe(false);
    spawned.worker.terminate();
    await expect.poll(() => died).toBe(true);
  });

  test("an end that was asked for is no death", async () => {
    const spawned = await spawnWorker(defaultWorker, 10_000);
    let died = false;
    void spawned.died.then(() => (died = true));
    spawned.end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(died).toBe(false);
  });

  for (const [kind, code] of [
    ["missing", "engine/load-failed"],
    ["throwing", "engine/load-failed"],
    ["forbidden", "engine/load-failed"],
    ["silent", "engine/timeout"],
  ] as const)
    test(`a worker that is ${kind} is refused with ${code}`, async () => {
      await expect(spawnWorker(brokenWorkers[kind], 400)).rejects.toMatchObject({
        name: "MemoryError",
        code,
      });
    });
});

describe("a worker that dies", () => {
  const killable = (): { readonly worker: () => Worker; kill(): void; readonly made: number } => {
    const workers: Worker[] = [];
    return {
      worker() {
        const worker = defaultWorker();
        workers.push(worker);
        return worker;
      },
      kill: () => workers.at(-1)?.terminate(),
      get made() {
        return workers.length;
      },
    };
  };

  test("is told once, and the next call starts another with everything that was acknowledged", async () => {
    const workers = killable();
    const { memory, errors } = make({ worker: workers.worker });
    const [note] = await memory.add({ text: "The lamp burns with whale oil." });
    const running = memory.search("lamp");
    workers.kill();
    // Either it had answered before, or it says why it has not.
    await running.then(
      (hits) => expect(hits[0]?.id).toBe(note!.id),
      (error: unknown) => expect(error).toMatchObject({ code: "engine/crashed", retryable: true }),
    );
    await expect.poll(() => errors).toEqual(["engine/crashed"]);
    expect((await memory.search("lamp"))[0]?.id).toBe(note!.id);
    expect((await memory.stats()).host).toBe("worker");
    expect(workers.made).toBe(2);
    expect(errors).toEqual(["engine/crashed"]);
  });

  test("three times within a minute gives way to the page's own thread", async () => {
    const workers = killable();
    const { memory, errors } = make({ worker: workers.worker });
    await memory.add({ text: "The lamp burns with whale oil." });
    for (let crash = 1; crash <= 3; crash += 1) {
      workers.kill();
      await expect.poll(() => errors.length).toBe(crash);
      expect((await memory.search("lamp"))[0]?.text).toContain("whale oil");
    }
    expect((await memory.stats()).host).toBe("page");
    expect(workers.made).toBe(3);
  });

  test("while it closes leaves nothing waiting", async () => {
    const workers = killable();
    const { memory } = make({ worker: workers.worker });
    await memory.add({ text: "One." });
    const closing = memory.close();
    workers.kill();
    await closing.catch((error: unknown) =>
      expect(error).toMatchObject({ code: "engine/crashed" }),
    );
    await expect(memory.list()).rejects.toMatchObject({ code: "usage/closed" });
  });
});

for (const place of ["worker", "page"] as const)
  describe(`the host in the ${place}`, () => {
    const start = (options: MemoryOptions = {}): Made =>
      make(place === "page" ? { worker: brokenWorkers.forbidden, ...options } : options);

    test("stores, recalls, edits, forgets, exports and imports", async () => {
      const { memory, errors } = start();
      await memory.ingest([{ role: "user", content: "My sister Ingrid restores church organs." }], {
        scope: { thread: "t" },
      });
      expect((await memory.stats()).host).toBe(place);
      expect(errors).toEqual(place === "page" ? ["engine/load-failed"] : []);
      expect((await memory.prepare("What does Ingrid restore?")).text).toContain("church organs");
      const [record] = (await memory.list()).records;
      await memory.update(record!.id, { text: "My sister Ingrid restores harpsichords." });
      expect(await memory.history(record!.id)).toHaveLength(2);
      const copy = start().memory;
      const progress: number[] = [];
      const file = await memory.export();
      expect(
        await copy.import(file, { trusted: true, onProgress: ({ bytes }) => progress.push(bytes) }),
      ).toMatchObject({ imported: 1 });
      expect(progress.at(-1)).toBe(file.size);
      expect((await memory.forget({ ids: [record!.id] })).forgotten).toEqual([record!.id]);
      expect((await memory.list()).records).toEqual([]);
      expect((await copy.search("harpsichords"))[0]?.id).toBe(record!.id);
    });

    test("keeps the codes and details of errors", async () => {
      const { memory } = start();
      await expect(memory.history("nobody")).rejects.toMatchObject({
        name: "MemoryError",
        code: "usage/not-found",
        retryable: false,
        details: { id: "nobody" },
      });
      await expect(memory.update("nobody", { pinned: true })).rejects.toBeInstanceOf(Error);
    });

    test("goes by the app's clock for times, expiry and days", async () => {
      let now = Date.UTC(2031, 4, 6, 12);
      const { memory } = start({ now: () => now });
      const [note] = await memory.add({
        text: "The code of the day is 4711.",
        expiresAt: now + 60_000,
      });
      expect(Math.abs(note!.createdAt - now)).toBeLessThan(5_000);
      expect(await memory.get(note!.id)).not.toBeNull();
      await memory.ingest([{ role: "user", content: "We sailed to the lighthouse on Sunday." }]);
      expect((await memory.prepare("Where did we sail to?")).text).toContain("2031");
      now += 120_000;
      expect(await memory.get(note!.id)).toBeNull();
      expect((await memory.search("code of the day")).map(({ id }) => id)).not.toContain(note!.id);
      expect((await memory.list()).records).toHaveLength(1);
    });

    test("counts with the app's own tokenizer and stays within its budget", async () => {
      const asked: string[] = [];
      const { memory } = start({
        countTokens(text) {
          asked.push(text);
          return text.length;
        },
      });
      await memory.ingest(
        Array.from({ length: 12 }, (_, i) => ({
          role: "user" as const,
          content: `Ship ${i} carried copper to the harbour.`,
        })),
      );
      const recall = await memory.prepare("Which ship carried copper to the harbour?", {
        budgetTokens: 400,
      });
      expect(recall.tokens).toBe(recall.profile.length + recall.recall.length);
      expect(recall.tokens).toBeGreaterThan(100);
      expect(recall.tokens).toBeLessThanOrEqual(400);
      expect(asked).toContain(recall.recall);
    });

    test("stops an import between two steps when the caller aborts", async () => {
      const { memory } = start();
      const lines = Array.from({ length: 5_000 }, (_, i) =>
        JSON.stringify({ content: `Line ${i} of a log.` }),
      ).join("\n");
      const stop = new AbortController();
      const reason = new Error("enough");
      await expect(
        memory.import(lines, { signal: stop.signal, onProgress: () => stop.abort(reason) }),
      ).rejects.toBe(reason);
      expect((await memory.stats()).records).toBeLessThan(5_000);
    });
  });

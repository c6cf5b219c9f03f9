import OpenAI from "openai";
import { afterEach, describe, expect, inject, test } from "vitest";
import { createMemory, type Memory } from "../src/memory.ts";
import type { MemoryOptions } from "../src/options.ts";
import { brokenDatabases, brokenWorkers, workerAfter } from "../src/testing/broken-workers.ts";
import { openSession, type ScriptedSession } from "../src/testing/scripted-session.ts";
import { deleteVault, listVaults } from "../src/vault/catalog.ts";
import { defaultWorker } from "../src/worker/spawn.ts";

const open: Memory[] = [];
const strays: unknown[] = [];
globalThis.addEventListener("unhandledrejection", (event) => strays.push(event.reason));

interface App {
  readonly memory: Memory;
  readonly session: ScriptedSession;
  readonly openai: OpenAI;
  /** Codes of `error` events, and reasons with the codes of `skipped` events. */
  readonly errors: string[];
  readonly skipped: string[];
  /** One call of the real client; fails unless the answer is whole and the request came as the app made it, or with memory. */
  ask(
    text: string,
    extra?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly ms: number; readonly body: string }>;
}

const ANSWER = "A scripted answer.";

const start = (options: MemoryOptions = {}): App => {
  const memory = createMemory({
    vault: `t-${crypto.randomUUID()}`,
    ...options,
    // What is recalled is other tests' matter: whatever holds a word of the question may come.
    recall: { minScore: 0.05, ...options.recall },
  });
  open.push(memory);
  const session = openSession(inject("scriptedProvider"));
  const openai = new OpenAI({
    apiKey: "sk-test",
    baseURL: session.baseURL,
    dangerouslyAllowBrowser: true,
    maxRetries: 0,
    fetch: memory.fetch,
  });
  const errors: string[] = [];
  const skipped: string[] = [];
  memory.on("error", (error) => errors.push(error.code));
  memory.on("skipped", ({ reason, error }) =>
    skipped.push(`${reason} ${error?.code ?? ""}`.trim()),
  );
  return {
    memory,
    session,
    openai,
    errors,
    skipped,
    async ask(text) {
      const started = performance.now();
      const answer = await openai.chat.completions.create({
        model: "test",
        messages: [{ role: "user", content: text }],
      });
      const ms = performance.now() - started;
      expect(answer.choices[0]?.message.content).toBe(ANSWER);
      const sent = (await session.requests()).at(-1)!;
      expect(JSON.stringify(sent.headers)).not.toContain("x-alcove");
      expect(sent.body).toContain(JSON.stringify(text).slice(1, -1));
      return { ms, body: sent.body };
    },
  };
};

const captured = (memory: Memory): Promise<void> =>
  new Promise((resolve) => {
    const stop = memory.on("captured", () => resolve(stop()));
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

afterEach(async () => {
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
  await pause(20);
  expect(strays.splice(0)).toEqual([]);
});

describe("the worker", () => {
  for (const kind of ["missing", "throwing", "forbidden"] as const)
    test(`is ${kind}: the page's own thread takes over, and says so`, async () => {
      const app = start({ worker: brokenWorkers[kind] });
      const stored = captured(app.memory);
      const { ms } = await app.ask("My rowing boat is called Petrel.");
      expect(ms).toBeLessThan(2_500);
      await stored;
      expect(app.errors).toEqual(["engine/load-failed"]);
      expect((await app.memory.stats()).host).toBe("page");
      expect((await app.ask("What is my rowing boat called, again?")).body).toContain("Petrel");
    });

  test("never says that it is ready: calls go on after their deadline, and what they said is stored later", async () => {
    const app = start({ worker: brokenWorkers.silent, recall: { coldDeadlineMs: 150 } });
    const stored = captured(app.memory);
    expect((await app.ask("My rowing boat is called Petrel.")).ms).toBeLessThan(1_500);
    expect(app.skipped).toEqual(["deadline recall/deadline"]);
    await stored;
    expect(app.errors).toEqual(["engine/timeout"]);
    expect((await app.ask("What is my rowing boat called, again?")).body).toContain("Petrel");
  }, 30_000);

  test("is killed while a call is planned: the call goes on at once, the next one has its memory", async () => {
    const workers: Worker[] = [];
    const app = start({
      worker() {
        const worker = defaultWorker();
        workers.push(worker);
        return worker;
      },
    });
    await app.memory.add({ text: "The rowing boat is called Petrel." });
    const asking = app.ask("What is the rowing boat called?");
    workers[0]!.terminate();
    expect((await asking).ms).toBeLessThan(1_500);
    await expect.poll(() => app.errors).toContain("engine/crashed");
    expect((await app.ask("What is the rowing boat called, please?")).body).toContain("Petrel");
    expect(workers).toHaveLength(2);
  });

  test("is killed while an answer runs: the answer is whole, what was stored stays, and the next call is kept", async () => {
    const workers: Worker[] = [];
    const app = start({
      worker() {
        const worker = defaultWorker();
        workers.push(worker);
        return worker;
      },
    });
    await app.memory.ready();
    await app.session.script({ text: ANSWER, delayMs: 2_500 }, {});
    const asking = app.ask("My rowing boat is called Petrel.");
    await expect.poll(async () => (await app.memory.list()).records.length).toBe(1);
    workers[0]!.terminate();
    await asking;
    await expect.poll(() => app.errors).toContain("capture/failed");
    expect((await app.memory.list()).records.map(({ text }) => text)).toEqual([
      "My rowing boat is called Petrel.",
    ]);
    const stored = captured(app.memory);
    expect((await app.ask("What is my rowing boat called, again?")).body).toContain("Petrel");
    await stored;
    expect((await app.memory.list()).records).toHaveLength(3);
  });
});

describe("IndexedDB", () => {
  for (const name of [
    "is denied when it is opened",
    "is denied when it is looked at",
    "fails to open, as in a private window",
    "is not there",
  ] as const)
    test(`${name}: calls go on, and everything else says vault/unavailable`, async () => {
      const app = start({ worker: () => workerAfter(brokenDatabases[name]) });
      expect((await app.ask("My rowing boat is called Petrel.")).ms).toBeLessThan(2_500);
      await expect.poll(() => app.skipped).toEqual(["unavailable vault/unavailable"]);
      await expect(app.memory.ready()).rejects.toMatchObject({ code: "vault/unavailable" });
      await expect(app.memory.list()).rejects.toMatchObject({ code: "vault/unavailable" });
      await expect(app.memory.prepare("x")).rejects.toMatchObject({ code: "vault/unavailable" });
      expect(app.errors).toContain("vault/unavailable");
      await app.ask("And again.");
    });

  test("never answers: calls wait for their deadline and no longer", async () => {
    const app = start({
      worker: () => workerAfter(brokenDatabases["never answers"]),
      recall: { coldDeadlineMs: 150 },
    });
    for (const text of ["One.", "Two."]) expect((await app.ask(text)).ms).toBeLessThan(1_500);
    expect(app.skipped).toEqual(["deadline recall/deadline", "deadline recall/deadline"]);
    const started = performance.now();
    const listing = app.memory.list();
    listing.catch(() => undefined);
    await app.memory.close();
    expect(performance.now() - started).toBeLessThan(8_000);
    await expect(listing).rejects.toMatchObject({ code: "usage/closed" });
  }, 30_000);

  test("may not be looked at in the page: making the memory and calling through it works", async () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, "indexedDB")!;
    Object.defineProperty(globalThis, "indexedDB", {
      configurable: true,
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
    try {
      const app = start();
      await app.ask("My rowing boat is called Petrel.");
      await expect(app.memory.list()).rejects.toMatchObject({ code: "vault/unavailable" });
    } finally {
      Object.defineProperty(globalThis, "indexedDB", own);
    }
  });

  for (const [name, remove] of [
    ["deleteVault()", (vault: string) => deleteVault(vault)],
    ["the page's own hands", (vault: string) => void indexedDB.deleteDatabase(`alcove:${vault}`)],
  ] as const)
    test(`loses the vault by ${name} while it is open: calls go on, it is told, and the vault does not come back by itself`, async () => {
      const vault = `t-${crypto.randomUUID()}`;
      const app = start({ vault });
      await app.memory.add({ text: "The rowing boat is called Petrel." });
      await remove(vault);
      await expect.poll(() => app.errors).toContain("vault/closed");
      expect((await app.ask("What is the rowing boat called?")).body).not.toContain("Petrel");
      expect(app.skipped).toEqual(["error vault/closed"]);
      await expect(app.memory.list()).rejects.toMatchObject({ code: "vault/closed" });
      expect((await listVaults()).map((found) => found.name)).not.toContain(vault);
      const again = start({ vault });
      await again.memory.add({ text: "A new beginning." });
      expect((await again.memory.list()).records).toHaveLength(1);
    });

  test("is full: the answer streams on, it is told by code, and it works again when there is room", async () => {
    // A storage bucket has a bound that the browser really holds, and that is nobody else's.
    const bucket = `b-${crypto.randomUUID()}`;
    const code = `const bucket = await navigator.storageBuckets.open("${bucket}", { quota: 3_000_000 }); Object.defineProperty(self, "indexedDB", { value: bucket.indexedDB })`;
    const app = start({ worker: () => workerAfter(code), recall: { deadlineMs: 3_000 } });
    await app.memory.add({ text: "The rowing boat is called Petrel." });
    const ballast = await openBallast(bucket);
    await ballast.fill();
    await expect(
      app.memory.add({ text: "Stones.", metadata: { stones: noise(400_000) } }),
    ).rejects.toMatchObject({ code: "vault/quota", retryable: true });

    await app.session.script({ text: ANSWER, chunkDelayMs: 2 });
    const stream = await app.openai.chat.completions.create({
      model: "test",
      stream: true,
      messages: [{ role: "user", content: `What is the rowing boat called? ${noise(200_000)}` }],
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe(ANSWER);
    await expect.poll(() => app.errors).toContain("vault/quota");
    expect(new Set(app.errors)).toEqual(new Set(["vault/quota"]));

    await ballast.remove();
    await app.session.script({});
    await expect
      .poll(
        async () => {
          await app.ask(`What is the rowing boat called now? ${crypto.randomUUID()}`);
          return (await app.memory.list({ text: "called now" })).records.length;
        },
        { timeout: 10_000, interval: 500 },
      )
      .toBeGreaterThan(0);
    expect((await app.memory.list({ text: "Petrel" })).records).toHaveLength(1);
    await app.memory.destroy();
    await storageBuckets().delete(bucket);
  }, 60_000);
});

/** Text that no compression makes smaller. */
function noise(length: number): string {
  let text = "";
  while (text.length < length) text += Math.random().toString(36).slice(2);
  return text;
}

interface Bucket {
  readonly indexedDB: IDBFactory;
}

function storageBuckets(): {
  open(name: string): Promise<Bucket>;
  delete(name: string): Promise<void>;
} {
  return (navigator as unknown as { readonly storageBuckets: ReturnType<typeof storageBuckets> })
    .storageBuckets;
}

/** Another database of the same bucket, which takes all the room. */
async function openBallast(
  bucket: string,
): Promise<{ fill(): Promise<void>; remove(): Promise<void> }> {
  const factory = (await storageBuckets().open(bucket)).indexedDB;
  const opening = factory.open("ballast");
  opening.onupgradeneeded = () =>
    opening.result.createObjectStore("stones", { autoIncrement: true });
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const put = (size: number): Promise<boolean> =>
    new Promise((resolve) => {
      const transaction = opening.result.transaction("stones", "readwrite");
      transaction.objectStore("stones").add(noise(size));
      transaction.oncomplete = () => resolve(true);
      transaction.onabort = () => resolve(false);
    });
  return {
    async fill() {
      for (let size = 400_000; size > 500; size = Math.floor(size / 2)) while (await put(size));
    },
    async remove() {
      opening.result.close();
      const request = factory.deleteDatabase("ballast");
      await new Promise((resolve) => (request.onsuccess = resolve));
    },
  };
}

describe("a call", () => {
  test("with a body of 50 MB reaches the network as soon as without memory, untouched, and is told", async () => {
    const app = start();
    await app.memory.ready();
    const real = globalThis.fetch;
    let entered = 0;
    let left = 0;
    let answered = 0;
    const bodies: unknown[] = [];
    globalThis.fetch = async (input, init) => {
      left = performance.now();
      bodies.push(init?.body);
      const response = await real(input, init);
      answered = performance.now();
      return response;
    };
    try {
      const client = app.openai.withOptions({
        fetch: (input, init) => {
          entered = performance.now();
          bodies.push(init?.body);
          return app.memory.fetch(input, init);
        },
      });
      const messages = [{ role: "user" as const, content: "x".repeat(50 * 1024 * 1024) }];
      const answer = await client.chat.completions.create({ model: "test", messages });
      expect(performance.now() - answered).toBeLessThan(250);
      expect(left - entered).toBeLessThan(250);
      expect(answer.choices[0]?.message.content).toBe(ANSWER);
      expect(bodies[1]).toBe(bodies[0]);
    } finally {
      globalThis.fetch = real;
    }
    expect(app.skipped).toEqual(["too-large"]);
    expect((await app.memory.list()).records).toEqual([]);
  }, 60_000);

  test("that streams while the memory closes gets all of its answer; what was heard is stored as it was", async () => {
    const vault = `t-${crypto.randomUUID()}`;
    const app = start({ vault });
    await app.memory.ready();
    await app.session.script({ text: "word ".repeat(60), chunkDelayMs: 4 });
    const stream = await app.openai.chat.completions.create({
      model: "test",
      stream: true,
      messages: [{ role: "user", content: "Talk to me." }],
    });
    let text = "";
    let closing: Promise<void> | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      if (text.length > 40) closing ??= app.memory.close();
    }
    expect(text).toBe("word ".repeat(60));
    await closing;
    const { records } = await start({ vault }).memory.list();
    expect(records.map(({ role }) => role)).toEqual(["assistant", "user"]);
    expect(records[0]!.text.startsWith("word word")).toBe(true);
    expect(records[0]!.text.length).toBeLessThan(300);
  });

  test("that was aborted before it began sends nothing, stores nothing, and rejects with the client's own error", async () => {
    const app = start();
    const stop = new AbortController();
    stop.abort();
    await expect(
      app.openai.chat.completions.create(
        { model: "test", messages: [{ role: "user", content: "Never mind." }] },
        { signal: stop.signal },
      ),
    ).rejects.toThrow(OpenAI.APIUserAbortError);
    expect(await app.session.requests()).toEqual([]);
    expect((await app.memory.list()).records).toEqual([]);
    expect(app.errors).toEqual([]);
  });
});

describe("several memories", () => {
  test("at once on two vaults and many calls keep to themselves", async () => {
    const apps = [
      start({ recall: { deadlineMs: 5_000 } }),
      start({ recall: { deadlineMs: 5_000 } }),
    ];
    const words = ["Petrel", "Gannet"];
    await Promise.all(
      apps.map((app, i) => app.memory.add({ text: `The rowing boat is called ${words[i]!}.` })),
    );
    const bodies = await Promise.all(
      apps.flatMap((app) =>
        Array.from({ length: 6 }, (_, n) =>
          app.openai.chat.completions
            .create({
              model: "test",
              messages: [{ role: "user", content: `What is the rowing boat called? (${n})` }],
            })
            .then(() => app),
        ),
      ),
    );
    expect(bodies).toHaveLength(12);
    expect(apps.map((app) => [app.skipped, app.errors])).toEqual([
      [[], []],
      [[], []],
    ]);
    for (const [i, app] of apps.entries()) {
      const requests = await app.session.requests();
      expect(requests).toHaveLength(6);
      for (const { body } of requests) {
        expect(body).toContain(words[i]!);
        expect(body).not.toContain(words[1 - i]!);
      }
      await expect
        .poll(async () => (await app.memory.list({}, { limit: 100 })).records.length)
        .toBe(13);
    }
  });

  test("mounted and unmounted in haste lose nothing and leave no stray error", async () => {
    const vault = `t-${crypto.randomUUID()}`;
    for (let mount = 0; mount < 5; mount += 1) {
      const app = start({ vault });
      if (mount % 2 === 0) await app.ask(`Mount ${mount} saw a heron.`);
      void app.memory.close();
    }
    const last = start({ vault });
    await last.ask("The last mount saw an otter.");
    await expect
      .poll(async () =>
        (await last.memory.list({ text: "saw" })).records.map(({ text }) => text).toSorted(),
      )
      .toEqual([
        "Mount 0 saw a heron.",
        "Mount 2 saw a heron.",
        "Mount 4 saw a heron.",
        "The last mount saw an otter.",
      ]);
    expect(last.errors).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { callDialect, type DialectUnderTest } from "./dialect-calls.fixture.ts";
import { createMemory } from "../memory.ts";
import { deleteVault } from "../vault/catalog.ts";
import type { MemoryOptions } from "../options.ts";
import { brokenDatabases, brokenWorkers, workerAfter } from "../testing/broken-workers.ts";
import { defaultWorker } from "../worker/spawn.ts";
import { createMemoryFetch } from "../intercept/memory-fetch.ts";
import { intercept } from "../intercept.ts";
import { type GatewayStage, messagesOf, providersAt, stage } from "./gateway.fixture.ts";

/** What holds for every dialect: whatever goes wrong, the provider gets the call, and the gateway gets nothing. */
export function gatewayFaults(dialect: DialectUnderTest): void {
  const ANSWER = "A scripted answer.";
  const ok = async (response: Response): Promise<void> => {
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(ANSWER);
  };
  const bareCall = async ({ provider }: GatewayStage): Promise<void> => {
    const requests = await provider.requests();
    const last = requests.at(-1);
    expect(messagesOf(last)).toEqual([{ role: "user", content: "Where is my boat?" }]);
  };

  describe(`${dialect.name}: whatever goes wrong, the provider gets the call and the gateway nothing`, () => {
    const faults: readonly (readonly [string, MemoryOptions])[] = [
      ["the worker's script is missing", { worker: brokenWorkers.missing }],
      ["the worker's script throws", { worker: brokenWorkers.throwing }],
      ["the worker never answers", { worker: brokenWorkers.silent }],
      ["the page may have no worker", { worker: brokenWorkers.forbidden }],
      ["recall takes too long", { recall: { deadlineMs: 0, coldDeadlineMs: 0 } }],
      [
        "the token counter throws",
        {
          countTokens: () => {
            throw new Error("broken");
          },
        },
      ],
      [
        "the clock throws",
        {
          now: () => {
            throw new Error("broken");
          },
        },
      ],
    ];
    it.each(faults)("%s", async (_name, options) => {
      const on = await stage(options);
      await ok(await callDialect(dialect, on.memory.fetch, "Where is my boat?"));
      await bareCall(on);
    });

    it.each(Object.entries(brokenDatabases))("IndexedDB %s", async (_name, code) => {
      const on = await stage({ worker: () => workerAfter(code), recall: { coldDeadlineMs: 600 } });
      await ok(await callDialect(dialect, on.memory.fetch, "Where is my boat?"));
      await bareCall(on);
    });

    it("the worker is killed while the call is planned, and while its answer runs", async () => {
      const workers: Worker[] = [];
      const on = await stage({
        worker() {
          const worker = defaultWorker();
          workers.push(worker);
          return worker;
        },
      });
      await on.memory.ready();
      const planned = callDialect(dialect, on.memory.fetch, "Where is my boat?");
      workers[0]!.terminate();
      await ok(await planned);
      await on.memory.stats();
      await on.provider.script({ text: ANSWER, delayMs: 1_000 });
      const answering = callDialect(dialect, on.memory.fetch, "Where is my other boat?");
      await on.provider.until((requests) => requests.length === 2);
      workers[1]!.terminate();
      await ok(await answering);
    });

    it("the vault is deleted while it is open", async () => {
      const on = await stage();
      await on.memory.add({ text: "The boat lies in harbour nine." });
      const lost = new Promise((resolve) => on.memory.on("error", resolve));
      await deleteVault(on.vault);
      await lost;
      await ok(await callDialect(dialect, on.memory.fetch, "Where is my boat?"));
      await bareCall(on);
    });

    it("memory was closed", async () => {
      const on = await stage();
      await on.memory.close();
      await ok(await callDialect(dialect, on.memory.fetch, "Where is my boat?"));
      await bareCall(on);
    });

    it("the vault was destroyed", async () => {
      const on = await stage();
      await on.memory.destroy();
      await ok(await callDialect(dialect, on.memory.fetch, "Where is my boat?"));
      await bareCall(on);
    });

    it("the vault fails in every call", async () => {
      const on = await stage();
      const broken = (): Promise<never> => Promise.reject(new Error("the vault broke"));
      const path = createMemoryFetch({
        host: () => ({ plan: broken, begin: broken, settle: broken, refuse: broken, drop: broken }),
        isReady: () => true,
        realFetch: () => globalThis.fetch,
        now: Date.now,
        randomId: () => crypto.randomUUID(),
        emit: () => undefined,
        traces: {
          put: () => undefined,
          update: () => undefined,
          bind: () => undefined,
          trace: () => null,
          forget: () => undefined,
        },
        onForgotten: () => () => undefined,
        gateway: { providers: providersAt(on.provider) },
        gatewayHost: {
          vault: () => {
            throw new Error("the vault broke");
          },
          threads: broken,
          observe: broken,
          claims: { take: broken, isOwner: broken, release: broken },
        },
      });
      const fetch = path.withSettings({
        mode: "on",
        capture: "auto",
        scope: {},
        hosts: {},
        recall: {
          budgetTokens: 1000,
          deadlineMs: 500,
          coldDeadlineMs: 500,
          strategy: "full",
          placement: "split",
        },
      });
      await ok(await callDialect(dialect, fetch, "Where is my boat?"));
      await bareCall(on);
    });

    it("the page has no storage at all", async () => {
      const on = await stage();
      const response = await withoutStorage(
        (fetch) => callDialect(dialect, fetch, "Where is my boat?"),
        {
          providers: providersAt(on.provider),
        },
      );
      await ok(response);
      await bareCall(on);
    });

    it("memory is off, by the option", async () => {
      const on = await stage({ mode: "off" });
      await ok(await callDialect(dialect, on.memory.fetch, "Where is my boat?"));
      await bareCall(on);
    });

    it("the provider is denied memory by the option hosts", async () => {
      const on = await stage({ hosts: { deny: ["127.0.0.1", "localhost"] } });
      await ok(await callDialect(dialect, on.memory.fetch, "Where is my boat?"));
      expect((await on.memory.stats()).records).toBe(0);
    });

    it("the provider redirects to the gateway", async () => {
      const on = await stage();
      await on.provider.script({
        status: 307,
        redirectTo: "https://api.memoryrouter.ai/v1/chat/completions",
      });
      const response = await callDialect(dialect, on.memory.fetch, "Where is my boat?");
      expect(response.status).toBe(502);
      expect(await response.text()).toContain("providers");
      expect(await on.requests()).toHaveLength(1);
    });

    it("the provider refuses: its answer passes as it is", async () => {
      const on = await stage();
      const error = { error: { message: "slow down", type: "rate", code: 42 } };
      await on.provider.script({ status: 429, error, headers: { "retry-after": "7" } });
      const response = await callDialect(dialect, on.memory.fetch, "Where is my boat?");
      expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
      expect(await response.json()).toEqual(error);
    });

    it("the provider's line breaks", async () => {
      const on = await stage();
      await on.provider.script({ drop: "headers" });
      await expect(callDialect(dialect, on.memory.fetch, "Where is my boat?")).rejects.toThrow(
        TypeError,
      );
    });

    it("the app stops waiting", async () => {
      const on = await stage();
      await on.provider.script({ hang: "headers" });
      const stop = new AbortController();
      const call = callDialect(dialect, on.memory.fetch, "Where is my boat?", {
        signal: stop.signal,
      });
      await on.provider.until((requests) => requests.length === 1);
      stop.abort(new Error("enough"));
      await expect(call).rejects.toThrow();
      await on.provider.until((requests) => requests[0]?.aborted === true);
    });

    it("the app had stopped before", async () => {
      const on = await stage();
      const call = callDialect(dialect, on.memory.fetch, "x", { signal: AbortSignal.abort() });
      await expect(call).rejects.toThrow();
      expect(await on.requests()).toEqual([]);
    });

    it("the dialect is left out: it says so itself", async () => {
      const on = await stage({ dialects: [] });
      const response = await callDialect(dialect, on.memory.fetch, "Where is my boat?");
      expect(response.status).toBe(403);
      expect(await response.text()).toContain("dialects");
      expect(await on.requests()).toEqual([]);
    });

    it("`intercept()` catches calls to the gateway too", async () => {
      const on = await stage();
      const undo = intercept(on.memory);
      try {
        await ok(await callDialect(dialect, globalThis.fetch, "Where is my boat?"));
      } finally {
        undo();
      }
      await bareCall(on);
    });

    if (dialect.namesProvider !== true)
      it("no key of the provider is known: the dialect says so, and names the option", async () => {
        const on = await stage({ providers: {} });
        const response = await callDialect(dialect, on.memory.fetch, "Where is my boat?");
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
        expect(await response.text()).toContain("providers");
      });

    it("a provider's base URL that is a gateway's is refused", async () => {
      const on = await stage({
        providers: {
          openai: { apiKey: "sk-x", baseURL: "https://api.memoryrouter.ai/v1" },
          minimax: { apiKey: "sk-x", baseURL: "https://api.memoryrouter.ai/v1" },
        },
      });
      const response = await callDialect(dialect, on.memory.fetch, "Where is my boat?");
      expect([400, 404]).toContain(response.status);
      expect(await response.text()).toContain("gateway");
    });

    it("a `Request`, a `URL`, bytes and streams are read as a string is", async () => {
      const on = await stage();
      const forms: readonly ((url: string, init: RequestInit) => Parameters<typeof fetch>)[] = [
        (url, init) => [new Request(url, init)],
        (url, init) => [new Request(url, streamed(init))],
        (url, init) => [url, streamed(init)],
        (url, init) => [new URL(url), { ...init, body: new Blob([init.body as string]) }],
        (url, init) => [url, { ...init, body: new TextEncoder().encode(init.body as string) }],
      ];
      for (const form of forms) {
        const through: typeof fetch = (url, init) =>
          on.memory.fetch(...form(url as string, init ?? {}));
        await ok(await callDialect(dialect, through, "Where is my boat?"));
      }
      const bodies = (await on.requests()).map(({ json }) => json as { readonly model: string });
      expect(bodies).toHaveLength(5);
      expect(new Set(bodies.map(({ model }) => model)).size).toBe(1);
    });

    it("a reader that stops in the middle of a stream stops the provider", async () => {
      const on = await stage();
      await on.provider.script({ text: "one two three four five six", hang: "body" });
      const response = await callDialect(dialect, on.memory.fetch, "Count", { stream: true });
      const reader = response.body!.getReader();
      await reader.read();
      await reader.cancel();
      await on.provider.until((requests) => requests[0]?.aborted === true);
    });

    it("a stream's bytes are the provider's, however they are cut", async () => {
      const on = await stage();
      await on.provider.script({ text: "Grüße 🦦", chunkBytes: 3, newline: "\r\n" });
      const bytes = await (
        await callDialect(dialect, on.memory.fetch, "Hi", { stream: true })
      ).bytes();
      const bare = await globalThis.fetch(`${on.provider.baseURL}/chat/completions`, {
        method: "POST",
        body: '{"stream":true}',
      });
      const plain = (text: string): string => text.replaceAll(/chatcmpl-\d+/g, "id");
      expect(plain(new TextDecoder().decode(bytes))).toBe(plain(await bare.text()));
    });

    it("5 MB of prompt, 2,000 messages, images, unknown roles and fields pass unharmed", async () => {
      // What is stored of it is another matter, and takes longer than all the rest.
      const on = await stage({ capture: "off" });
      const messages = [
        { role: "system", content: "Be brief." },
        ...Array.from({ length: 2_000 }, (_, at) => ({
          role: at % 2 === 0 ? "user" : "assistant",
          content: `${at} ${"lorem ipsum ".repeat(200)}`,
        })),
        { role: "critic", content: "hm", mood: { grim: true } },
        {
          role: "user",
          content: [
            { type: "text", text: "And this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
            { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
          ],
        },
      ];
      await ok(await callDialect(dialect, on.memory.fetch, "", { messages }));
      const sent = messagesOf((await on.requests())[0]);
      expect(JSON.stringify(messages).length).toBeGreaterThan(4_500_000);
      expect(sent.slice(0, -1)).toEqual(messages.slice(0, -1));
      const parts = sent.at(-1)?.content as readonly unknown[];
      expect(parts.slice(-3)).toEqual(messages.at(-1)?.content);
    });
  });
}

/** The same body as a stream, cut in two. */
function streamed(init: RequestInit): RequestInit {
  const bytes = new TextEncoder().encode(init.body as string);
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.slice(0, 10));
      controller.enqueue(bytes.slice(10));
      controller.close();
    },
  });
  return { ...init, body, duplex: "half" } as RequestInit;
}

/** A page that has no storage at all, as a server has none: calls go on to the provider. */
async function withoutStorage<T>(
  work: (fetch: typeof globalThis.fetch) => Promise<T>,
  options: MemoryOptions,
): Promise<T> {
  const kept = Object.getOwnPropertyDescriptor(globalThis, "indexedDB");
  Object.defineProperty(globalThis, "indexedDB", { value: undefined, configurable: true });
  try {
    return await work(createMemory(options).fetch);
  } finally {
    if (kept) Object.defineProperty(globalThis, "indexedDB", kept);
    else Reflect.deleteProperty(globalThis, "indexedDB");
  }
}

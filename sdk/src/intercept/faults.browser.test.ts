import { afterEach, describe, expect, inject, it } from "vitest";
import {
  createFetchHarness,
  type FetchHarness,
  type FetchHarnessOptions,
} from "../testing/fetch-harness.ts";
import { MemoryError } from "../domain/errors.ts";
import { openSession, type ScriptedSession } from "../testing/scripted-session.ts";

const session = (): ScriptedSession => openSession(inject("scriptedProvider"));
const never = (): Promise<never> => new Promise(() => undefined);

const harnesses: FetchHarness[] = [];
const strays: unknown[] = [];
const onStray = (event: PromiseRejectionEvent): void => void strays.push(event.reason);
globalThis.addEventListener("unhandledrejection", onStray);

function harness(options: FetchHarnessOptions = {}): FetchHarness {
  const made = createFetchHarness({
    profile: "[profile]",
    recall: (request) => `[recalled ${request.fenceId}]`,
    ...options,
  });
  harnesses.push(made);
  return made;
}
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 0));
  harnesses.length = 0;
  expect(strays.splice(0)).toEqual([]);
});

const BODY = JSON.stringify({ model: "gpt-x", messages: [{ role: "user", content: "Hello" }] });
const post = (body: BodyInit, init: RequestInit = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", "x-alcove-user": "ada" },
  body,
  ...init,
});

describe("memory at fault", () => {
  it("adds no more than its deadline when the host hangs, and says so", async () => {
    const provider = session();
    const memory = harness({ beforePlan: never, settings: { recall: { deadlineMs: 60 } } });
    const started = performance.now();
    const response = await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY));
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(response.headers.get("x-alcove-skipped")).toBe("deadline");
    expect(await response.text()).toContain("A scripted answer.");
    expect((await provider.requests())[0]?.body).toBe(BODY);
    expect(memory.told("skipped")[0]).toMatchObject({
      reason: "deadline",
      error: { code: "recall/deadline", retryable: true },
    });
    expect(memory.traces.trace(response)).toMatchObject({
      skipped: "deadline",
      problem: { code: "recall/deadline" },
      request: null,
    });
    expect(memory.host.log).toEqual(["plan recall capture", "begin", "settle answer"]);
  });

  it("waits longer only while the vault opens", async () => {
    const provider = session();
    const opening = new Promise((resolve) => setTimeout(resolve, 150));
    const slow = {
      beforePlan: () => opening.then(() => undefined),
      settings: { recall: { deadlineMs: 20, coldDeadlineMs: 1_500 } },
    };
    const cold = await harness({ ...slow, deps: { isReady: () => false } }).fetch(
      `${provider.baseURL}/chat/completions`,
      post(BODY),
    );
    expect(cold.headers.has("x-alcove-skipped")).toBe(false);
    expect((await provider.requests())[0]?.body).toContain("[recalled");
  });

  it("keeps a turn without memory once it went without, so that its tool loop keeps its prefix", async () => {
    const provider = session();
    await provider.script({ toolCalls: [{ id: "a", name: "f", arguments: "{}" }] });
    let hang = true;
    const memory = harness({
      beforePlan: () => (hang ? never() : Promise.resolve()),
      settings: { recall: { deadlineMs: 30 } },
    });
    await (await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY))).text();
    hang = false;
    await (await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY))).text();
    expect((await provider.requests()).map((request) => request.body)).toEqual([BODY, BODY]);
  });

  for (const [name, host] of [
    [
      "throws",
      () => {
        throw new MemoryError("vault/unavailable", "No vault here.");
      },
    ],
    ["rejects", () => Promise.reject(new Error("worker died"))],
  ] as const) {
    it(`goes on without memory when getting the host ${name}`, async () => {
      const provider = session();
      const memory = harness({ deps: { host } });
      const response = await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY));
      expect(await response.text()).toContain("A scripted answer.");
      expect((await provider.requests())[0]?.body).toBe(BODY);
      expect(response.headers.get("x-alcove-skipped")).toBe(
        name === "throws" ? "unavailable" : "error",
      );
      expect(memory.told("skipped")[0]?.error?.code).toBe(
        name === "throws" ? "vault/unavailable" : "recall/failed",
      );
      await memory.path.flush();
      // What could not be stored is told once a call, not once a step.
      expect(memory.told("error").map((error) => error.code)).toEqual([
        name === "throws" ? "vault/unavailable" : "capture/failed",
      ]);
    });
  }

  it("tells a storing fault by code, once, and the answer is whole", async () => {
    const provider = session();
    const quota = (): Promise<never> =>
      Promise.reject(new MemoryError("vault/quota", "The disk is full."));
    const memory = harness({ beforeBegin: quota, beforeSettle: quota });
    const response = await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY));
    expect(
      ((await response.json()) as { readonly choices: readonly unknown[] }).choices.length,
    ).toBe(1);
    await memory.path.flush();
    expect(memory.told("error").map((error) => error.code)).toEqual(["vault/quota"]);
    expect(memory.traces.trace(response)).toMatchObject({
      captured: { state: "failed" },
      problem: { code: "vault/quota" },
    });
  });

  it("survives listeners that throw", async () => {
    const provider = session();
    const memory = harness({
      deps: {
        emit: () => {
          throw new Error("a listener's fault");
        },
      },
    });
    const response = await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY));
    expect(await response.text()).toContain("A scripted answer.");
    await memory.path.flush();
    expect(memory.host.threads.length).toBe(1);
  });

  it("only forwards after close()", async () => {
    const provider = session();
    const memory = harness();
    await memory.path.close();
    const response = await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY));
    expect(response.status).toBe(200);
    expect(memory.host.log).toEqual([]);
    expect(JSON.stringify(await provider.requests())).not.toContain("x-alcove");
  });

  it("stores a running answer as incomplete on close(), and the app still gets all of it", async () => {
    const provider = session();
    await provider.script({ text: "word ".repeat(40), chunkDelayMs: 5 });
    const memory = harness();
    const response = await memory.fetch(
      `${provider.baseURL}/chat/completions`,
      post(JSON.stringify({ ...(JSON.parse(BODY) as object), stream: true })),
    );
    const reader = response.body?.getReader();
    for (let piece = 0; piece < 5; piece++) await reader?.read();
    await memory.path.close();
    expect(memory.host.outcomes).toMatchObject([{ kind: "answer", complete: false }]);
    let last = "";
    for (
      let next = await reader?.read();
      next !== undefined && !next.done;
      next = await reader?.read()
    )
      last = new TextDecoder().decode(next.value);
    expect(last).toContain("[DONE]");
    expect(memory.host.outcomes.length).toBe(1);
  });
});

describe("bodies that are not for memory", () => {
  it("passes them on byte for byte and says why", async () => {
    const provider = session();
    const memory = harness();
    const url = `${provider.baseURL}/chat/completions`;
    const gzip = Uint8Array.of(0x1f, 0x8b, 0x08, 0x00, 0xff, 0xfe);
    for (const [body, reason] of [
      ["{ not json", "unsupported-body"],
      ["", "unsupported-body"],
      ['{"input":"x"}', "unsupported-body"],
      ['"text"', "unsupported-body"],
      [gzip, "unsupported-body"],
      [new URLSearchParams({ messages: "x" }), "unsupported-body"],
      ['{"messages":[{"role":"system","content":"x"}]}', "no-user-turn"],
    ] as const) {
      const response = await memory.fetch(url, post(body));
      expect(response.headers.get("x-alcove-skipped"), String(body)).toBe(reason);
      const sent = (await provider.requests()).at(-1);
      expect(sent?.bodyLatin1).toBe(
        typeof body === "string"
          ? body
          : body === gzip
            ? String.fromCharCode(...gzip)
            : String(body),
      );
    }
    expect(memory.host.log).toEqual([]);
    expect(JSON.stringify(await provider.requests())).not.toContain("x-alcove");
  });

  it("conformance: does not parse a body of 50 MB, in any form, and hands over the app's own", async () => {
    const sent: unknown[] = [];
    const realFetch = () => (_input: unknown, init?: RequestInit) => {
      sent.push(init?.body);
      return Promise.resolve(new Response("{}"));
    };
    const memory = harness({ deps: { realFetch } });
    const text = JSON.stringify({
      messages: [{ role: "user", content: "x".repeat(50 * 1024 * 1024) }],
    });
    const bodies = [text, new Blob([text]), new TextEncoder().encode(text)];
    for (const body of bodies) {
      const started = performance.now();
      const response = await memory.fetch(
        "https://api.example.com/v1/chat/completions",
        post(body),
      );
      expect(performance.now() - started).toBeLessThan(50);
      expect(response.headers.get("x-alcove-skipped")).toBe("too-large");
    }
    for (const [at, body] of bodies.entries()) expect(sent[at]).toBe(body);
    expect(memory.host.log).toEqual([]);
  });

  it("sends a body of 9 MB in a Request on, byte for byte", async () => {
    const provider = session();
    const memory = harness();
    const text = JSON.stringify({ messages: [{ role: "user", content: "é".repeat(4_500_000) }] });
    const response = await memory.fetch(
      new Request(`${provider.baseURL}/chat/completions`, post(text)),
    );
    expect(response.headers.get("x-alcove-skipped")).toBe("too-large");
    expect((await provider.requests())[0]?.body).toBe(text);
    expect(
      (await memory.fetch(`${provider.baseURL}/chat/completions`, post(text))).headers.get(
        "x-alcove-skipped",
      ),
    ).toBe("too-large");
  });

  it("leaves a signed body as it is, and still stores the exchange", async () => {
    const provider = session();
    const memory = harness();
    await (
      await memory.fetch(
        `${provider.baseURL}/chat/completions`,
        post(BODY, {
          headers: { "content-type": "application/json", "x-amz-content-sha256": "abc" },
        }),
      )
    ).text();
    expect((await provider.requests())[0]?.body).toBe(BODY);
    await memory.path.flush();
    expect(memory.host.threads.length).toBe(1);
  });

  it("augments bytes and blobs, and keeps their kind", async () => {
    const provider = session();
    const memory = harness();
    const url = `${provider.baseURL}/chat/completions`;
    for (const body of [
      new TextEncoder().encode(BODY),
      new TextEncoder().encode(BODY).buffer,
      new Blob([BODY], { type: "application/json" }),
    ]) {
      await (await memory.fetch(url, { method: "POST", body })).text();
    }
    const requests = await provider.requests();
    expect(requests.map((request) => request.headers["content-type"])).toEqual([
      undefined,
      undefined,
      "application/json",
    ]);
    for (const request of requests) expect(request.body).toContain("[recalled");
  });
});

import { afterEach, describe, expect, inject, it } from "vitest";
import {
  createFetchHarness,
  type FetchHarness,
  type FetchHarnessOptions,
} from "../testing/fetch-harness.ts";
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

describe("the request as fetch would send it", () => {
  it("takes Request objects, with all they carry", async () => {
    const provider = session();
    const memory = harness();
    const url = `${provider.baseURL}/chat/completions`;
    const controller = new AbortController();
    const request = new Request(
      url,
      post(BODY, {
        headers: { "content-type": "application/json", "x-custom": "1", "x-alcove-mode": "read" },
        signal: controller.signal,
        referrerPolicy: "no-referrer",
      }),
    );
    const sending = memory.fetch(request);
    expect(request.bodyUsed).toBe(true);
    const response = await sending;
    expect(response.headers.get("x-alcove-memories")).toBe("0");
    const [seen] = await provider.requests();
    expect(seen?.body).toContain("[recalled");
    expect(seen?.headers["x-custom"]).toBe("1");
    expect(seen?.headers["content-type"]).toBe("application/json");
    expect(seen?.headers).not.toHaveProperty("referer");
    expect(seen?.headers).not.toHaveProperty("x-alcove-mode");
    expect(memory.host.plans[0]?.capture).toBe(false);
  });

  it("sends Requests on that hold no call: no body, an empty one, none that is JSON", async () => {
    const provider = session();
    const memory = harness();
    const url = `${provider.baseURL}/chat/completions`;
    for (const body of [undefined, "", "{ not json"]) {
      const request = new Request(url, { method: "POST", ...(body === undefined ? {} : { body }) });
      expect((await memory.fetch(request)).headers.get("x-alcove-skipped")).toBe(
        "unsupported-body",
      );
    }
    expect((await provider.requests()).map((request) => request.body)).toEqual([
      "",
      "",
      "{ not json",
    ]);
    const form = new FormData();
    form.set("messages", "x");
    await memory.fetch(new Request(url, { method: "POST", body: form }));
    expect((await provider.requests()).at(-1)?.body).toContain('name="messages"');
  });

  it("does not follow a redirect with an augmented Request either", async () => {
    const provider = session();
    const elsewhere = session();
    await provider.script({ redirectTo: `${elsewhere.baseURL}/chat/completions`, status: 308 });
    const memory = harness();
    const response = await memory.fetch(
      new Request(`${provider.baseURL}/chat/completions`, post(BODY)),
    );
    expect(response.status).toBe(200);
    expect(
      (await provider.requests()).map((request) => request.body.includes("[recalled")),
    ).toEqual([true, false]);
    expect((await elsewhere.requests()).map((request) => request.body)).toEqual([BODY]);
  });

  it("lets init win over the Request, as fetch does", async () => {
    const provider = session();
    const memory = harness();
    const request = new Request(`${provider.baseURL}/chat/completions`, post("ignored"));
    await memory.fetch(request, {
      body: BODY,
      headers: { "x-alcove-thread": "t-9", "x-other": "2" },
    });
    const [seen] = await provider.requests();
    expect(seen?.body).toContain("[recalled");
    expect(seen?.headers["x-other"]).toBe("2");
    expect(memory.host.plans[0]?.scope).toEqual({ thread: "t-9" });
  });

  it("strips controls from every request, whatever its host, path or method", async () => {
    const provider = session();
    const memory = harness({ settings: { hosts: { deny: ["127.0.0.1"] } } });
    const headers = { "x-alcove-user": "ada", "X-Alcove-Unknown": "1" };
    await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY, { headers }));
    await memory.fetch(`${provider.baseURL}/anything`, {
      headers: [
        ["x-alcove-run", "r"],
        ["x-kept", "1"],
      ],
    });
    await memory.fetch(new URL(`${provider.baseURL}/anything`), {
      method: "DELETE",
      headers: new Headers(headers),
    });
    await memory.fetch(
      new Request(`${provider.baseURL}/chat/completions`, post(BODY, { headers })),
    );
    const requests = await provider.requests();
    expect(requests.map((request) => request.method)).toEqual(["POST", "GET", "DELETE", "POST"]);
    expect(requests[1]?.headers["x-kept"]).toBe("1");
    expect([requests[0]?.body, requests[3]?.body]).toEqual([BODY, BODY]);
    expect(JSON.stringify([...requests, ...(await provider.preflights())])).not.toContain(
      "x-alcove",
    );
    expect(memory.host.log).toEqual([]);
  });

  it("does not use `this`, changes nothing of the caller's, and works detached", async () => {
    const provider = session();
    const { fetch: detached } = harness();
    const init = Object.freeze(
      post(BODY, {
        headers: Object.freeze({ "content-type": "application/json", "x-alcove-mode": "read" }),
      }),
    );
    const before = JSON.stringify(init);
    await Reflect.apply(detached, undefined, [`${provider.baseURL}/chat/completions`, init]);
    expect(JSON.stringify(init)).toBe(before);
  });

  it("rejects as fetch does: a bad URL, bad headers, an abort before and during", async () => {
    const provider = session();
    const memory = harness({ beforePlan: never });
    const url = `${provider.baseURL}/chat/completions`;
    await expect(memory.fetch("http://")).rejects.toBeInstanceOf(TypeError);
    await expect(
      memory.fetch(url, post(BODY, { headers: { "bad header": "x" } })),
    ).rejects.toBeInstanceOf(TypeError);
    const reason = new Error("the app's own reason");
    await expect(memory.fetch(url, post(BODY, { signal: AbortSignal.abort(reason) }))).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const sending = memory.fetch(url, post(BODY, { signal: controller.signal }));
    controller.abort(reason);
    await expect(sending).rejects.toBe(reason);
    expect(await provider.requests()).toEqual([]);
  });

  it("leaves requests alone that the browser would refuse in another form", async () => {
    const provider = session();
    const memory = harness();
    for (const init of [{ keepalive: true }, { mode: "no-cors" as const, headers: {} }]) {
      const response = await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY, init));
      expect(memory.traces.trace(response)?.skipped).toBe("unsupported-body");
    }
    expect((await provider.requests()).map((request) => request.body)).toEqual([BODY, BODY]);
  });

  it("goes on when the app's own clock throws", async () => {
    const provider = session();
    const now = (): number => {
      throw new Error("the app's clock");
    };
    const response = await harness({ deps: { now } }).fetch(
      `${provider.baseURL}/chat/completions`,
      post(BODY),
    );
    expect(await response.text()).toContain("A scripted answer.");
  });

  it("rethrows the very error of the network", async () => {
    const failure = new TypeError("the line broke");
    const memory = harness({ deps: { realFetch: () => () => Promise.reject(failure) } });
    await expect(
      memory.fetch("https://api.example.com/v1/chat/completions", post(BODY)),
    ).rejects.toBe(failure);
    await memory.path.flush();
    expect(memory.host.outcomes).toEqual([{ kind: "failed" }]);
  });

  it("does not follow a redirect with the augmented body", async () => {
    const provider = session();
    const elsewhere = session();
    const target = elsewhere.baseURL.replace("127.0.0.1", "localhost");
    await provider.script({ redirectTo: `${target}/chat/completions` });
    const memory = harness();
    const response = await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY));
    expect(await response.text()).toContain("A scripted answer.");
    expect(response.redirected).toBe(true);
    expect(response.url).toBe(`${target}/chat/completions`);
    expect((await elsewhere.requests()).map((request) => request.body)).toEqual([BODY]);
    expect(response.headers.get("x-alcove-skipped")).toBe("error");
    expect(memory.traces.trace(response)).toMatchObject({
      request: null,
      injected: { recall: "" },
      problem: { code: "recall/failed" },
    });
    await memory.next("captured");

    const refused = memory.fetch(
      `${provider.baseURL}/chat/completions`,
      post(BODY, { redirect: "error" }),
    );
    await expect(refused).rejects.toBeInstanceOf(TypeError);
    const manual = await memory.fetch(
      `${provider.baseURL}/chat/completions`,
      post(BODY, { redirect: "manual" }),
    );
    expect(manual.type).toBe("opaqueredirect");
    expect(memory.traces.trace(manual)).not.toBeNull();
    expect((await elsewhere.requests()).length).toBe(1);
  });
});

describe("the response as fetch would give it", () => {
  it("keeps url, type, status, headers, and is cloned with its trace", async () => {
    const provider = session();
    const memory = harness();
    const bare = await globalThis.fetch(`${provider.baseURL}/chat/completions`, {
      method: "POST",
      body: BODY,
    });
    const response = await memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY));
    expect([
      response.url,
      response.type,
      response.status,
      response.statusText,
      response.redirected,
    ]).toEqual([bare.url, bare.type, bare.status, bare.statusText, bare.redirected]);
    expect(response.headers.get("content-type")).toBe("application/json");
    const clone = response.clone();
    expect([clone.url, clone.type]).toEqual([bare.url, bare.type]);
    expect(memory.traces.trace(clone)).toBe(memory.traces.trace(response));
    expect(await clone.json()).toEqual(await response.json());
  });

  it("passes an empty body and a body that is no JSON", async () => {
    const provider = session();
    await provider.script(
      { status: 204 },
      { raw: { body: "<html>busy</html>", contentType: "text/html" } },
      { status: 502, raw: { body: "<html>bad gateway</html>", contentType: "text/html" } },
    );
    const memory = harness();
    const send = () => memory.fetch(`${provider.baseURL}/chat/completions`, post(BODY));
    const empty = await send();
    expect([empty.status, empty.body]).toEqual([204, null]);
    expect(await (await send()).text()).toBe("<html>busy</html>");
    const bad = await send();
    expect([bad.status, await bad.text()]).toEqual([502, "<html>bad gateway</html>"]);
    await memory.path.flush();
    expect(memory.host.outcomes).toEqual([
      { kind: "failed" },
      { kind: "failed" },
      { kind: "failed" },
    ]);
  });

  it("keeps what was said when the line breaks in mid-stream, and the app sees the break", async () => {
    const provider = session();
    await provider.script({ text: "one two three four five six", drop: "body", chunkDelayMs: 2 });
    const memory = harness();
    const response = await memory.fetch(
      `${provider.baseURL}/chat/completions`,
      post(JSON.stringify({ ...(JSON.parse(BODY) as object), stream: true })),
    );
    await expect(response.text()).rejects.toBeInstanceOf(TypeError);
    await memory.next("captured");
    expect(memory.host.outcomes).toMatchObject([{ kind: "answer", complete: false }]);
  });

  it("reads nothing ahead of the app", async () => {
    let pulled = 0;
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(Uint8Array.of(pulled++));
        },
      },
      { highWaterMark: 0 },
    );
    const memory = harness({
      deps: {
        realFetch: () => () =>
          Promise.resolve(
            new Response(source, { headers: { "content-type": "text/event-stream" } }),
          ),
      },
    });
    const response = await memory.fetch("https://api.example.com/v1/chat/completions", post(BODY));
    const reader = response.body?.getReader();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(pulled).toBe(0);
    await reader?.read();
    await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(pulled).toBe(2);
    await reader?.cancel();
  });

  it("adds less than a millisecond to a chunk", async () => {
    const encoder = new TextEncoder();
    const event = encoder.encode(
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "word " } }] })}\n\n`,
    );
    const time = async (through: (response: Response) => Promise<Response>): Promise<number> => {
      let left = 3_000;
      const source = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (left-- > 0) controller.enqueue(event.slice());
          else controller.close();
        },
      });
      const response = await through(
        new Response(source, { headers: { "content-type": "text/event-stream" } }),
      );
      const reader = response.body?.getReader();
      const started = performance.now();
      while (!((await reader?.read())?.done ?? true));
      return (performance.now() - started) / 3_000;
    };
    const bare = await time((response) => Promise.resolve(response));
    const added =
      (await time((response) =>
        harness({ deps: { realFetch: () => () => Promise.resolve(response) } }).fetch(
          "https://api.example.com/v1/chat/completions",
          post(BODY),
        ),
      )) - bare;
    expect(added).toBeLessThan(1);
  });
});

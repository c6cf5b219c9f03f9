import { describe, expect, test } from "vitest";
import { syncServerUrl } from "../testing/sync-server.ts";
import { readEvents } from "./event-stream.ts";
import { problemCode, toMemoryError } from "./server-problem.ts";
import { createHttpTransport, serverUrl } from "./transport.ts";

const ZERO32 = "A".repeat(43);
const ZERO16 = "A".repeat(22);

function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "resolved",
    (error: unknown) => problemCode(error) ?? toMemoryError(error).code,
  );
}

describe("transport over HTTP, at the real server", () => {
  const transport = createHttpTransport({ url: `${syncServerUrl()}/` });

  test("asks, and checks what is answered", async () => {
    const info = await transport.call("meta.info", undefined);
    expect(info.protocols).toEqual([1]);
    expect(info.storeId).toHaveLength(22);
    const { nonce } = await transport.call("auth.challenge", { vaultId: ZERO32, id: ZERO16 });
    expect(nonce).toHaveLength(43);
  });

  test("gives problems by their code", async () => {
    const vault = { vaultId: ZERO32 };
    expect(await codeOf(transport.call("vault.status", vault))).toBe("unauthenticated");
    const none = { token: ZERO32 };
    expect(await codeOf(transport.call("vault.status", vault, none))).toBe("unauthenticated");
    expect(await codeOf(transport.call("link.claim", { code: "00000000" }))).toBe("not-found");
    expect(await codeOf(transport.call("link.claim", { code: "short" }))).toBe("malformed");
  });

  test("sends octets", async () => {
    const push = transport.call("sync.push", new Uint8Array([9, 9, 9]));
    expect(await codeOf(push)).toBe("unauthenticated");
  });

  test("a blob without a session, and a stream without a ticket, are refused", async () => {
    const name = { vaultId: ZERO32, hash: ZERO32, offset: 0 };
    expect(await codeOf(transport.blob(name, {}))).toBe("unauthenticated");
    const live = transport.live({ ticket: ZERO32 }, new AbortController().signal);
    expect(await codeOf(live.next())).toBe("unauthenticated");
  });

  test("a caller who stops gets the own reason", async () => {
    const why = new Error("enough");
    const call = transport.call("meta.info", undefined, { signal: AbortSignal.abort(why) });
    await expect(call).rejects.toBe(why);
  });
});

describe("transport and what is no such server", () => {
  const answering = (respond: () => Response | Promise<Response>, timeoutMs = 100) =>
    createHttpTransport({ url: "https://sync.example", timeoutMs, fetch: async () => respond() });

  test("nobody there", async () => {
    const away = createHttpTransport({ url: "http://127.0.0.1:9", timeoutMs: 5_000 });
    expect(await codeOf(away.call("meta.info", undefined))).toBe("sync/offline");
  });

  test("no answer in time", async () => {
    const slow = createHttpTransport({
      url: "https://sync.example",
      timeoutMs: 50,
      fetch: (_, init) =>
        new Promise((_resolve, reject) =>
          init?.signal?.addEventListener("abort", () => reject(new Error("too late"))),
        ),
    });
    expect(await codeOf(slow.call("meta.info", undefined))).toBe("sync/offline");
  });

  test.each([
    ["a web page", () => new Response("<html>", { status: 200 }), "sync/server"],
    ["a page that is not there", () => new Response("Not found", { status: 404 }), "sync/server"],
    ["JSON of another kind", () => Response.json({ hello: 1 }), "sync/server"],
    ["an answer with fields missing", () => Response.json({ result: { data: {} } }), "sync/server"],
    ["an error of another kind", () => Response.json({ error: {} }), "sync/server"],
    [
      "a problem that no server of this version has",
      () => Response.json({ error: { data: { alcove: { code: "new" } } } }),
      "sync/server",
    ],
  ])("%s", async (_, respond, code) => {
    expect(await codeOf(answering(respond).call("meta.info", undefined))).toBe(code);
  });

  test("a gateway whose server is away counts as away", async () => {
    const gateway = answering(() => new Response('{"sorry":true}', { status: 502 }));
    expect(await codeOf(gateway.call("meta.info", undefined))).toBe("sync/offline");
  });

  test.each([
    "",
    "sync.example",
    "ftp://sync.example",
    "https://a:b@sync.example",
    "https://a/?x=1",
  ])("%j is no address", (url) => {
    expect(() => serverUrl(url)).toThrowError(
      expect.objectContaining({ code: "usage/invalid-input" }),
    );
  });

  test("a path before the server's own is kept", () => {
    expect(serverUrl("https://a.example/sync/")).toBe("https://a.example/sync");
  });
});

describe("reading events", () => {
  async function read(parts: readonly string[]) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const events = [];
    for await (const event of readEvents(body, () => undefined)) events.push(event);
    return events;
  }

  test("in pieces of any length, comments left out", async () => {
    const text = ': hello\n\nevent: ping\ndata: \n\nid: 7\ndata: {"seq":7}\n\n';
    const expected = [
      { event: "ping", data: "" },
      { event: "", data: '{"seq":7}' },
    ];
    expect(await read([text])).toEqual(expected);
    expect(await read(text.split(""))).toEqual(expected);
    const windows = text.replaceAll("\n", "\r\n");
    expect(await read([windows])).toEqual(expected);
    expect(await read(windows.split(""))).toEqual(expected);
  });

  test("an event that never ends is given up", async () => {
    expect(await read([`data: ${"x".repeat(20_000)}`, "\n\n"])).toEqual([]);
  });
});

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

describe("23: transport and a server that answers without an end", { timeout: 120_000 }, () => {
  const PULL = { vaultId: ZERO32, cursor: null };
  const BLOB = { vaultId: ZERO32, hash: ZERO32, offset: 0 };

  /** Answers with this body; like the browser's own `fetch`, it breaks off when the caller gives up. */
  const streaming = (
    body: (signal: AbortSignal) => ReadableStream<Uint8Array<ArrayBuffer>>,
    timeoutMs = 60,
  ) =>
    createHttpTransport({
      url: "https://sync.example",
      timeoutMs,
      fetch: async (_, init) => new Response(body(init?.signal ?? new AbortController().signal)),
    });

  /** A byte now and then, for ever. */
  function drip(signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (signal.aborted) controller.error(new Error("aborted"));
        else controller.enqueue(new Uint8Array([32]));
      },
    });
  }

  /** So many pieces of a mebibyte, and how many of them were taken. */
  function flood(pieces: number) {
    const taken = { count: 0 };
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          taken.count += 1;
          controller.enqueue(new Uint8Array(1_048_576).fill(32));
          if (taken.count === pieces) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return { stream, taken };
  }

  test("a page of a million rows", async () => {
    const page = (rows: number) => {
      const row = { seq: 1, envelope: "A".repeat(470) };
      const none = { manifests: [], head: 1, heads: [], more: true };
      const next = { storeId: ZERO16, seq: 1 };
      const text = JSON.stringify({ result: { data: { ...none, next, entries: [row] } } });
      const [before = "", after = ""] = text.split(JSON.stringify(row));
      const some = `${JSON.stringify(row)},`.repeat(1_000);
      const whole = Array.from({ length: Math.floor((rows - 1) / 1_000) }, () => some);
      const rest = `${JSON.stringify(row)},`.repeat((rows - 1) % 1_000) + JSON.stringify(row);
      return new Blob([before, ...whole, rest, after]).stream();
    };
    expect(await codeOf(streaming(() => page(2)).call("sync.pull", PULL))).toBe("resolved");
    // More rows than fit onto a page, in fewer bytes than are read; and a million.
    for (const rows of [5_000, 1_000_000])
      expect(await codeOf(streaming(() => page(rows), 10_000).call("sync.pull", PULL))).toBe(
        "sync/server",
      );
  });

  test("an answer that never ends is given up after a few megabytes", async () => {
    for (const ask of ["page", "blob"] as const) {
      const { stream, taken } = flood(10_000);
      const transport = streaming(() => stream, 60_000);
      const work = ask === "page" ? transport.call("sync.pull", PULL) : transport.blob(BLOB, {});
      expect(await codeOf(work)).toBe("sync/server");
      expect(taken.count).toBeLessThan(12);
    }
  });

  test("an answer that is small only while it is packed", async () => {
    const { stream, taken } = flood(64);
    const packed = new Response(stream.pipeThrough(new CompressionStream("gzip")));
    const bytes = await packed.arrayBuffer();
    expect(bytes.byteLength).toBeLessThan(1_000_000);
    expect(taken.count).toBe(64);
    const transport = streaming(
      () => new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")),
      60_000,
    );
    expect(await codeOf(transport.call("sync.pull", PULL))).toBe("sync/server");
    expect(await codeOf(transport.blob(BLOB, {}))).toBe("sync/server");
  });

  test("a slow drip ends with the time for an answer; of a blob what came is kept", async () => {
    expect(await codeOf(streaming(drip).call("sync.pull", PULL))).toBe("sync/offline");
    const part = await streaming(drip).blob(BLOB, {});
    expect(part.length).toBeGreaterThan(0);
    expect(part.length).toBeLessThan(30);
  });

  test("a blob that breaks off gives what came, one without a byte is no answer", async () => {
    const broken = streaming(
      () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue(new Uint8Array([1, 2, 3]));
            setTimeout(() => controller.error(new Error("reset")), 5);
          },
        }),
    );
    expect(await broken.blob(BLOB, {})).toEqual(new Uint8Array([1, 2, 3]));
    const empty = streaming(() => new Blob([]).stream());
    expect(await codeOf(empty.blob(BLOB, {}))).toBe("sync/server");
    const silent = streaming(
      () => new ReadableStream({ start: (controller) => controller.error(new Error("reset")) }),
    );
    expect(await codeOf(silent.blob(BLOB, {}))).toBe("sync/offline");
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

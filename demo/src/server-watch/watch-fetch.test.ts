import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWatchedFetch, type WatchedFetch } from "./watch-fetch.ts";
import type { WireCall } from "./watch-messages.ts";

let server: Server;
let url: string;
const asked: string[] = [];
const streams: ServerResponse[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url?.endsWith("sync.live") === true) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: here\n\n");
      streams.push(response);
      return;
    }
    const isKnown = request.headers.authorization === "Bearer good";
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
    response.end(
      JSON.stringify(
        isKnown
          ? { result: { data: { head: 0, storeId: "s", next: null, more: false } } }
          : { error: {} },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  for (const stream of streams) stream.destroy();
  server.close();
});

function watched(): { readonly device: WatchedFetch; readonly calls: WireCall[] } {
  const calls: WireCall[] = [];
  const device = createWatchedFetch({
    fetch,
    tell: (call) => void calls.push(call),
    now: () => 7,
    randomId: () => String(calls.length),
  });
  return { device, calls };
}

function pull(device: WatchedFetch, token = "good"): Promise<Response> {
  return device.fetch(`${url}/trpc/sync.pull`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ vaultId: "v" }),
  });
}

describe("the fetch of a device that can be switched off", () => {
  it("keeps requests from going out while it is off, and lets them out again", async () => {
    const { device, calls } = watched();
    device.watch();
    device.setNetwork(false);
    device.setNetwork(false);
    const before = asked.length;
    await expect(pull(device)).rejects.toThrow(TypeError);
    expect(asked.length).toBe(before);
    expect(calls).toMatchObject([{ procedure: "sync.pull", outcome: "kept", gotBytes: null }]);
    device.setNetwork(true);
    expect((await pull(device)).status).toBe(200);
  });

  it("breaks a stream that is open when it goes off", async () => {
    const { device } = watched();
    const response = await device.fetch(`${url}/trpc/sync.live`);
    const reader = response.body?.getReader();
    await reader?.read();
    const next = reader?.read();
    device.setNetwork(false);
    await expect(next).rejects.toThrow(/switched off/u);
  });

  it("lets the caller's own signal end a request as before", async () => {
    const { device } = watched();
    const ended = AbortSignal.abort(new Error("enough"));
    await expect(device.fetch(`${url}/trpc/sync.live`, { signal: ended })).rejects.toThrow(
      "enough",
    );
  });

  it("tells of calls with their sizes only once somebody watches, and hands the answer on whole", async () => {
    const { device, calls } = watched();
    await (await pull(device)).text();
    expect(calls).toEqual([]);
    device.watch();
    const text = await (await pull(device)).text();
    await device.fetch(`${url}/elsewhere`);
    await expect.poll(() => calls.length).toBe(1);
    expect(calls[0]).toMatchObject({
      procedure: "sync.pull",
      at: 7,
      sentBytes: JSON.stringify({ vaultId: "v" }).length,
      gotBytes: text.length,
      outcome: "answered",
    });
    expect(JSON.stringify(calls)).not.toContain("good");
  });
});

describe("a look at the server", () => {
  it("needs a session, and gives what the server says without telling the token", async () => {
    const { device } = watched();
    expect(await device.look()).toEqual({ state: "no-answer", reason: "session" });
    await pull(device);
    const answer = await device.look();
    expect(answer).toMatchObject({ state: "told", vaultId: "v", status: { head: 0 } });
    expect(JSON.stringify(answer)).not.toContain("good");
  });

  it("says that a session is over, that the network is off, and that nothing answers", async () => {
    const { device } = watched();
    await pull(device, "over");
    expect(await device.look()).toEqual({ state: "no-answer", reason: "session" });
    device.setNetwork(false);
    expect(await device.look()).toEqual({ state: "no-answer", reason: "kept" });
    device.setNetwork(true);
    const lost = createWatchedFetch({
      // Port 9 (discard): nobody is there.
      fetch: (_, init) => fetch("http://127.0.0.1:9/trpc/vault.status", init),
      tell: () => undefined,
      now: () => 0,
      randomId: () => "",
    });
    await pull(lost).catch(() => undefined);
    expect(await lost.look()).toEqual({ state: "no-answer", reason: "failed" });
  });
});

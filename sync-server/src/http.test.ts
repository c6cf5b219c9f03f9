import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { readConfig, type Config } from "./config.ts";
import { listen, type HttpServer } from "./http.ts";

const running: HttpServer[] = [];

async function started(settings: Partial<Config> = {}, isReady = () => true): Promise<HttpServer> {
  const server = await listen({
    config: { ...readConfig({}), port: 0, ...settings },
    isReady,
    admit: () => 0,
    onStop: () => undefined,
    routes: {},
  });
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

/** Sends raw bytes, because fetch would not send what is tried here, and gives all that comes back until the server closes. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.once("close", () => resolve(answer));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" ? resolve(answer) : reject(error),
    );
  });
}

describe("the server", () => {
  test("says that it lives and whether it is ready", async () => {
    let ready = false;
    const { url } = await started({}, () => ready);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "ok" });
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    ready = true;
    expect(await (await fetch(`${url}/ready`)).json()).toEqual({ status: "ready" });
  });

  test("answers what it does not know in JSON", async () => {
    const { url } = await started();
    const unknown = await fetch(`${url}/nothing?here`);
    expect([unknown.status, await unknown.json()]).toMatchObject([
      404,
      { error: { data: { alcove: { code: "not-found" } } } },
    ]);
    const wrong = await fetch(`${url}/health`, { method: "DELETE" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  test("lets pages of any origin in by default, and only the listed ones when there is a list", async () => {
    const headers = { origin: "https://a.example" };
    const open = await started();
    expect(
      (await fetch(`${open.url}/health`, { headers })).headers.get("access-control-allow-origin"),
    ).toBe("*");

    const listed = await started({ origins: ["https://b.example"] });
    expect(
      (await fetch(`${listed.url}/health`, { headers })).headers.get("access-control-allow-origin"),
    ).toBeNull();
    const preflight = await fetch(`${listed.url}/health`, {
      method: "OPTIONS",
      headers: { origin: "https://b.example" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://b.example");
    expect(preflight.headers.get("vary")).toBe("origin");
  });

  test("refuses a body over the limit by its length, before it is sent", async () => {
    const { url } = await started({ maxBodyBytes: 2_048 });
    const answer = await raw(
      url,
      "POST /health HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("drops a body over the limit that told no length", async () => {
    const { url } = await started({ maxBodyBytes: 2_048 });
    const chunk = `400\r\n${"x".repeat(1_024)}\r\n`;
    const answer = await raw(
      url,
      `POST /health HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(8)}`,
    );
    expect(answer).not.toContain('"ok"');
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test("drops a request that is never completed", async () => {
    const { url } = await started({ requestTimeoutMs: 150 });
    expect(await raw(url, "GET /health HTTP/1.1\r\nhost: x\r\n")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("stops in time though a client keeps its connection open, and stopping twice is the same", async () => {
    const server = await started({ stopTimeoutMs: 100 });
    const hanging = raw(
      server.url,
      "POST /ready HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n1",
    );
    await fetch(`${server.url}/health`);
    const startedAt = performance.now();
    await Promise.all([server.stop(), server.stop()]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await hanging;
    await expect(fetch(`${server.url}/health`)).rejects.toThrow("fetch failed");
  });
});

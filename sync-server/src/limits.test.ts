import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { toBase64url } from "@alcove/sdk/wire";
import { afterEach, describe, expect, test } from "vitest";
import { createInProcessBus } from "./bus/in-process-bus.ts";
import { readConfig, type Config } from "./config.ts";
import { createLog } from "./log.ts";
import { createRouter } from "./rpc/router.ts";
import { createCallerFactory } from "./rpc/trpc.ts";
import { createRpcDeps } from "./server.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import {
  createInput,
  createOwner,
  createWriter,
  good,
  openSession,
  random,
} from "./testing/test-client.ts";
import { createTenant, startTestServer, type TestServer } from "./testing/test-server.ts";

/** A hundred thousand in the soak. */
const GUESSES = process.env["ALCOVE_SOAK"] === "1" ? 100_000 : 3_000;

const running: TestServer[] = [];
async function started(settings: Partial<Config> = {}): Promise<TestServer> {
  const server = await startTestServer(settings);
  running.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

/** Waits until as many requests run as may. */
const isFull = ({ url }: TestServer) =>
  expect
    .poll(async () => (await fetch(`${url}/trpc/meta.info`)).status, { timeout: 10_000 })
    .toBe(429);

/** Sends raw bytes and gives all that comes back until the server closes. */
function raw(url: string, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.once("close", () => resolve(answer));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" || error.code === "EPIPE" ? resolve(answer) : reject(error),
    );
  });
}

const head = (path: string, ...lines: string[]) =>
  [`POST ${path} HTTP/1.1`, "host: x", ...lines, "", ""].join("\r\n");

describe("bodies", () => {
  test("over the limit are refused in the form that clients read, told a length or not", async () => {
    const server = await started();
    const octets = "content-type: application/octet-stream";
    const told = await raw(server.url, head("/trpc/sync.push", octets, "content-length: 2097153"));
    expect(told).toMatch(/^HTTP\/1\.1 413 /);
    expect(told).toContain('"alcove":{"code":"too-large","maxBytes":2097152}');
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const untold = await raw(
      server.url,
      head("/trpc/vault.create", "content-type: application/json", "transfer-encoding: chunked") +
        chunk.repeat(40),
    );
    expect(untold === "" || untold.startsWith("HTTP/1.1 413 ")).toBe(true);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test("of a push may have a megabyte and 500 entries", async () => {
    const server = await started();
    const { owner, token } = await createTenant(server);
    const many = await createWriter(owner).next(Array.from({ length: 500 }, () => ({})));
    const more = Buffer.concat([many, many.subarray(many.length - 352)]);
    expect(await server.call("sync.push", more, token)).toMatchObject({
      status: 413,
      problem: { code: "too-large" },
    });
    const big = Buffer.concat([many, random(1_048_576)]);
    expect(await server.call("sync.push", big, token)).toMatchObject({ status: 413 });
    const long = new Uint8Array(many);
    // The length of the first envelope's ciphertext: one step above what is allowed.
    const at = many.length - 500 * 352 + 76;
    new DataView(long.buffer).setUint32(at, 262_145);
    expect(await server.call("sync.push", long, token)).toMatchObject({ status: 413 });
    expect(await server.call("sync.push", many, token)).toMatchObject({ data: { accepted: 500 } });
  });

  test("that never come are dropped", async () => {
    const server = await started({ requestTimeoutMs: 200, headersTimeoutMs: 100 });
    expect(await raw(server.url, "POST /trpc/sync.push HTTP/1.1\r\nhost: x\r\n")).toMatch(
      /^HTTP\/1\.1 408 /,
    );
    const half = head("/trpc/vault.create", "content-type: application/json", "content-length: 50");
    expect(await raw(server.url, `${half}{"entries":[`)).not.toContain("200 OK");
  });
});

describe("how often", () => {
  test("a vault is pushed to is limited, and told when to come again", async () => {
    const server = await started({ pushesPerMinute: 2 });
    const { owner, token } = await createTenant(server);
    const body = await createWriter(owner).next([{}]);
    await good(server.call("sync.push", body, token));
    await good(server.call("sync.push", body, token));
    expect(await server.call("sync.push", body, token)).toEqual({
      status: 429,
      problem: { code: "limit", retryAfterMs: 30_000 },
    });
    const other = await createTenant(server);
    const others = await createWriter(other.owner).next([{}]);
    await good(server.call("sync.push", others, other.token));
    server.clock.now += 30_000;
    await good(server.call("sync.push", body, token));
  });

  test("a first upload is not held to the pushes a minute, which are left for what comes after it", async () => {
    const { pushesPerMinute, uploadBytesPerHour } = readConfig({});
    // The clock of this server stands still: nothing comes back.
    const server = await started({ pushesPerMinute, uploadBytesPerHour });
    const { owner, token } = await createTenant(server);
    const writer = createWriter(owner);
    const full = Array.from({ length: 500 }, () => ({}));
    for (let push = 0; push < pushesPerMinute + 5; push++)
      await good(server.call("sync.push", await writer.next(full), token));
    for (let push = 0; push < pushesPerMinute; push++)
      await good(server.call("sync.push", await writer.next([{}]), token));
    expect(await server.call("sync.push", await writer.next([{}]), token)).toEqual({
      status: 429,
      problem: { code: "limit", retryAfterMs: 1_000 },
    });
  }, 60_000);

  test("full pushes are counted by their bytes, and beyond these like any other", async () => {
    const server = await started({ pushesPerMinute: 1, uploadBytesPerHour: 450_000 });
    const { owner, token } = await createTenant(server);
    const writer = createWriter(owner);
    const full = Array.from({ length: 500 }, () => ({}));
    const push = (body: Uint8Array, session = token) => server.call("sync.push", body, session);
    for (let at = 0; at < 3; at++) await good(push(await writer.next(full)));
    const fourth = await writer.next(full);
    expect(3 * fourth.length).toBeGreaterThan(450_000);
    expect(await push(fourth)).toEqual({
      status: 429,
      problem: { code: "limit", retryAfterMs: 60_000 },
    });
    server.clock.now += 60_000;
    await good(push(fourth));
    const fifth = await writer.next(full);
    expect((await push(fifth)).status).toBe(429);
    server.clock.now += 3_600_000;
    const { token: later } = await openSession(
      server.call,
      server.url,
      owner.vaultId,
      owner.device,
    );
    await good(push(fifth, later));
    await good(push(await writer.next(full), later));
    const other = await createTenant(server);
    await good(push(await createWriter(other.owner).next(full), other.token));
  });

  test("a push that does not tell its length is one of those a minute, however long it is", async () => {
    const server = await started({ pushesPerMinute: 1 });
    const { owner, token } = await createTenant(server);
    const body = await createWriter(owner).next(Array.from({ length: 500 }, () => ({})));
    const untold = async () => {
      const answer = await fetch(`${server.url}/trpc/sync.push`, {
        method: "POST",
        headers: {
          "content-type": "application/octet-stream",
          authorization: `Bearer ${token}`,
        },
        body: new Blob([body]).stream(),
        duplex: "half",
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect([await untold(), await untold()]).toEqual([200, 429]);
    // The same bytes with their length.
    expect(await good(server.call("sync.push", body, token))).toMatchObject({ duplicate: true });
  });

  test("an address founds vaults is limited; another one by a trusted proxy's word is not", async () => {
    const server = await started({ vaultsPerDay: 1, trustProxy: true });
    const create = async (forwarded: string, owner = createOwner()) => {
      const answer = await fetch(`${server.url}/trpc/vault.create`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": forwarded },
        body: JSON.stringify(createInput(await owner)),
      });
      return [answer.status, answer.headers.get("retry-after") !== null];
    };
    const owner = createOwner();
    expect(await create("203.0.113.7", owner)).toEqual([200, false]);
    expect(await create("203.0.113.7", owner)).toEqual([200, false]);
    expect((await create("198.51.100.1, 203.0.113.7"))[0]).toBe(429);
    expect((await create("203.0.113.7, 198.51.100.1"))[0]).toBe(200);
    expect((await create("2001:db8:1:2::1"))[0]).toBe(200);
    expect((await create("2001:db8:1:2:ffff::9"))[0]).toBe(429);
    expect((await create("2001:db8:1:3::1"))[0]).toBe(200);
  });

  test("an address asks at all is limited, before anything is read", async () => {
    const server = await started({ requestsPerMinute: 3 });
    const info = () => fetch(`${server.url}/trpc/meta.info`);
    const statuses = [];
    for (let asked = 0; asked < 4; asked++) statuses.push((await info()).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await info();
    expect(refused.headers.get("retry-after")).toBe("20");
    expect(await refused.json()).toMatchObject({ error: { data: { alcove: { code: "limit" } } } });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test("requests run at one time is limited, and one address cannot take all the room", async () => {
    const server = await started({ maxRequests: 8, stopTimeoutMs: 100, trustProxy: true });
    const half = head("/trpc/vault.create", "content-type: application/json", "content-length: 50");
    const holding = [1, 2].map(() => raw(server.url, half));
    await isFull(server);
    const others = { headers: { "x-forwarded-for": "203.0.113.9" } };
    expect((await fetch(`${server.url}/trpc/meta.info`, others)).status).toBe(200);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    await server.stop();
    await Promise.all(holding);
  });
});

test("without an invitation no vault is founded where they are asked for", async () => {
  const { call } = await started({ invites: ["open-sesame"] });
  const owner = await createOwner();
  const input = createInput(owner);
  expect(await call("vault.create", input)).toMatchObject({ status: 403 });
  expect(await call("vault.create", { ...input, proof: "open" })).toMatchObject({ status: 403 });
  await good(call("vault.create", { ...input, proof: "open-sesame" }));
});

test("a full vault says so, with its numbers, and takes what makes it smaller", async () => {
  const server = await started({ vaultBytes: 20_000 });
  const { owner, token } = await createTenant(server);
  const writer = createWriter(owner);
  const recordId = random(16);
  await good(
    server.call("sync.push", await writer.next([{ recordId, content: random(12_000) }]), token),
  );
  const clone = createWriter(owner);
  await clone.next([{ recordId }]);
  const big = await writer.next([{ content: random(9_000) }]);
  const { problem } = await server.call("sync.push", big, token);
  expect(problem).toMatchObject({ code: "quota", maxBytes: 20_000 });
  expect(problem!.bytes).toBeGreaterThan(12_000);
});

test(`guessing link codes ${GUESSES} times from as many addresses finds none`, async () => {
  const server = await started();
  const store = await createSqliteStore({ file: join(server.folder, "guess.db") });
  const log = createLog("off", () => undefined);
  const config = { ...readConfig({}), authsPerMinute: 1e9 };
  const { rpc } = createRpcDeps({ config, log }, store, createInProcessBus());
  const callerFor = createCallerFactory(createRouter(rpc));
  const at = (client: string) => callerFor({ client, host: "x", token: null, bodyBytes: null });
  const opened = [];
  for (let box = 0; box < 10; box++) opened.push(await at(`${box}`).link.open({ kind: "code" }));
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  let found = 0;
  for (let guess = 0; guess < GUESSES; guess++) {
    // Half of them know the first half of a code that is in use.
    const known = guess % 2 === 0 ? (opened[(guess / 2) % 10]?.code?.slice(0, 4) ?? "") : "";
    const rest = [...random(8 - known.length)].map((byte) => digits[byte % 32]).join("");
    await at(`from ${guess}`)
      .link.claim({ code: known + rest })
      .then(
        () => (found += 1),
        () => undefined,
      );
  }
  expect(found).toBeLessThanOrEqual(1);
  // Each was burnt by its fifth wrong try.
  const claims = await Promise.allSettled(
    opened.map(({ code }, box) => at(`owner ${box}`).link.claim({ code: code ?? "" })),
  );
  expect(claims.filter(({ status }) => status === "fulfilled")).toEqual([]);
  await store.close();
}, 600_000);

test("one address may try ten codes a minute", async () => {
  const { call } = await started();
  const statuses = [];
  for (let tries = 0; tries < 11; tries++)
    statuses.push((await call("link.claim", { code: "0000000A" })).status);
  expect(statuses).toEqual([...Array<number>(10).fill(404), 429]);
});

describe("what is told and kept", () => {
  test("holds no id, address, token or sent text: not in logs, not in answers, not in files", async () => {
    const canary = "CANARY-blue-heron-7731";
    const server = await started();
    const { url, call } = server;
    const { owner, token, vaultId } = await createTenant(server);
    const { ticket } = await good(call("auth.ticket", { vaultId }, token));
    await good(call("sync.push", await createWriter(owner).next([{}]), token));
    await call("sync.push", await createWriter(owner).next([{}]), token);

    const answers = await Promise.all([
      fetch(`${url}/${canary}`),
      fetch(`${url}/trpc/${canary}`),
      fetch(`${url}/trpc/vault.status?input=${canary}`),
      fetch(`${url}/blob/${canary}/${canary}`, { headers: { authorization: `Bearer ${canary}` } }),
      fetch(`${url}/trpc/vault.create`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-canary": canary },
        body: JSON.stringify({ entries: [canary], boxes: [], [canary]: 1, proof: canary }),
      }),
      fetch(`${url}/trpc/vault.create`, { method: "POST", body: canary }),
      fetch(`${url}/trpc/link.put`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `{"mailboxId": "${canary}`,
      }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(await answer.text()).not.toContain(canary);
    }
    const deviceId = toBase64url(owner.device.deviceId);
    const secrets = [token, ticket, vaultId, deviceId, canary, "127.0.0.1", "::1"];
    const lines = server.lines.join("\n");
    expect(server.lines.length).toBeGreaterThan(10);
    for (const secret of secrets) expect(lines).not.toContain(secret);
    expect(lines).not.toContain(Buffer.from(owner.vaultId).toString("hex"));

    const files = readdirSync(server.folder).map((file) => readFileSync(join(server.folder, file)));
    expect(files.length).toBeGreaterThanOrEqual(2);
    for (const bytes of files) {
      for (const text of [canary, token, ticket]) expect(bytes.includes(text)).toBe(false);
      for (const secret of [token, ticket])
        expect(bytes.includes(Buffer.from(secret, "base64url"))).toBe(false);
    }
  });

  test("a row that was replaced is gone from the file", async () => {
    const server = await started();
    const { owner, token, vaultId } = await createTenant(server);
    const writer = createWriter(owner);
    const [recordId, content] = [
      random(16),
      Buffer.from("sealed bytes that were replaced".repeat(8)),
    ];
    await good(server.call("sync.push", await writer.next([{ recordId, content }]), token));
    const dot = { deviceId: owner.device.deviceId, devSeq: 1 };
    await good(
      server.call("sync.push", await writer.next([{ recordId, supersedes: [dot] }]), token),
    );
    const page = await good(server.call("sync.pull", { vaultId, cursor: null }, token));
    expect(page.entries).toHaveLength(1);
    const file = join(server.folder, "sync.db");
    const database = new DatabaseSync(file);
    database.exec("pragma wal_checkpoint(truncate)");
    database.close();
    expect(readFileSync(file).includes(content)).toBe(false);
  });
});

describe("a stop", () => {
  test("lets a request that runs come to its end and takes no new one", async () => {
    const server = await started({ stopTimeoutMs: 5_000, maxRequests: 1 });
    const { owner, token } = await createTenant(server);
    const body = await createWriter(owner).next([{}]);
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.write(
      head(
        "/trpc/sync.push",
        "content-type: application/octet-stream",
        `authorization: Bearer ${token}`,
        `content-length: ${body.length}`,
      ),
    );
    socket.write(body.subarray(0, 100));
    await isFull(server);
    const stopped = server.stop();
    await expect(fetch(`${server.url}/trpc/meta.info`)).rejects.toThrow("fetch failed");
    socket.write(body.subarray(100));
    await stopped;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('"accepted":1');
    running.length = 0;
  });
});

test("a session opened before a restart still counts after it", async () => {
  const first = await started();
  const { owner, vaultId } = await createTenant(first);
  const { token } = await openSession(first.call, first.url, owner.vaultId, owner.device);
  const second = await started({ file: join(first.folder, "sync.db") });
  expect(await good(second.call("vault.status", { vaultId }, token))).toMatchObject({ logLen: 1 });
});

import { encodeBlobPart, fromBase64url, toBase64url } from "@alcove/sdk/wire";
import { createTRPCClient, httpLink, isTRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppRouter } from "./rpc/router.ts";
import {
  boxOf,
  createDevice,
  createInput,
  createOwner,
  createWriter,
  destroyRequest,
  good,
  openSession,
  random,
  sessionInput,
  sha256,
} from "./testing/test-client.ts";
import { createTenant, startTestServer, type TestServer } from "./testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const DAY_MS = 86_400_000;

describe("a vault", () => {
  test("is founded by its log; the same again is the same, another under its name is not", async () => {
    const { call } = server;
    const owner = await createOwner();
    const input = createInput(owner);
    const vaultId = toBase64url(owner.vaultId);
    expect(await good(call("vault.create", input))).toEqual({ vaultId });
    expect(await good(call("vault.create", input))).toEqual({ vaultId });
    const other = await createOwner({ recovery: owner.recovery });
    expect(await call("vault.create", createInput(other))).toMatchObject({
      status: 409,
      problem: { code: "exists" },
    });
  });

  test("is not founded by a log that a client would refuse", async () => {
    const { call } = server;
    const owner = await createOwner();
    const input = createInput(owner);
    const broken = [...owner.entries[0]!];
    broken[broken.length - 1]! ^= 1;
    const entries = [toBase64url(new Uint8Array(broken))];
    expect(await call("vault.create", { ...input, entries })).toMatchObject({
      status: 400,
      problem: { code: "malformed" },
    });
    const stranger = [boxOf(random(16))];
    expect(await call("vault.create", { ...input, boxes: stranger })).toMatchObject({
      problem: { code: "malformed" },
    });
  });

  test("tells its state and is destroyed by a signed request, once", async () => {
    const { call } = server;
    const { owner, token, vaultId } = await createTenant(server);
    const writer = createWriter(owner);
    await good(call("sync.push", await writer.next([{}, {}]), token));
    expect(await good(call("vault.status", { vaultId }, token))).toMatchObject({
      head: 3,
      heads: [{ deviceId: toBase64url(owner.device.deviceId), batchNo: 1 }],
      generation: 0,
      logLen: 1,
      entries: 2,
      logHash: toBase64url(sha256(owner.entries[0]!)),
    });
    const stranger = await createDevice();
    const forged = await destroyRequest(call, owner.vaultId, stranger);
    expect(await call("vault.destroy", { vaultId, request: forged }, token)).toMatchObject({
      status: 401,
    });
    const request = await destroyRequest(call, owner.vaultId, owner.device);
    await good(call("vault.destroy", { vaultId, request }, token));
    expect(await call("vault.status", { vaultId }, token)).toMatchObject({ status: 401 });
    // Nothing is left that would stand in the way of founding it again.
    await good(call("vault.create", createInput(owner)));
    const { token: anew } = await openSession(call, server.url, owner.vaultId, owner.device);
    expect(await call("vault.destroy", { vaultId, request }, anew)).toMatchObject({ status: 401 });
  });
});

describe("a session", () => {
  test("opens for a device and for recovery, which may read but not write", async () => {
    const { call, url } = server;
    const { owner, vaultId } = await createTenant(server);
    const { token } = await openSession(call, url, owner.vaultId, owner.recovery);
    const log = await good(call("log.get", { vaultId, from: 0 }, token));
    expect(log.entries).toEqual(owner.entries.map(toBase64url));
    expect(await call("sync.ack", { vaultId, seq: 0 }, token)).toMatchObject({
      status: 403,
      problem: { code: "forbidden" },
    });
  });

  test("answers one challenge once, made for this server, this vault and this purpose", async () => {
    const { call, url } = server;
    const { owner } = await createTenant(server);
    const input = (options = {}) => sessionInput(call, url, owner.vaultId, owner.device, options);
    const refused = { status: 401, problem: { code: "unauthenticated" } };
    const used = await input();
    await good(call("auth.session", used));
    expect(await call("auth.session", used)).toMatchObject(refused);
    for (const options of [
      { audience: "evil.example" },
      { action: "locate" },
      { storeId: random(16) },
      { nonce: toBase64url(random(32)) },
      { nonce: used.nonce },
    ])
      expect(await call("auth.session", await input(options))).toMatchObject(refused);

    const other = await createTenant(server);
    const foreign = await call("auth.challenge", {
      vaultId: other.vaultId,
      id: toBase64url(owner.device.deviceId),
    });
    expect(await call("auth.session", await input({ nonce: foreign.data!.nonce }))).toMatchObject(
      refused,
    );
  });

  test("does not open with a challenge that is a minute old", async () => {
    const { call, url, clock } = server;
    const { owner } = await createTenant(server);
    const input = await sessionInput(call, url, owner.vaultId, owner.device);
    clock.now += 60_001;
    expect(await call("auth.session", input)).toMatchObject({ status: 401 });
  });

  test("looks the same for a vault that does not exist", async () => {
    const { call, url } = server;
    const { owner } = await createTenant(server);
    const strangers = await createOwner();
    const device = await createDevice();
    const asked = await Promise.all(
      [owner, strangers].map(({ vaultId }) =>
        call("auth.challenge", {
          vaultId: toBase64url(vaultId),
          id: toBase64url(device.deviceId),
        }),
      ),
    );
    expect(asked.map(({ status }) => status)).toEqual([200, 200]);
    const answers = await Promise.all(
      [owner, strangers].map(async ({ vaultId }) =>
        call("auth.session", await sessionInput(call, url, vaultId, device)),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
    const status = await Promise.all(
      [owner, strangers].map(({ vaultId }) =>
        call("vault.status", { vaultId: toBase64url(vaultId) }, toBase64url(random(32))),
      ),
    );
    expect(status[0]).toEqual(status[1]);
  });
});

test("how long a refusal takes does not tell whether the vault exists", async () => {
  const { call, url } = server;
  const { owner } = await createTenant(server);
  const stranger = await createDevice();
  const vaults = [owner.vaultId, random(32)];
  const times: [number[], number[]] = [[], []];
  // In turns, so that whatever else the machine does meets both alike.
  for (let round = 0; round < 80; round++)
    for (const [which, vaultId] of vaults.entries()) {
      const input = await sessionInput(call, url, vaultId, stranger);
      const startedAt = performance.now();
      expect((await call("auth.session", input)).status).toBe(401);
      times[which === 0 ? 0 : 1].push(performance.now() - startedAt);
    }
  const [known, unknown] = times.map((all) => all.toSorted((a, b) => a - b)[40] ?? 0);
  expect((known ?? 0) / (unknown ?? 1)).toBeGreaterThan(0.5);
  expect((known ?? 0) / (unknown ?? 1)).toBeLessThan(2);
}, 30_000);

describe("the member log", () => {
  test("takes a device in, hands out its boxes, and shuts it out again", async () => {
    const { call, url } = server;
    const { owner, token, vaultId } = await createTenant(server);
    const second = await createDevice();
    const add = await owner.entry({ type: "add", device: second });
    const box = boxOf(second.deviceId);
    const append = { vaultId, expectLen: 1, entry: toBase64url(add), boxes: [box] };
    expect(await good(call("log.append", append, token))).toEqual({ length: 2 });
    expect(await good(call("log.append", append, token))).toEqual({ length: 2 });
    owner.entries.push(add);
    const { token: seconds } = await openSession(call, url, owner.vaultId, second);
    const page = await good(call("log.get", { vaultId, from: 1 }, seconds));
    expect(page).toEqual({ entries: [toBase64url(add)], boxes: [box], more: false });

    const writer = createWriter(owner, second);
    await good(call("sync.push", await writer.next([{}]), seconds));
    const revoke = (pin: { generation: number; batchNo: number; hash: typeof add } | null) =>
      owner
        .entry({
          type: "revoke",
          deviceId: second.deviceId,
          pin,
          epoch: 2,
          commit: random(32),
        })
        .then((entry) => ({ vaultId, expectLen: 2, entry: toBase64url(entry), boxes: [] }));
    expect(await call("log.append", await revoke(null), token)).toMatchObject({
      status: 409,
      problem: { code: "stale", length: 2 },
    });
    const { batchNo, hash } = writer.head;
    const shut = await revoke({ generation: 0, batchNo, hash });
    expect(await good(call("log.append", shut, token))).toEqual({ length: 3 });
    expect(await call("vault.status", { vaultId }, seconds)).toMatchObject({ status: 401 });
    expect(
      await call("auth.session", await sessionInput(call, url, owner.vaultId, second)),
    ).toMatchObject({ status: 403, problem: { code: "revoked" } });
    const list = await good(call("device.list", { vaultId }, token));
    expect(list.devices.map(({ revoked }) => revoked)).toEqual([false, true]);
    expect(await call("log.append", append, token)).toMatchObject({
      data: { length: 3 },
    });
  });

  test("lets the first of two writers through and tells the other its length", async () => {
    const { call } = server;
    const { owner, token, vaultId } = await createTenant(server);
    const inputs = await Promise.all(
      [1, 2].map(async () => ({
        vaultId,
        expectLen: 1,
        entry: toBase64url(await owner.entry({ type: "add", device: await createDevice() })),
        boxes: [],
      })),
    );
    const answers = await Promise.all(inputs.map((input) => call("log.append", input, token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(answers.find(({ status }) => status === 409)!.problem).toEqual({
      code: "conflict",
      length: 2,
    });
  });

  test("counts a recovery key that one device asked for only after seven days here, whatever day it wrote", async () => {
    const { call, url, clock } = server;
    const { owner, token, vaultId } = await createTenant(server);
    const next = await createOwner();
    const { recovery } = next;
    const entry = await owner.entry({ type: "recovery", recovery, coSigner: null });
    await good(
      call("log.append", { vaultId, expectLen: 1, entry: toBase64url(entry), boxes: [] }, token),
    );
    const opens = async () => {
      const input = await sessionInput(call, url, owner.vaultId, recovery);
      return (await call("auth.session", input)).status;
    };
    expect(await opens()).toBe(401);
    clock.now += 6 * DAY_MS;
    expect(await opens()).toBe(401);
    clock.now += DAY_MS;
    expect(await opens()).toBe(200);
    const located = await sessionInput(call, url, next.vaultId, recovery, { action: "locate" });
    const { audience, nonce, signature } = located;
    expect(
      await good(
        call("auth.locate", {
          recoverySignPk: toBase64url(recovery.signPk),
          audience,
          nonce,
          signature,
        }),
      ),
    ).toEqual({ vaultId });
  });
});

describe("pushing and pulling", () => {
  test("brings the bytes back as they were, and the same push again changes nothing", async () => {
    const { call } = server;
    const { owner, token, vaultId } = await createTenant(server);
    const writer = createWriter(owner);
    const body = await writer.next([{}, {}, {}]);
    expect(await good(call("sync.push", body, token))).toEqual({
      head: 4,
      accepted: 3,
      duplicate: false,
    });
    expect(await good(call("sync.push", body, token))).toEqual({
      head: 4,
      accepted: 3,
      duplicate: true,
    });
    const page = await good(call("sync.pull", { vaultId, cursor: null }, token));
    const [manifest] = page.manifests;
    const sent = Buffer.concat([
      fromBase64url(manifest!.manifest),
      ...page.entries.map(({ envelope }) => fromBase64url(envelope)),
    ]);
    expect(sent.equals(body.subarray(5))).toBe(true);
    expect(page).toMatchObject({ head: 4, more: false, next: { seq: 4 } });
    const tail = await good(call("sync.pull", { vaultId, cursor: page.next }, token));
    expect([tail.entries, tail.manifests]).toEqual([[], []]);
    const foreign = { ...page.next, storeId: toBase64url(random(16)) };
    expect(await call("sync.pull", { vaultId, cursor: foreign }, token)).toMatchObject({
      status: 409,
      problem: { code: "store-changed" },
    });
  });

  test("refuses every flipped byte of a push, and says no more than that", async () => {
    const { call } = server;
    const { owner, token, vaultId } = await createTenant(server);
    const body = await createWriter(owner).next([{}]);
    for (let at = 0; at < body.length; at += 7) {
      const flipped = new Uint8Array(body);
      flipped[at]! ^= 1;
      const answer = await call("sync.push", flipped, token);
      expect(answer.status, `byte ${at}`).toBeGreaterThanOrEqual(400);
      expect(answer.status, `byte ${at}`).toBeLessThan(500);
    }
    expect(await good(call("vault.status", { vaultId }, token))).toMatchObject({ head: 0 });
    expect(await good(call("sync.push", body, token))).toMatchObject({ accepted: 1 });
  });

  test("tells of a hole, a fork and a log that moved on", async () => {
    const { call } = server;
    const { owner, token, vaultId } = await createTenant(server);
    const writer = createWriter(owner);
    const [first, second] = [await writer.next([{}]), await writer.next([{}])];
    expect(await call("sync.push", second, token)).toMatchObject({
      problem: { code: "gap", expected: 1 },
    });
    await good(call("sync.push", first, token));
    const clone = await createWriter(owner).next([{}]);
    expect(await call("sync.push", clone, token)).toMatchObject({
      problem: { code: "device-forked" },
    });
    const rotate = await owner.entry({ type: "rotate", epoch: 2, commit: random(32) });
    const append = { vaultId, expectLen: 1, entry: toBase64url(rotate), boxes: [] };
    await good(call("log.append", append, token));
    owner.entries.push(rotate);
    const floor = await owner.entry({ type: "floor", minSuite: 1, minEpoch: 2 });
    await good(call("log.append", { ...append, expectLen: 2, entry: toBase64url(floor) }, token));
    owner.entries.push(floor);
    expect(await call("sync.push", second, token)).toMatchObject({
      status: 409,
      problem: { code: "stale", length: 3, minEpoch: 2, generation: 0 },
    });
    expect(await call("sync.push", first, token)).toMatchObject({ data: { duplicate: true } });
  });

  test("starts anew with a reseed", async () => {
    const { call } = server;
    const { owner, token, vaultId } = await createTenant(server);
    await good(call("sync.push", await createWriter(owner).next([{}, {}]), token));
    const reseed = await owner.entry({ type: "reseed", generation: 1 });
    await good(
      call("log.append", { vaultId, expectLen: 1, entry: toBase64url(reseed), boxes: [] }, token),
    );
    const page = await good(call("sync.pull", { vaultId, cursor: null }, token));
    expect([page.entries, page.manifests, page.heads]).toEqual([[], [], []]);
  });
});

describe("blobs and snapshots", () => {
  test("go up in parts and come down by name, whole or from a byte on", async () => {
    const { call, url } = server;
    const { token, vaultId, owner } = await createTenant(server);
    const whole = random(300_000);
    const hash = sha256(whole);
    const name = { vaultId, hash: toBase64url(hash) };
    expect(await good(call("blob.begin", { ...name, bytes: whole.length }, token))).toEqual({
      received: 0,
    });
    expect(await call("blob.commit", name, token)).toMatchObject({ status: 409 });
    for (let offset = 0; offset < whole.length; offset += 100_000)
      await good(
        call(
          "blob.part",
          encodeBlobPart({
            vaultId: owner.vaultId,
            hash,
            offset,
            part: whole.slice(offset, offset + 100_000),
          }),
          token,
        ),
      );
    const get = (headers: Record<string, string> = {}) =>
      fetch(`${url}/blob/${vaultId}/${name.hash}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
    expect((await get()).status).toBe(404);
    await good(call("blob.commit", name, token));
    await good(call("blob.commit", name, token));
    const answer = await get();
    expect(Buffer.from(await answer.arrayBuffer()).equals(whole)).toBe(true);
    const tail = await get({ range: "bytes=150000-" });
    expect([tail.status, tail.headers.get("content-range")]).toEqual([
      206,
      "bytes 150000-299999/300000",
    ]);
    expect(Buffer.from(await tail.arrayBuffer()).equals(whole.subarray(150_000))).toBe(true);
    expect((await get({ range: "bytes=300000-" })).status).toBe(416);
    const other = await createTenant(server);
    expect((await get({ authorization: `Bearer ${other.token}` })).status).toBe(403);
    expect((await get({ authorization: "" })).status).toBe(401);
  });

  test("of other bytes than their name are dropped", async () => {
    const { call } = server;
    const { token, vaultId, owner } = await createTenant(server);
    const hash = random(32);
    const name = { vaultId, hash: toBase64url(hash) };
    await good(call("blob.begin", { ...name, bytes: 9 }, token));
    const part = encodeBlobPart({ vaultId: owner.vaultId, hash, offset: 0, part: random(9) });
    await good(call("blob.part", part, token));
    expect(await call("blob.commit", name, token)).toMatchObject({ status: 400 });
    expect(await call("blob.commit", name, token)).toMatchObject({ status: 404 });
  });
});

describe("linking", () => {
  test("carries messages between two who know the mailbox", async () => {
    const { call } = server;
    const { mailboxId, code } = await good(call("link.open", { kind: "code" }));
    expect(code).toMatch(/^[\dA-HJKMNP-TV-Z]{8}$/);
    expect(await good(call("link.claim", { code: code! }))).toEqual({ mailboxId });
    expect(await call("link.claim", { code: code! })).toMatchObject({ status: 404 });
    const message = toBase64url(random(500));
    const slot = { mailboxId, slot: 0 };
    expect(await good(call("link.take", slot))).toEqual({ message: null });
    await good(call("link.put", { ...slot, message }));
    await good(call("link.put", { ...slot, message }));
    expect(await call("link.put", { ...slot, message: toBase64url(random(9)) })).toMatchObject({
      status: 409,
      problem: { code: "exists" },
    });
    expect(await good(call("link.take", slot))).toEqual({ message });
    const qr = { kind: "qr" as const, mailboxId: toBase64url(random(16)) };
    await good(call("link.open", qr));
    expect(await call("link.open", qr)).toMatchObject({ status: 409 });
    expect(await call("link.take", { mailboxId: toBase64url(random(16)), slot: 0 })).toMatchObject({
      status: 404,
    });
  });
});

test("the tRPC client reads answers and problems as its types say", async () => {
  const client = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${server.url}/trpc` })],
  });
  const info = await client.meta.info.query();
  expect(info.protocols).toEqual([1]);
  const failed = await client.vault.status
    .query({ vaultId: toBase64url(random(32)) })
    .catch((error: unknown) => error);
  expect(isTRPCClientError<AppRouter>(failed) && failed.data?.alcove).toEqual({
    code: "unauthenticated",
  });
});

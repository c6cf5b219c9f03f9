import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import {
  encodeBlobPart,
  encodeSnapshotBody,
  joinSnapshot,
  PROCEDURES,
  snapshotMessage,
  toBase64url,
  type ProcedureInput,
  type ProcedureName,
} from "@alcove/sdk/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createInProcessBus } from "./bus/in-process-bus.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { createRouter } from "./rpc/router.ts";
import { createRpcDeps } from "./server.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import { openEventStream } from "./testing/event-stream.ts";
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
  type TestDevice,
} from "./testing/test-client.ts";
import {
  createTenant,
  startTestServer,
  type Tenant,
  type TestServer,
} from "./testing/test-server.ts";

/** Needs no session, by design. Whoever adds to it decides that in public. */
const OPEN: readonly ProcedureName[] = [
  "meta.info",
  "vault.create",
  "auth.challenge",
  "auth.session",
  "auth.locate",
  "link.open",
  "link.claim",
  "link.put",
  "link.take",
];

type Inputs = {
  readonly [Name in ProcedureName]: (tenant: Tenant) => Promise<ProcedureInput<Name>>;
};

/** An input that would be taken if the vault's own device sent it. Each procedure must have one here, or this does not compile. */
const INPUTS: Inputs = {
  "meta.info": async () => undefined,
  "vault.create": async () => createInput(await createOwner()),
  "vault.status": async ({ vaultId }) => ({ vaultId }),
  "vault.destroy": async ({ owner, vaultId }) => ({
    vaultId,
    request: await destroyRequest(server.call, owner.vaultId, owner.device),
  }),
  "auth.challenge": async ({ vaultId, owner }) => ({
    vaultId,
    id: toBase64url(owner.device.deviceId),
  }),
  "auth.session": async ({ owner }) =>
    sessionInput(server.call, server.url, owner.vaultId, owner.device),
  "auth.locate": async ({ owner }) => {
    const options = { action: "locate" as const };
    const { audience, nonce, signature } = await sessionInput(
      server.call,
      server.url,
      owner.vaultId,
      owner.recovery,
      options,
    );
    return { recoverySignPk: toBase64url(owner.recovery.signPk), audience, nonce, signature };
  },
  "auth.ticket": async ({ vaultId }) => ({ vaultId }),
  "log.get": async ({ vaultId }) => ({ vaultId, from: 0 }),
  "log.append": async ({ owner, vaultId }) => {
    const device = await createDevice();
    const entry = toBase64url(await owner.entry({ type: "add", device }));
    return {
      vaultId,
      expectLen: owner.entries.length,
      entry,
      boxes: [boxOf(device.deviceId, owner.entries.length > 1 ? 2 : 1)],
    };
  },
  "sync.push": async ({ owner }) =>
    createWriter(owner).next([{}], { epoch: epochOf(owner.entries) }),
  "sync.pull": async ({ vaultId }) => ({ vaultId, cursor: null }),
  "sync.ack": async ({ vaultId }) => ({ vaultId, seq: 1 }),
  "sync.live": async () => ({ ticket: toBase64url(random(32)) }),
  "blob.begin": async ({ vaultId }) => ({ vaultId, hash: toBase64url(BLOB_HASH), bytes: 100 }),
  "blob.part": async ({ owner }) =>
    encodeBlobPart({ vaultId: owner.vaultId, hash: BLOB_HASH, offset: 0, part: BLOB }),
  "blob.commit": async ({ vaultId }) => ({ vaultId, hash: toBase64url(BLOB_HASH) }),
  "snapshot.publish": async ({ owner, vaultId }) => ({
    vaultId,
    manifest: await snapshotOf(owner, owner.device),
    seq: 0,
  }),
  "snapshot.latest": async ({ vaultId }) => ({ vaultId }),
  "link.open": async () => ({ kind: "code" }),
  "link.claim": async () => ({ code: "00000000" }),
  "link.put": async () => ({ mailboxId: toBase64url(random(16)), slot: 0, message: "AAAA" }),
  "link.take": async () => ({ mailboxId: toBase64url(random(16)), slot: 0 }),
  "device.list": async ({ vaultId }) => ({ vaultId }),
};

const BLOB = random(100);
const BLOB_HASH = sha256(BLOB);
/** A vault in these tests that has removed a device is in its second epoch. */
const epochOf = (entries: readonly Uint8Array[]) => (entries.length >= 3 ? 2 : 1);

const GUARDED = (Object.keys(PROCEDURES) as ProcedureName[]).filter(
  (name) => !OPEN.includes(name) && name !== "sync.live",
);

async function snapshotOf(owner: Tenant["owner"], device: TestDevice): Promise<string> {
  const body = encodeSnapshotBody({
    vaultId: owner.vaultId,
    deviceId: device.deviceId,
    snapshotId: random(16),
    generation: 0,
    epoch: epochOf(owner.entries),
    logLen: owner.entries.length,
    logHash: sha256(owner.entries.at(-1)!),
    rows: 1,
    root: random(32),
    blobs: [{ hash: BLOB_HASH, bytes: 100, chunks: 1 }],
    heads: [{ deviceId: device.deviceId, batchNo: 1, hash: random(32) }],
  });
  return toBase64url(joinSnapshot(body, await device.sign(snapshotMessage(body))));
}

let server: TestServer;
let tenant: Tenant;
let other: Tenant;
let revokedToken: string;
let recoveryToken: string;
let secondToken: string;

beforeAll(async () => {
  server = await startTestServer();
  [tenant, other] = [await createTenant(server), await createTenant(server)];
  const { owner, vaultId, token } = tenant;
  const { call, url } = server;
  const append = async (entry: Uint8Array) => {
    const expectLen = owner.entries.length;
    await good(
      call("log.append", { vaultId, expectLen, entry: toBase64url(entry), boxes: [] }, token),
    );
    owner.entries.push(new Uint8Array(entry));
  };
  const removed = await createDevice();
  await append(await owner.entry({ type: "add", device: removed }));
  ({ token: revokedToken } = await openSession(call, url, owner.vaultId, removed));
  await append(
    await owner.entry({
      type: "revoke",
      deviceId: removed.deviceId,
      pin: null,
      epoch: 2,
      commit: random(32),
    }),
  );
  const second = await createDevice();
  await append(await owner.entry({ type: "add", device: second }));
  ({ token: secondToken } = await openSession(call, url, owner.vaultId, second));
  ({ token: recoveryToken } = await openSession(call, url, owner.vaultId, owner.recovery));
});
afterAll(() => server.stop());

/** Every row of every table. */
function everything(): string {
  const raw = new DatabaseSync(join(server.folder, "sync.db"), { readOnly: true });
  const tables = raw.prepare("select name from sqlite_master where type = 'table'").all();
  const rows = tables.map(({ name }) => raw.prepare(`select * from "${String(name)}"`).all());
  raw.close();
  return JSON.stringify(rows);
}

test("the router has the procedures of the protocol, each with its kind", async () => {
  const store = await createSqliteStore({ file: join(server.folder, "router.db") });
  const log = createLog("off", () => undefined);
  const { rpc } = createRpcDeps({ config: readConfig({}), log }, store, createInProcessBus());
  const { _def: of } = createRouter(rpc);
  await store.close();
  // At run time they lie flat, by their whole names.
  const flat = of.procedures as unknown as Readonly<Record<string, { _def: { type: string } }>>;
  const kinds = Object.entries(flat).map(([name, { _def: procedure }]) => [name, procedure.type]);
  const table = Object.entries(PROCEDURES).map(([name, { kind }]) => [name, kind]);
  expect(Object.fromEntries(kinds)).toEqual(Object.fromEntries(table));
});

test("only the named procedures need no session", () => {
  const open = Object.entries(PROCEDURES).filter(([, { access }]) => access === "open");
  expect(open.map(([name]) => name).toSorted()).toEqual(OPEN.toSorted());
});

describe.each(GUARDED)("%s", (name) => {
  const refusal = async (token: string | null) => {
    const input = await INPUTS[name](tenant);
    const before = everything();
    const { status, problem } = await server.call(name, input as never, token);
    expect(everything()).toBe(before);
    return [status, problem?.code];
  };

  test("is refused without a session and with none of ours, and changes nothing", async () => {
    for (const token of [null, "", "x", toBase64url(random(32)), "%00", "'; drop table vault; --"])
      expect(await refusal(token)).toEqual([401, "unauthenticated"]);
  });

  test("is refused with an expired session", async () => {
    const { owner } = tenant;
    const { token } = await openSession(server.call, server.url, owner.vaultId, owner.device);
    const input = await INPUTS[name](tenant);
    const before = everything();
    server.clock.now += 15 * 60_000 + 1;
    const { status, problem } = await server.call(name, input as never, token);
    server.clock.now -= 15 * 60_000 + 1;
    expect([status, problem?.code]).toEqual([401, "unauthenticated"]);
    expect(everything()).toBe(before);
  });

  test("is refused with a session of another vault", async () => {
    expect(await refusal(other.token)).toEqual([403, "forbidden"]);
  });

  test("is refused with a session of a removed device", async () => {
    expect(await refusal(revokedToken)).toEqual([401, "unauthenticated"]);
  });

  if (PROCEDURES[name].access === "member")
    test("is refused to who has only the recovery key", async () => {
      expect(await refusal(recoveryToken)).toEqual([403, "forbidden"]);
    });

  if (name === "sync.push" || name === "snapshot.publish")
    test("is refused when another device of the vault signed", async () => {
      expect(await refusal(secondToken)).toEqual([403, "forbidden"]);
    });
});

test("each input is one that the vault's own device gets through with", async () => {
  const { token } = tenant;
  for (const name of GUARDED.filter((of) => of !== "vault.destroy")) {
    const { status, problem } = await server.call(
      name,
      (await INPUTS[name](tenant)) as never,
      token,
    );
    expect([name, status, problem]).toEqual([name, 200, undefined]);
  }
});

test("sync.live is refused without a ticket", async () => {
  const before = everything();
  for (const ticket of [toBase64url(random(32)), tenant.token]) {
    const stream = await openEventStream(server.url, ticket);
    expect(await stream.next()).toEqual({ code: "unauthenticated" });
  }
  expect(everything()).toBe(before);
});

describe("hostile inputs", () => {
  const values: readonly unknown[] = [
    null,
    0,
    -1,
    1e308,
    "",
    "\u0000",
    "\ud800",
    "'; drop table vault; --",
    "A".repeat(100_000),
    [],
    JSON.parse('{"__proto__":{"admin":true}}'),
    { constructor: {} },
  ];

  test.each(Object.keys(PROCEDURES) as ProcedureName[])("%s takes none of them", async (name) => {
    if (PROCEDURES[name].kind === "subscription") return;
    const { token } = tenant;
    const valid = await INPUTS[name](tenant);
    const before = everything();
    const fields = typeof valid === "object" && !(valid instanceof Uint8Array) ? valid : {};
    const inputs: unknown[] = values.flatMap((value) => [
      value,
      ...Object.keys(fields).map((field) => ({ ...fields, [field]: value })),
    ]);
    for (const input of inputs.filter((one) => !isFine(name, one))) {
      const { status } = await server.call(name, input as never, token);
      expect(status, JSON.stringify(input).slice(0, 200)).toBeGreaterThanOrEqual(400);
      expect(status, JSON.stringify(input).slice(0, 200)).toBeLessThan(500);
    }
    expect(everything()).toBe(before);
  });

  /** `meta.info` has no input to be wrong. The others have fields for which some of the values are allowed. */
  function isFine(name: ProcedureName, input: unknown): boolean {
    const fields = (input ?? {}) as Readonly<Record<string, unknown>>;
    return (
      name === "meta.info" ||
      (name === "sync.pull" && fields["cursor"] === null) ||
      (name === "sync.ack" && fields["seq"] === 0) ||
      (name === "log.get" && fields["from"] === 0) ||
      (name === "log.append" && Array.isArray(fields["boxes"]) && fields["boxes"].length === 0) ||
      (name === "vault.create" && Array.isArray(fields["boxes"]) && fields["boxes"].length === 0) ||
      (name === "snapshot.publish" && fields["seq"] === 0)
    );
  }
});

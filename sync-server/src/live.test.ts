import { toBase64url } from "@alcove/sdk/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEventStream, type EventStream } from "./testing/event-stream.ts";
import { createDevice, createWriter, good, openSession, random } from "./testing/test-client.ts";
import {
  createTenant,
  startTestServer,
  type Tenant,
  type TestServer,
} from "./testing/test-server.ts";

/** Thousands in the soak. */
const IDLE_STREAMS = process.env["ALCOVE_SOAK"] === "1" ? 3_000 : 200;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ streamsPerAddress: IDLE_STREAMS + 50 });
});
afterAll(() => server.stop());

async function listen(
  { token, vaultId }: Tenant,
  lastEventId?: string,
  at: TestServer = server,
): Promise<EventStream> {
  const { ticket } = await good(at.call("auth.ticket", { vaultId }, token));
  return openEventStream(at.url, ticket, lastEventId);
}

describe("live hints", () => {
  test("tell the head at once to who is behind it, and every push after that", async () => {
    const tenant = await createTenant(server);
    const { owner, token } = tenant;
    const writer = createWriter(owner);
    await good(server.call("sync.push", await writer.next([{}]), token));
    const stream = await listen(tenant);
    expect(await stream.next()).toEqual({ id: "2", event: { seq: 2, logLen: 1 } });
    await good(server.call("sync.push", await writer.next([{}, {}]), token));
    expect(await stream.next()).toEqual({ id: "5", event: { seq: 5, logLen: 1 } });
    stream.close();
  });

  test("say nothing to who has everything, until there is more", async () => {
    const tenant = await createTenant(server);
    const { owner, token } = tenant;
    const writer = createWriter(owner);
    await good(server.call("sync.push", await writer.next([{}]), token));
    const stream = await listen(tenant, "2");
    const first = stream.next();
    await good(server.call("sync.push", await writer.next([{}]), token));
    expect(await first).toEqual({ id: "4", event: { seq: 4, logLen: 1 } });
    stream.close();
  });

  test("tell of a new entry in the log", async () => {
    const tenant = await createTenant(server);
    const { owner, token, vaultId } = tenant;
    const stream = await listen(tenant, "0");
    const entry = await owner.entry({ type: "add", device: await createDevice() });
    const append = { vaultId, expectLen: 1, entry: toBase64url(entry), boxes: [] };
    const first = stream.next();
    await good(server.call("log.append", append, token));
    expect(await first).toEqual({ id: "0", event: { seq: 0, logLen: 2 } });
    stream.close();
  });

  test("go to the vault's own devices only", async () => {
    const [a, b] = [await createTenant(server), await createTenant(server)];
    const [ofA, ofB] = [await listen(a, "0"), await listen(b, "0")];
    const nextOfB = ofB.next();
    await good(server.call("sync.push", await createWriter(a.owner).next([{}]), a.token));
    expect(await ofA.next()).toMatchObject({ event: { seq: 2 } });
    await good(server.call("sync.push", await createWriter(b.owner).next([{}, {}]), b.token));
    expect(await nextOfB).toMatchObject({ event: { seq: 3 } });
    ofA.close();
    ofB.close();
  });

  test("end when the device is removed or the vault destroyed", async () => {
    const tenant = await createTenant(server);
    const { owner, token, vaultId } = tenant;
    const second = await createDevice();
    const add = await owner.entry({ type: "add", device: second });
    await good(
      server.call(
        "log.append",
        { vaultId, expectLen: 1, entry: toBase64url(add), boxes: [] },
        token,
      ),
    );
    owner.entries.push(add);
    const session = await openSession(server.call, server.url, owner.vaultId, second);
    const stream = await listen({ ...tenant, token: session.token }, "0");
    const { ticket } = await good(server.call("auth.ticket", { vaultId }, session.token));
    const ended = stream.next();
    const revoke = await owner.entry({
      type: "revoke",
      deviceId: second.deviceId,
      pin: null,
      epoch: 2,
      commit: random(32),
    });
    await good(
      server.call(
        "log.append",
        { vaultId, expectLen: 2, entry: toBase64url(revoke), boxes: [] },
        token,
      ),
    );
    expect(await ended).toEqual({ code: "revoked" });
    const late = await openEventStream(server.url, ticket);
    expect(await late.next()).toEqual({ code: "unauthenticated" });
  });
});

describe("a ticket", () => {
  test("opens one stream", async () => {
    const { token, vaultId } = await createTenant(server);
    const { ticket } = await good(server.call("auth.ticket", { vaultId }, token));
    const first = await openEventStream(server.url, ticket);
    expect(await first.next()).toMatchObject({ id: "0" });
    const second = await openEventStream(server.url, ticket);
    expect(await second.next()).toEqual({ code: "unauthenticated" });
    first.close();
  });

  test("is good for ten seconds", async () => {
    const { token, vaultId } = await createTenant(server);
    const { ticket } = await good(server.call("auth.ticket", { vaultId }, token));
    server.clock.now += 10_001;
    const stream = await openEventStream(server.url, ticket);
    expect(await stream.next()).toEqual({ code: "unauthenticated" });
  });

  test("is no session, and a session is no ticket", async () => {
    const { token, vaultId } = await createTenant(server);
    const { ticket } = await good(server.call("auth.ticket", { vaultId }, token));
    expect(await server.call("vault.status", { vaultId }, ticket)).toMatchObject({ status: 401 });
    const stream = await openEventStream(server.url, token);
    expect(await stream.next()).toEqual({ code: "unauthenticated" });
  });
});

describe("streams", () => {
  test("of one address are counted, and count no more once they are closed", async () => {
    const few = await startTestServer({ streamsPerAddress: 2 });
    const tenant = await createTenant(few);
    const push = createWriter(tenant.owner);
    await good(few.call("sync.push", await push.next([{}]), tenant.token));
    const open = [await listen(tenant, undefined, few), await listen(tenant, undefined, few)];
    for (const stream of open) expect(await stream.next()).toMatchObject({ id: "2" });
    const third = await listen(tenant, undefined, few);
    expect(await third.next()).toEqual({ code: "limit", retryAfterMs: 30_000 });
    open[0]!.close();
    await expect
      .poll(async () => (await listen(tenant, undefined, few)).next(), { timeout: 10_000 })
      .toMatchObject({ id: "2" });
    await few.stop();
  });

  test("end when the server stops, and do not hold it up", async () => {
    const stopping = await startTestServer();
    const stream = await listen(await createTenant(stopping), "0", stopping);
    const ended = stream.next();
    const startedAt = performance.now();
    await stopping.stop();
    expect(await ended).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test(`in their hundreds (${IDLE_STREAMS}) leave the service answering, and all hear of a push`, async () => {
    const tenant = await createTenant(server);
    const { owner, token, vaultId } = tenant;
    const streams: EventStream[] = [];
    while (streams.length < IDLE_STREAMS) {
      const some = Array.from({ length: 50 }, () => listen(tenant, "0"));
      streams.push(...(await Promise.all(some)));
    }
    expect(await good(server.call("vault.status", { vaultId }, token))).toMatchObject({ head: 0 });
    const hints = streams.map((stream) => stream.next());
    await good(server.call("sync.push", await createWriter(owner).next([{}]), token));
    for (const hint of await Promise.all(hints)) expect(hint).toMatchObject({ id: "2" });
    for (const stream of streams) stream.close();
  }, 120_000);
});

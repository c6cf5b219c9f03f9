import { describe, expect, test } from "vitest";
import { toBase64url } from "../wire/base64url.ts";
import { decodeSnapshot } from "../wire/snapshot.ts";
import {
  createFleet,
  idOf,
  leaveAlone,
  noteOf,
  type TestDevice,
  type TestFleet,
} from "./engine.fixture.ts";
import { countEntries, largeFleet } from "./snapshot.fixture.ts";
import { makeSnapshot } from "./snapshot-upload.ts";

const ROWS = 300;
/** Milliseconds, on a busy machine. */
const SLOW = 60_000;
const kept = ({ records }: TestDevice) =>
  [...records.values()].map(({ id, text }) => `${id} ${text}`).toSorted();

async function write(device: TestDevice, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 1) device.write(noteOf(n, `memory ${n}`, 1000 + n));
  await device.engine.now();
}

/** Counts what is sent of blobs. */
function countParts({ server }: TestFleet): { bytes: number } {
  const sent = { bytes: 0 };
  const { putBlobPart } = server;
  server.putBlobPart = (body) => {
    const answer = putBlobPart(body);
    sent.bytes += body.length - 69;
    return answer;
  };
  return sent;
}

describe("a device that is left alone", { timeout: SLOW }, () => {
  test("makes a snapshot of a large vault, and another when a quarter is in none", async () => {
    // Of more than three rows, here.
    const fleet = await createFleet(2);
    const a = fleet.device(0);
    await write(a, 1, 3);
    expect(a.engine.isLarge()).toBe(false);
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(0);
    await write(a, 4, 5);
    expect(a.engine.isLarge()).toBe(true);
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(1);
    await write(a, 9, 2);
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(1);
    await write(a, 11, 1);
    await leaveAlone(a);
    const [first, second] = fleet.server.snapshots.map(({ manifest }) => decodeSnapshot(manifest));
    expect([first?.rows, second?.rows]).toEqual([8, 11]);
    expect(second?.heads).toHaveLength(1);
    // Another device that sees it makes none beside it.
    const b = fleet.device(1);
    await b.engine.now();
    await leaveAlone(b);
    expect(fleet.server.snapshots).toHaveLength(2);
  });

  test("makes none while something waits to be sent", async () => {
    const { fleet, a } = await largeFleet(20);
    await write(a, 100, 20);
    a.write(noteOf(900, "waits", 9_000));
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(1);
    await a.engine.now();
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(2);
  });

  test("goes on where it stopped, with the same bytes, wherever its tab died", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    const sent = countParts(fleet);
    for (let n = 1; ; n += 1) {
      fleet.server.snapshots = [];
      fleet.server.blobs.clear();
      const c = fleet.device(2);
      await c.engine.pull();
      sent.bytes = 0;
      let steps = 0;
      c.wire.after = (name) => {
        if (name.startsWith("blob") || name.startsWith("snapshot")) steps += 1;
        if (steps === n) throw new Error("the tab died");
      };
      const outcome = await leaveAlone(c).then(
        () => "lived",
        (error: Error) => error.message,
      );
      if (outcome === "lived") {
        expect(n).toBeGreaterThan(8);
        return;
      }
      const again = c.reopen();
      await leaveAlone(again);
      await leaveAlone(again);
      expect(decodeSnapshot(fleet.server.snapshots.at(-1).manifest).rows).toBe(ROWS);
      const size = [...fleet.server.blobs.values()].reduce(
        (sum, { bytes }) => sum + bytes.length,
        0,
      );
      expect(sent.bytes).toBe(size);
      const b = fleet.device(1);
      const given = countEntries(fleet);
      await b.engine.now();
      expect(kept(b)).toEqual(kept(a));
      expect(given.count).toBe(0);
    }
  });

  test("does not stop syncing where the server has no room, and asks again after a day", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    fleet.server.blobQuota = 0;
    await write(a, 1_000, ROWS);
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(1);
    a.write(noteOf(5_000, "goes on", 9_000));
    await a.engine.now();
    expect(await a.engine.status()).toMatchObject({ pending: 0 });
    expect(a.told.problems).toEqual([]);
    fleet.server.blobQuota = 2 ** 30;
    const sent = countParts(fleet);
    await leaveAlone(a.reopen());
    expect(sent.bytes).toBe(0);
    fleet.clock.ms += 86_400_001;
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(2);
    const b = fleet.device(1);
    await b.engine.now();
    expect(kept(b)).toEqual(kept(a));
  });

  test("lets others edit, forget and add between its steps: a reader has it all", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    fleet.server.snapshots = [];
    const [b, c] = [fleet.device(1), fleet.device(2)];
    await b.engine.now();
    await c.engine.pull();
    let n = 0;
    await makeSnapshot({
      vaultId: c.access.vaultId,
      call: c.access.call,
      async step(outcome) {
        n += 1;
        b.edit(idOf(n), { text: `edited ${n}`, textHash: `e${n}`, updatedAt: 9_000 });
        b.edit(idOf(ROWS - n), { text: `edited late ${n}`, textHash: `l${n}`, updatedAt: 9_000 });
        b.forget(idOf(40 + n));
        b.write(noteOf(2_000 + n, `added ${n}`, 9_000));
        await b.engine.now();
        if (n > 1) await c.engine.now();
        return c.engine.snapshot(outcome);
      },
      whenQuiet: () => Promise.resolve(),
      signal: new AbortController().signal,
    });
    expect(n).toBeGreaterThan(6);
    expect(fleet.server.snapshots).toHaveLength(1);
    await c.engine.now();
    await a.engine.now();
    const fresh = fleet.device(3);
    await fresh.engine.now();
    expect(kept(fresh)).toEqual(kept(b));
    expect(kept(fresh)).toEqual(kept(a));
    expect(fresh.told.problems).toEqual([]);
  });

  test("begins anew under the present epoch when the keys change", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    fleet.server.snapshots = [];
    const c = fleet.device(2);
    await c.engine.pull();
    for (let step = 0; step < 3; step += 1) await c.engine.snapshot(null);
    await fleet.rotate();
    expect(await c.engine.snapshot("done")).toEqual({ kind: "none" });
    await leaveAlone(c);
    expect(decodeSnapshot(fleet.server.snapshots.at(-1).manifest).epoch).toBe(2);
    const b = fleet.device(1);
    await b.engine.now();
    expect(kept(b)).toEqual(kept(a));
  });

  test("is not made to send one after the other by a server that says that it has none", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    fleet.server.snapshots = [];
    const sent = countParts(fleet);
    await leaveAlone(a);
    await leaveAlone(a.reopen());
    expect(sent.bytes).toBe(0);
    // Another store has none indeed.
    fleet.server.storeId = toBase64url(new Uint8Array(16).fill(8));
    await a.engine.now();
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(1);
  });
});

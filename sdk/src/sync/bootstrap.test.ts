import { describe, expect, test } from "vitest";
import { idOf, leaveAlone, noteOf, type TestDevice } from "./engine.fixture.ts";
import { WireError } from "../wire/wire-error.ts";
import { isForgotten } from "./merge.ts";
import { decodeRecord } from "./record-content.ts";
import { countEntries, forgeSnapshot, largeFleet } from "./snapshot.fixture.ts";

const ROWS = 300;
/** Milliseconds, on a busy machine. */
const SLOW = 60_000;
const kept = ({ records }: TestDevice) =>
  [...records.values()].map(({ id, text }) => `${id} ${text}`).toSorted();

/** Lets a device live until its `n`-th step towards the server or its own disk. Tells whether it came that far. */
function dieAt(device: TestDevice, n: number): () => boolean {
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps === n) throw new Error("the tab died");
  };
  const { store } = device;
  const whole = { ...store };
  device.wire.before = step;
  for (const name of ["apply", "setState", "keepSnapshotNotes"] as const)
    Object.assign(store, {
      [name]: async (given: never) => {
        step();
        return whole[name](given);
      },
    });
  return () => {
    delete device.wire.before;
    Object.assign(store, whole);
    return steps >= n;
  };
}

describe("a new device", { timeout: SLOW }, () => {
  test("begins with the snapshot, asks for no entry that is in it, and tells how far it is", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    const given = countEntries(fleet);
    const b = fleet.device(1);
    await b.engine.now();
    expect(kept(b)).toEqual(kept(a));
    expect(given.count).toBe(0);
    expect(b.told.problems).toEqual([]);
    expect(b.told.progress).toContainEqual({ phase: "checking", done: ROWS, total: ROWS });
    expect(b.told.progress).toContainEqual({ phase: "fetching", done: 256, total: ROWS });
    expect(b.told.progress.at(-1)).toBeNull();
    expect(await b.engine.status()).toMatchObject({ pending: 0, lastSyncedAt: fleet.clock.ms });
    // It knows what the snapshot holds, so it sees no need of another.
    await leaveAlone(b);
    expect(fleet.server.snapshots).toHaveLength(1);
  });

  test("has what came after the snapshot: edits, forgotten ones, new ones", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    a.edit(idOf(7), { text: "edited", textHash: "e", updatedAt: 9_000 });
    a.forget(idOf(8));
    a.write(noteOf(900, "new", 9_000));
    await a.engine.now();
    const given = countEntries(fleet);
    const b = fleet.device(1);
    await b.engine.now();
    expect(kept(b)).toEqual(kept(a));
    expect(b.records.get(idOf(7))?.text).toBe("edited");
    expect(given.count).toBe(3);
  });

  test("merges what it has itself, and gives it to the others", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    const b = fleet.device(1);
    b.write(noteOf(5, "the same memory, imported on both", 99_000));
    b.write(noteOf(901, "only here", 1_000));
    await b.engine.now();
    await a.engine.now();
    expect(kept(b)).toEqual(kept(a));
    expect(a.records.get(idOf(901))?.text).toBe("only here");
    expect(a.records.get(idOf(5))?.text).toBe("the same memory, imported on both");
    expect(a.history).toContainEqual({ id: idOf(5), text: "memory 5" });
  });

  test("goes on by the snapshot whenever its tab dies", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    const given = countEntries(fleet);
    let deaths = 0;
    for (let n = 1; ; n += 1) {
      const b = fleet.device(1);
      const revive = dieAt(b, n);
      const outcome = await b.engine.now().then(
        () => "lived",
        (error: Error) => error.message,
      );
      if (!revive()) break;
      deaths += 1;
      expect(outcome).toBe("the tab died");
      const again = b.reopen();
      await again.engine.now();
      expect(kept(again)).toEqual(kept(a));
      expect(again.told.problems).toEqual([]);
    }
    expect(deaths).toBeGreaterThan(10);
    expect(given.count).toBe(0);
  });

  test("fetches a blob on from where the connection broke", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    const b = fleet.device(1);
    let bytes = 0;
    let broken = 0;
    b.wire.part = (all) => {
      bytes += Math.min(all.length, 20_000);
      return all.subarray(0, 20_000);
    };
    b.wire.before = (name) => {
      if (name === "blob" && (broken += 1) % 3 === 0) throw new Error("the connection broke");
    };
    for (let tries = 0; tries < 20 && kept(b).length < ROWS; tries += 1)
      await b.engine.now().catch(() => undefined);
    expect(kept(b)).toEqual(kept(a));
    expect(broken).toBeGreaterThan(6);
    const size = [...fleet.server.blobs.values()].reduce((sum, blob) => sum + blob.bytes.length, 0);
    expect(bytes).toBe(size);
  });

  test("asks the server for rows that the snapshot left out", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    fleet.server.snapshots = [];
    const c = fleet.device(2);
    await c.engine.pull();
    await c.engine.snapshot(null);
    // An edit that waits: what is here is no longer what the row says.
    c.edit(idOf(9), { text: "edited, not sent", textHash: "e", updatedAt: 9_000 });
    await leaveAlone(c);
    expect(fleet.server.snapshots).toHaveLength(1);
    const b = fleet.device(1);
    const given = countEntries(fleet);
    await b.engine.now();
    expect(kept(b)).toEqual(kept(a));
    expect(b.told.problems).toEqual([]);
    // One page of what stands behind it, and not everything.
    expect(given.count).toBeGreaterThan(0);
    expect(given.count).toBeLessThanOrEqual(fleet.server.pageRows);
    await c.engine.now();
    await b.engine.now();
    expect(b.records.get(idOf(9))?.text).toBe("edited, not sent");
  });

  test("reads everything where the snapshot left much out", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    await forgeSnapshot(fleet, { rows: (rows) => rows.filter((_, i) => i % 3 > 0) });
    const b = fleet.device(1);
    const given = countEntries(fleet);
    await b.engine.now();
    expect(kept(b)).toEqual(kept(a));
    expect(b.told.problems).toEqual([]);
    expect(given.count).toBe(ROWS);
  });

  test("gets what this version cannot read as it came, by the snapshot or by its entry", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    const newer = fleet.device(2);
    newer.write(noteOf(950, "of a later version", 9_000));
    await newer.engine.now();
    const decode = (content: Uint8Array) => {
      const state = decodeRecord(content);
      if (!isForgotten(state) && state.text.versions[0]?.text === "of a later version")
        throw new WireError("A record has an unknown version.", "unsupported");
      return state;
    };
    // Read and made by who cannot read it, and read by who can.
    const old = fleet.device(1).reopen(decode);
    await old.engine.now();
    expect(await old.engine.status()).toMatchObject({ aside: 1 });
    fleet.server.snapshots = [];
    await old.store.keepSnapshotNotes({ job: null, reading: null, last: null, notBefore: 0 });
    await leaveAlone(old.reopen());
    expect(fleet.server.snapshots).toHaveLength(1);
    const given = countEntries(fleet);
    const able = fleet.device(3);
    await able.engine.now();
    expect(given.count).toBe(0);
    await a.engine.now();
    expect(kept(able)).toEqual(kept(a));
    expect(kept(able).join()).toContain("of a later version");
  });

  test("of a vault that was filled anew reads the snapshot of the present generation only", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0, generation: 1 });
    fleet.log = await fleet.reseeded(1);
    await a.engine.restart();
    await a.engine.now();
    const b = fleet.device(1);
    await b.engine.now();
    expect(kept(b)).toEqual(kept(a));
    expect(b.told.problems).toEqual([]);
    await leaveAlone(a);
    const given = countEntries(fleet);
    const c = fleet.device(2);
    await c.engine.now();
    expect(kept(c)).toEqual(kept(a));
    expect(given.count).toBe(0);
  });

  test("reads a snapshot of an earlier epoch while its key is there", async () => {
    const { fleet, a } = await largeFleet(ROWS);
    await fleet.rotate();
    const given = countEntries(fleet);
    const b = fleet.device(1);
    await b.engine.now();
    expect(kept(b)).toEqual(kept(a));
    expect(given.count).toBe(0);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { DAY_MS } from "./days.ts";
import {
  createFleet,
  idOf,
  leaveAlone,
  noteOf,
  type TestDevice,
  type TestFleet,
} from "./engine.fixture.ts";
import { decodeRecord } from "./record-content.ts";

const keyOf = (n: number) => idOf(n).replaceAll("-", "");
const texts = ({ records }: TestDevice) => [...records.values()].map(({ text }) => text).toSorted();

/** The identity under which the first device comes back. */
const BACK = 2;

let fleet: TestFleet;
let a: TestDevice;
let b: TestDevice;
beforeEach(async () => {
  fleet = await createFleet(4);
  [a, b] = [fleet.device(0), fleet.device(1)];
  for (let n = 1; n <= 8; n += 1) a.write(noteOf(n, `note ${n}`, fleet.clock.ms));
  await settle(a, b);
  fleet.clock.ms += 1000;
});

async function settle(...devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { engine } of devices) await engine.now();
}

/** Days go by, until the other devices have seen each tombstone and taken it out of the vault. */
async function purged(): Promise<void> {
  await fleet.revoke(0, fleet.server.heads.get(fleet.keyOf(0)) ?? null).catch(() => undefined);
  for (const days of [1, 1, 180, 1]) {
    fleet.clock.ms += days * DAY_MS;
    await b.engine.now();
  }
  expect((await b.store.dots()).every(({ tombstone }) => !tombstone)).toBe(true);
}

async function rejoin(): Promise<TestDevice> {
  const back = a.as(BACK);
  await back.engine.adopt();
  return back;
}

describe("a device that leaves a vault and joins it again", () => {
  test("sends what was changed meanwhile and nothing else, and no text stands beside itself", async () => {
    const before = await b.store.dots();
    a.edit(idOf(1), { text: "edited while out", textHash: "e", updatedAt: fleet.clock.ms });
    a.forget(idOf(2));
    a.write(noteOf(9, "written while out", fleet.clock.ms));
    b.edit(idOf(3), { text: "edited by the other", textHash: "o", updatedAt: fleet.clock.ms });
    b.forget(idOf(4));
    await b.engine.now();
    const back = await rejoin();
    await settle(back, b);
    const expected = [
      "edited by the other",
      "edited while out",
      "note 5",
      "note 6",
      "note 7",
      "note 8",
      "written while out",
    ];
    for (const device of [back, b]) {
      expect(texts(device)).toEqual(expected);
      expect((await device.engine.status()).pending).toBe(0);
    }
    // The rows of what nobody touched are the rows of before.
    const after = new Set((await b.store.dots()).map(({ dot }) => dot));
    const untouched = new Set([5, 6, 7, 8].map(keyOf));
    for (const { dot, record } of before)
      if (untouched.has(record)) expect(after.has(dot)).toBe(true);
    for (const row of await back.store.records([1, 3, 5, 9].map(keyOf))) {
      const state = decodeRecord(row?.shape ?? new Uint8Array());
      expect("text" in state && state.text.versions).toHaveLength(1);
    }
  });

  test("does not bring back what was forgotten and left the vault meanwhile; an edit of it stays readable as a copy", async () => {
    b.forget(idOf(1));
    b.forget(idOf(2));
    await b.engine.now();
    await purged();
    a.edit(idOf(2), { text: "edited while out", textHash: "e", updatedAt: fleet.clock.ms });
    // One that never heard of them, and nobody else is there when it comes back.
    const late = fleet.device(3);
    await late.engine.now();
    const back = await rejoin();
    await settle(back, late);
    for (const device of [back, late]) {
      expect(texts(device)).toEqual(["note 3", "note 4", "note 5", "note 6", "note 7", "note 8"]);
      expect((await device.engine.status()).pending).toBe(0);
    }
    expect(await back.engine.copies()).toMatchObject([{ text: "edited while out" }]);
  });

  test("sends a batch whose answer it never heard no second time", async () => {
    a.write(noteOf(9, "sent before it left", fleet.clock.ms));
    a.edit(idOf(1), { text: "edited before it left", textHash: "e", updatedAt: fleet.clock.ms });
    a.wire.after = (name) => {
      if (name === "sync.push") throw new Error("cut");
    };
    await expect(a.engine.now()).rejects.toThrow("cut");
    const { stored } = fleet.server;
    const back = await rejoin();
    await settle(back, b);
    expect(fleet.server.stored).toBe(stored);
    for (const device of [back, b]) {
      expect(texts(device)).toEqual(
        expect.arrayContaining(["sent before it left", "edited before it left"]),
      );
      expect(device.records.size).toBe(9);
      expect((await device.engine.status()).pending).toBe(0);
    }
  });

  test("as one that was removed has what it wrote after that as copies, and sends what it had not sent", async () => {
    const pin = fleet.server.heads.get(fleet.keyOf(0)) ?? null;
    const before = fleet.server.copy();
    a.write(noteOf(9, "written after it was removed", fleet.clock.ms));
    await a.engine.now();
    Object.assign(fleet.server, before);
    await fleet.revoke(0, pin);
    a.write(noteOf(10, "never sent", fleet.clock.ms));
    const back = await rejoin();
    await settle(back, b);
    for (const device of [back, b]) {
      expect(texts(device)).toContain("never sent");
      expect(texts(device)).not.toContain("written after it was removed");
      expect(device.records.size).toBe(9);
    }
    expect(await back.engine.copies()).toMatchObject([
      { text: "written after it was removed", reason: "removed-device" },
    ]);
  });

  test("that was filled anew meanwhile says there what it has, except what is forgotten there", async () => {
    b.forget(idOf(1));
    await b.engine.now();
    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
    fleet.server.generation += 1;
    fleet.log = await fleet.reseeded(fleet.server.generation);
    await b.engine.restart();
    await b.engine.now();
    a.write(noteOf(9, "written while out", fleet.clock.ms));
    const back = await rejoin();
    await settle(back, b);
    for (const device of [back, b]) {
      expect(device.records.has(idOf(1))).toBe(false);
      expect(device.records.size).toBe(8);
      expect((await device.engine.status()).pending).toBe(0);
    }
  });

  test("finds out a server that shows it less than it had seen when it left", async () => {
    const old = fleet.server.copy();
    b.write(noteOf(9, "shown before", fleet.clock.ms));
    await settle(b, a);
    Object.assign(fleet.server, old);
    const back = await rejoin();
    await expect(back.engine.now()).rejects.toMatchObject({ code: "sync/vault-withheld" });
    expect(texts(back)).toContain("shown before");
  });

  test("finds out a server that shows it less than the device has that links it", async () => {
    const old = fleet.server.copy();
    b.write(noteOf(9, "not seen here", fleet.clock.ms));
    await b.engine.now();
    const heads = await b.engine.heads();
    Object.assign(fleet.server, old);
    const back = await rejoin();
    Object.assign(back.access, { linkedHeads: heads });
    await expect(back.engine.now()).rejects.toMatchObject({ code: "sync/vault-withheld" });
  });

  test("leaves a snapshot that it had begun, which its new identity could not sign", async () => {
    const signal = new AbortController().signal;
    for (let n = 20; n < 80; n += 1) a.write(noteOf(n, `note ${n}`, fleet.clock.ms));
    await a.engine.now();
    const step = await a.engine.snapshot(null, signal);
    expect(step.kind).toBe("again");
    expect(await a.store.snapshotNotes()).toMatchObject({ job: { blobs: [] } });
    const back = await rejoin();
    await back.engine.now();
    expect(await back.store.snapshotNotes()).toMatchObject({ job: null });
    await leaveAlone(back);
    const late = fleet.device(3);
    await late.engine.now();
    expect(late.told.problems).toEqual([]);
    expect(late.records.size).toBe(68);
  });

  test("killed at any call after it came back, it goes on as if it had not been", async () => {
    let call = 0;
    for (let died = true; died;) {
      call += 1;
      fleet = await createFleet(4);
      [a, b] = [fleet.device(0), fleet.device(1)];
      for (let n = 1; n <= 8; n += 1) a.write(noteOf(n, `note ${n}`, fleet.clock.ms));
      await settle(a, b);
      b.forget(idOf(1));
      b.edit(idOf(3), { text: "edited by the other", textHash: "o", updatedAt: fleet.clock.ms });
      await b.engine.now();
      await purged();
      a.edit(idOf(1), { text: "forgotten elsewhere", textHash: "f", updatedAt: fleet.clock.ms });
      a.edit(idOf(2), { tags: ["mine"], updatedAt: fleet.clock.ms });
      a.forget(idOf(4));
      a.write(noteOf(9, "written while out", fleet.clock.ms));
      const { store } = a;
      const whole = { ...store };
      const dying = a.as(BACK);
      let calls = 0;
      const count = (): void => {
        calls += 1;
        if (calls >= call) throw new Error("killed");
      };
      for (const [name, real] of Object.entries(whole) as [string, (...of: unknown[]) => unknown][])
        Object.assign(store, {
          [name]: async (...given: unknown[]) => {
            count();
            return real(...given);
          },
        });
      dying.wire.before = count;
      const end = await dying.engine
        .adopt()
        .then(() => dying.engine.now())
        .then(
          () => null,
          (error: unknown) => (error as Error).message,
        );
      Object.assign(store, whole);
      delete dying.wire.before;
      died = end !== null;
      expect([null, "killed"]).toContain(end);
      const back = dying.reopen();
      const late = fleet.device(3);
      await settle(late, back, late);
      for (const device of [back, late]) {
        expect(texts(device), `call ${call}`).toEqual([
          "edited by the other",
          "note 2",
          "note 5",
          "note 6",
          "note 7",
          "note 8",
          "written while out",
        ]);
        expect(device.records.get(idOf(2))?.tags).toEqual(["mine"]);
        expect((await device.engine.status()).pending).toBe(0);
      }
      expect(await back.engine.copies()).toMatchObject([{ text: "forgotten elsewhere" }]);
      const rows = (await late.store.dots()).filter(({ tombstone }) => !tombstone);
      expect(new Set(rows.map(({ record }) => record)).size).toBe(rows.length);
    }
    expect(call).toBeGreaterThan(20);
  }, 120_000);
});

describe("a device that joins another vault than it left", () => {
  test.each([
    ["says all that it has there, and knows nothing of the other one", true],
    ["does so too where its tab was killed before it had taken that one up", false],
  ])("%s", async (_, adopts) => {
    const state = await a.store.state();
    if (!state?.of) throw new Error("It does not say whose it is.");
    await a.store.setState({ ...state, of: { ...state.of, vault: "ab".repeat(32) } });
    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
    const back = a.as(BACK);
    if (adopts) await back.engine.adopt();
    await settle(back);
    expect(fleet.server.rows.filter(({ dot }) => dot !== undefined)).toHaveLength(8);
    expect((await back.engine.status()).pending).toBe(0);
    expect(texts(back)).toHaveLength(8);
    expect(await back.store.state()).toMatchObject({ of: { device: fleet.keyOf(BACK) } });
  });
});

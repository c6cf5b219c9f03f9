import { beforeEach, describe, expect, test } from "vitest";
import { decodeManifest } from "../wire/manifest.ts";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";
import { DAY_MS } from "./days.ts";
import { standing } from "./sync-notices.ts";

const texts = ({ records }: TestDevice) => [...records.values()].map(({ text }) => text).toSorted();
const keyOf = (n: number) => idOf(n).replaceAll("-", "");

let fleet: TestFleet;
let a: TestDevice;
let b: TestDevice;
let c: TestDevice;
beforeEach(async () => {
  fleet = await createFleet(3);
  [a, b, c] = [0, 1, 2].map((i) => fleet.device(i)) as [TestDevice, TestDevice, TestDevice];
  for (const n of [1, 2, 3]) a.write(noteOf(n, `note ${n}`, 1000));
  await settle(a, b, c);
});

async function settle(...devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { engine } of devices) await engine.now();
}

async function pass(days: number, ...awake: readonly TestDevice[]): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    fleet.clock.ms += DAY_MS;
    for (const { engine } of awake) await engine.now();
  }
}

const manifests = () =>
  fleet.server.rows.flatMap(({ dot, bytes }) => (dot === undefined ? [decodeManifest(bytes)] : []));
const purges = () => manifests().filter(({ type }) => type === "purge");
const tombstones = async ({ store }: TestDevice) =>
  (await store.dots()).filter(({ tombstone }) => tombstone).length;

describe("a tombstone", () => {
  test("leaves the vault once every device has said that it has seen it, and not a batch before", async () => {
    a.forget(idOf(1));
    await a.engine.now();
    await b.engine.now();
    await pass(3, a, b);
    // The third device, which only reads, has said nothing yet.
    expect(purges()).toEqual([]);
    expect(await tombstones(b)).toBe(1);
    await c.engine.now();
    await pass(2, c, b, a);
    expect(purges()).toHaveLength(1);
    for (const device of [a, b, c]) {
      expect(await tombstones(device)).toBe(0);
      expect(await device.store.dotsOf([keyOf(1)])).toEqual([]);
      expect(texts(device)).toEqual(["note 2", "note 3"]);
    }
    // Then nobody has anything to say any more.
    const { stored } = fleet.server;
    await pass(5, a, b, c);
    expect(fleet.server.stored).toBe(stored);
  });

  test("does not leave on the word of the server: only what devices signed counts", async () => {
    a.forget(idOf(1));
    await a.engine.now();
    await b.engine.now();
    // A server that says that the third device is at the head, which nobody signed.
    fleet.server.heads.set(fleet.keyOf(2), { batchNo: 1, hash: new Uint8Array(32).fill(3) });
    await pass(3, b).catch(() => undefined);
    expect(purges()).toEqual([]);
  });

  test("waits while a row that it does not replace is there, and while one is set aside", async () => {
    a.forget(idOf(1));
    await a.engine.now();
    c.edit(idOf(1), { text: "written beside it", textHash: "hash:w", updatedAt: 9000 });
    await settle(c, b, a);
    await pass(4, a, b, c);
    for (const device of [a, b, c]) expect(texts(device)).toEqual(["note 2", "note 3"]);
    expect(await tombstones(a)).toBe(0);
  });

  test("is not sent twice when the answer to its purge is lost", async () => {
    a.forget(idOf(1));
    await settle(a, b, c);
    await pass(1, b, c);
    fleet.clock.ms += DAY_MS;
    a.wire.after = (name) => {
      if (name === "sync.push") throw new Error("lost");
    };
    await a.engine.now().catch(() => undefined);
    const again = a.reopen();
    delete again.wire.after;
    await settle(again, b, c);
    await pass(2, again, b, c);
    expect(purges()).toHaveLength(1);
    for (const device of [again, b, c]) expect(await tombstones(device)).toBe(0);
  });
});

describe("a device that comes back after 181 days", () => {
  test("loses nothing that it wrote, brings back nothing that was forgotten, and is told", async () => {
    c.edit(idOf(1), { text: "edited offline, kept elsewhere", textHash: "h1", updatedAt: 5000 });
    c.edit(idOf(2), {
      text: "edited offline, forgotten elsewhere",
      textHash: "h2",
      updatedAt: 5000,
    });
    c.write(noteOf(7, "written offline", 5000));
    b.write(noteOf(8, "written by the others", 6000));
    b.forget(idOf(2));
    b.forget(idOf(3));
    await settle(a, b);
    await pass(181, a, b);
    // The others no longer wait for it.
    expect(purges().length).toBeGreaterThan(0);
    expect(await tombstones(a)).toBe(0);

    const told: unknown[] = [];
    c.wire.after = () => undefined;
    c.wire.before = () => {
      void c.engine.status().then((status) => told.push(standing(status).problem?.code));
    };
    await settle(c, a, b, c);
    expect(told).toContain("sync/long-away");
    for (const device of [a, b, c]) {
      expect(texts(device)).toEqual([
        "edited offline, kept elsewhere",
        "written by the others",
        "written offline",
      ]);
      expect((await device.engine.status()).pending).toBe(0);
    }
    const status = await c.engine.status();
    expect(standing(status).problem).toMatchObject({ code: "sync/copies", details: { count: 1 } });
    expect(await c.engine.copies()).toMatchObject([
      { memoryId: idOf(2), text: "edited offline, forgotten elsewhere", reason: "forgotten" },
    ]);
    // It is one of them again: the next tombstone waits for it.
    a.forget(idOf(7));
    await settle(a, b);
    const before = purges().length;
    await pass(3, a, b);
    expect(purges()).toHaveLength(before);
    await pass(2, c, a, b);
    expect(purges()).toHaveLength(before + 1);
  });

  test("finds out a server that shows it less than it has seen, though it reads everything anew", async () => {
    const backup = fleet.server.copy();
    b.write(noteOf(8, "after the backup", 2000));
    await settle(b, c);
    Object.assign(fleet.server, backup);
    fleet.clock.ms += 181 * DAY_MS;
    await expect(c.engine.now()).rejects.toMatchObject({
      code: expect.stringMatching(/^sync\/vault-(withheld|rollback)$/) as string,
    });
    expect(texts(c)).toContain("after the backup");
  });

  test("reads on where its tab was closed, and sends a batch that was sealed long ago", async () => {
    c.write(noteOf(7, "sealed long ago", 5000));
    c.wire.before = (name) => {
      if (name === "sync.push") throw new Error("closed");
    };
    await c.engine.now().catch(() => undefined);
    fleet.server.pageRows = 1;
    fleet.clock.ms += 200 * DAY_MS;
    let again = c.reopen();
    for (let cut = 0; cut < 3; cut += 1) {
      let pulls = 0;
      again.wire.before = (name) => {
        if (name === "sync.pull" && (pulls += 1) > 1) throw new Error("closed");
      };
      await again.engine.now().catch(() => undefined);
      again = again.reopen();
    }
    await settle(again, a);
    expect(texts(a)).toContain("sealed long ago");
    expect(texts(again)).toEqual(texts(a));
    expect(await again.engine.copies()).toEqual([]);
  });

  test("whose clock only jumped a year ahead and back loses nothing", async () => {
    fleet.clock.ms += 365 * DAY_MS;
    c.edit(idOf(1), { tags: ["of next year"], updatedAt: fleet.clock.ms });
    await c.engine.now();
    fleet.clock.ms -= 365 * DAY_MS;
    await settle(c, a, b);
    expect(texts(c)).toEqual(["note 1", "note 2", "note 3"]);
    expect(a.records.get(idOf(1))?.tags).toEqual(["of next year"]);
  });
});

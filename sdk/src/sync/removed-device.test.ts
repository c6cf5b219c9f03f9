import { beforeEach, describe, expect, test } from "vitest";
import {
  createFleet,
  idOf,
  noteOf,
  type RevokePin,
  type TestDevice,
  type TestFleet,
} from "./engine.fixture.ts";
import type { MemoryServer } from "./memory-server.fixture.ts";
import { standing } from "./sync-notices.ts";

const texts = ({ records }: TestDevice) => [...records.values()].map(({ text }) => text).toSorted();

let fleet: TestFleet;
let a: TestDevice;
let b: TestDevice;
let c: TestDevice;
let before: ReturnType<MemoryServer["copy"]>;
let pin: RevokePin;

/** All three know three notes of the first and one of the second, which is to be removed. */
beforeEach(async () => {
  fleet = await createFleet(5);
  fleet.server.pageRows = 3;
  [a, b, c] = [fleet.device(0), fleet.device(1), fleet.device(2)];
  for (const n of [1, 2, 3]) a.write(noteOf(n, `note ${n}`, 1000));
  b.write(noteOf(4, "rightly of the phone", 1000));
  await settle(a, b, c);
  before = fleet.server.copy();
  pin = fleet.server.heads.get(fleet.keyOf(1)) ?? null;
});

async function settle(...devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { engine } of devices) await engine.now();
}

/** The server shows late batches to the third device alone, and the first removes the second as if there were none. */
async function removeBehind(late: () => void): Promise<void> {
  late();
  await b.engine.now();
  await c.engine.now();
  Object.assign(fleet.server, before);
  await fleet.revoke(1, pin);
}

describe("what a removed device wrote too late", () => {
  test("is undone where it was taken in: texts, marks and forgetting, and all devices converge", async () => {
    await removeBehind(() => {
      b.edit(idOf(1), { text: "late text", textHash: "hash:late text", updatedAt: 5000 });
      b.edit(idOf(2), { tags: ["late"], pinned: true, updatedAt: 5000 });
      b.forget(idOf(3));
      b.write(noteOf(7, "late note", 5000));
      b.edit(idOf(4), { text: "late text of its own", textHash: "x", updatedAt: 5000 });
    });
    expect(texts(c)).toEqual(["late note", "late text", "late text of its own", "note 2"]);
    await settle(c, a, c);
    const fresh = fleet.device(3);
    await fresh.engine.now();
    for (const device of [a, c, fresh]) {
      expect(texts(device)).toEqual(["note 1", "note 2", "note 3", "rightly of the phone"]);
      expect(device.records.get(idOf(2))).toMatchObject({ tags: [], pinned: false });
      expect((await device.engine.status()).pending).toBe(0);
    }
    // Copies: of texts in the history of their memory, of whole memories in a list of their own.
    expect(c.history.map(({ text }) => text)).toEqual(
      expect.arrayContaining(["late text", "late text of its own"]),
    );
    const copies = await c.engine.copies();
    expect(copies).toMatchObject([
      { memoryId: idOf(7), text: "late note", reason: "removed-device" },
    ]);
    expect(standing(await c.engine.status()).problem).toMatchObject({
      code: "sync/copies",
      details: { count: 1 },
    });
    await c.engine.discard(copies.map(({ id }) => id));
    expect(await c.engine.copies()).toEqual([]);
    expect(standing(await c.engine.status()).problem).toBeNull();
  });

  test("is undone once, also when the page was closed on the way", async () => {
    await removeBehind(() => {
      b.edit(idOf(1), { text: "late text", textHash: "hash:late text", updatedAt: 5000 });
      b.write(noteOf(7, "late note", 5000));
    });
    // Six rows; each time one page of them is taken in before the tab closes.
    fleet.server.pageRows = 2;
    for (let cut = 0; cut < 2; cut += 1) {
      let pulls = 0;
      c.wire.before = (name) => {
        if (name === "sync.pull" && (pulls += 1) > 1) throw new Error("closed");
      };
      await expect(c.engine.now()).rejects.toThrow("closed");
      c = c.reopen();
    }
    await settle(c, a);
    expect(texts(c)).toEqual(["note 1", "note 2", "note 3", "rightly of the phone"]);
    expect(await c.engine.copies()).toHaveLength(1);
    const { stored } = fleet.server;
    await settle(c.reopen(), a.reopen());
    expect(fleet.server.stored).toBe(stored);
    expect(await c.engine.copies()).toHaveLength(1);
  });

  test("does not make heads that others have seen of it look withheld", async () => {
    b.write(noteOf(7, "late note", 5000));
    await b.engine.now();
    await c.engine.now();
    c.write(noteOf(8, "knows of the late note", 6000));
    await c.engine.now();
    // The third device's batch is there for everybody; the late one is not.
    const late = fleet.server.rows.findLast(({ dot }) => dot?.startsWith(fleet.keyOf(1)));
    fleet.server.rows = fleet.server.rows.filter(
      ({ seq }) => late === undefined || (seq !== late.seq && seq !== late.seq - 1),
    );
    if (pin) fleet.server.heads.set(fleet.keyOf(1), pin);
    await expect(a.engine.now()).rejects.toMatchObject({ code: "sync/vault-withheld" });
    await fleet.revoke(1, pin);
    await settle(a, c);
    for (const device of [a, c])
      expect(texts(device)).toEqual([
        "knows of the late note",
        "note 1",
        "note 2",
        "note 3",
        "rightly of the phone",
      ]);
  });

  test("stays where it was edited here since: the edit is this device's own", async () => {
    await removeBehind(() =>
      b.edit(idOf(1), { text: "late text", textHash: "hash:late text", updatedAt: 5000 }),
    );
    c.edit(idOf(1), { text: "edited after it", textHash: "hash:e", updatedAt: 7000 });
    await settle(c, a);
    expect(texts(a)).toContain("edited after it");
    expect(texts(c)).toEqual(texts(a));
  });

  test("may come back by the device itself, once it was let in anew", async () => {
    await removeBehind(() => b.write(noteOf(7, "late note", 5000)));
    await settle(c, a);
    expect(texts(c)).not.toContain("late note");
    // The phone again, as the device that it is now.
    const again = fleet.device(4);
    again.write(noteOf(7, "late note", 5000));
    await settle(again, c, a);
    for (const device of [a, c]) expect(texts(device)).toContain("late note");
  });
});

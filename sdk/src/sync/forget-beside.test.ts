import { beforeEach, describe, expect, test } from "vitest";
import { encodeCbor } from "./cbor.ts";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";
import { rogueMember } from "./rogue-member.fixture.ts";
import { standing } from "./sync-notices.ts";

const keyOf = (n: number) => idOf(n).replaceAll("-", "");
const texts = ({ records }: TestDevice) => [...records.values()].map(({ text }) => text).toSorted();
const copies = async ({ engine }: TestDevice) => (await engine.copies()).map(({ text }) => text);
const edit = (device: TestDevice, n: number, text: string): void =>
  device.edit(idOf(n), { text, textHash: `hash:${text}`, updatedAt: 5000 });

let fleet: TestFleet;
let a: TestDevice;
let b: TestDevice;
beforeEach(async () => {
  fleet = await createFleet(4);
  [a, b] = [fleet.device(0), fleet.device(1)];
  for (const n of [1, 2]) a.write(noteOf(n, `note ${n}`, 1000));
  b.write(noteOf(3, "note 3", 1000));
  await settle(a, b);
});

async function settle(...devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { engine } of devices) await engine.now();
}

/** What it says is stored here, and does not get through. */
async function sendInVain(device: TestDevice): Promise<void> {
  device.wire.before = (name) => {
    if (name === "sync.push") throw new Error("no network");
  };
  await expect(device.engine.send()).rejects.toThrow("no network");
  delete device.wire.before;
}

describe("a text that was edited here, and forgotten elsewhere meanwhile", () => {
  test.each([
    ["was not sent", async () => edit(b, 1, "edited here")],
    [
      "was sealed and did not get through",
      async () => {
        edit(b, 1, "edited here");
        await sendInVain(b);
      },
    ],
    [
      "was edited again since",
      async () => {
        edit(b, 1, "edited here before");
        await sendInVain(b);
        edit(b, 1, "edited here");
      },
    ],
  ])("is kept as a copy of this device alone, where it %s", async (_, make) => {
    await make();
    a.forget(idOf(1));
    await a.engine.now();
    b = b.reopen();
    await settle(b, a);
    expect([texts(a), texts(b)]).toEqual([
      ["note 2", "note 3"],
      ["note 2", "note 3"],
    ]);
    expect(await a.engine.copies()).toEqual([]);
    expect(await b.engine.copies()).toMatchObject([
      { memoryId: idOf(1), text: "edited here", reason: "forgotten", deviceId: fleet.keyOf(1) },
    ]);
    expect(standing(await b.engine.status()).problem).toMatchObject({ code: "sync/copies" });
    // The tombstone that comes again, and whatever else, takes nothing along.
    await a.engine.reencrypt();
    await settle(b, a, b);
    expect(await copies(b)).toEqual(["edited here"]);
  });

  test("is no copy where only marks were edited: the text is the one that was forgotten", async () => {
    b.edit(idOf(1), { tags: ["mine"], pinned: true, updatedAt: 5000 });
    await sendInVain(b);
    b.edit(idOf(2), { tags: ["mine"], updatedAt: 5000 });
    for (const n of [1, 2]) a.forget(idOf(n));
    await settle(a, b);
    expect(texts(b)).toEqual(["note 3"]);
    expect(await copies(b)).toEqual([]);
  });

  test("is no copy where it stood in the vault before the forgetting did, seen or not", async () => {
    edit(b, 1, "edited here");
    a.forget(idOf(1));
    await b.engine.now();
    await settle(a, b);
    expect(texts(b)).toEqual(["note 2", "note 3"]);
    expect(await copies(b)).toEqual([]);
  });

  test("is no copy where the edit was known, though all is sealed or filled anew since", async () => {
    edit(b, 1, "edited here");
    edit(b, 3, "mine, edited");
    await settle(b, a);
    for (const n of [1, 3]) a.forget(idOf(n));
    await fleet.rotate();
    await b.engine.reencrypt();
    await settle(a, b);
    expect(texts(b)).toEqual(["note 2"]);
    expect(await copies(b)).toEqual([]);

    edit(b, 2, "edited here as well");
    await settle(b, a);
    a.forget(idOf(2));
    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
    fleet.server.generation += 1;
    fleet.log = await fleet.reseeded(fleet.server.generation);
    await a.engine.restart();
    // Everything that the other holds counts as changed.
    await settle(a, b);
    expect(texts(b)).toEqual([]);
    expect(await copies(b)).toEqual([]);
  });

  test("goes with a memory that says the same and is forgotten on another device", async () => {
    edit(b, 1, "said twice");
    a.write(noteOf(4, "said twice", 2000));
    a.forget(idOf(1));
    await settle(a, b);
    expect(await copies(b)).toEqual(["said twice"]);
    a.forget(idOf(4));
    await settle(a, b);
    expect(await copies(b)).toEqual([]);
    expect(standing(await b.engine.status()).problem).toBeNull();
  });

  test("is not kept where its user forgot the memory here just then", async () => {
    edit(b, 1, "edited here");
    a.forget(idOf(1));
    await a.engine.now();
    const { apply } = b.store;
    b.store.apply = async (change) => {
      if (change.records.some(({ row }) => row.copy !== undefined)) b.forget(idOf(1));
      return apply(change);
    };
    await settle(b, a);
    expect(await copies(b)).toEqual([]);
  });
});

describe("the copy of what a removed device wrote", () => {
  test("goes when its memory came back and is forgotten on another device", async () => {
    const c = fleet.device(2);
    const before = fleet.server.copy();
    const pin = fleet.server.heads.get(fleet.keyOf(2)) ?? null;
    c.write(noteOf(7, "late note", 5000));
    await c.engine.now();
    await b.engine.now();
    Object.assign(fleet.server, before);
    await fleet.revoke(2, pin);
    await settle(b, a);
    expect(await b.engine.copies()).toMatchObject([{ reason: "removed-device" }]);
    const again = fleet.device(3);
    again.write(noteOf(7, "late note", 5000));
    await settle(again, b, a);
    expect(texts(b)).toContain("late note");
    expect(await copies(b)).toEqual(["late note"]);
    a.forget(idOf(7));
    await settle(a, b);
    expect(await copies(b)).toEqual([]);
  });
});

describe("what was set aside of a record", () => {
  const junk = (of: number) => encodeCbor({ v: 2, secret: `unreadable ${of}` });
  const asides = async ({ store }: TestDevice) =>
    (await store.recordsNamed("aside:")).filter(({ shape }) => shape !== null).length;

  test("goes though it comes after the tombstone, and is taken from the server", async () => {
    const rogue = rogueMember(fleet, 2);
    a.forget(idOf(1));
    await settle(a, b);
    const [late] = await rogue.write({ record: keyOf(1), content: junk(1) });
    await settle(b, a);
    for (const device of [a, b]) {
      expect(await asides(device)).toBe(0);
      expect(await device.engine.status()).toMatchObject({ aside: 0, pending: 0 });
      expect((await device.store.dots()).map(({ dot }) => dot)).not.toContain(late);
    }
    const fresh = fleet.device(3);
    await fresh.engine.now();
    expect(texts(fresh)).toEqual(["note 2", "note 3"]);
    expect(await asides(fresh)).toBe(0);
    const { stored } = fleet.server;
    await settle(a, b, fresh);
    expect(fleet.server.stored).toBe(stored);
  });

  test("goes on a device that has it when one forgets that has it not", async () => {
    const rogue = rogueMember(fleet, 2);
    await rogue.write({ record: keyOf(1), content: junk(1) });
    await b.engine.now();
    expect(await asides(b)).toBe(1);
    a.forget(idOf(1));
    await a.engine.now();
    await b.engine.now();
    expect(await asides(b)).toBe(0);
    await settle(a, b);
    for (const device of [a, b]) expect(await device.engine.status()).toMatchObject({ aside: 0 });
  });

  test("goes everywhere with everything, though nobody here knows what it is", async () => {
    const rogue = rogueMember(fleet, 2);
    await rogue.write(
      { record: keyOf(1), content: junk(1) },
      { record: keyOf(8), content: junk(8) },
      { record: keyOf(8), content: junk(9) },
    );
    await settle(a, b);
    expect([await asides(a), await asides(b)]).toEqual([3, 3]);
    a.forgetAll();
    expect(await asides(a)).toBe(0);
    await settle(a, b);
    const fresh = fleet.device(3);
    await fresh.engine.now();
    for (const device of [a, b, fresh]) {
      expect(texts(device)).toEqual([]);
      expect(await asides(device)).toBe(0);
      expect(await device.engine.status()).toMatchObject({ aside: 0, pending: 0 });
      expect((await device.store.dots()).every(({ tombstone }) => tombstone)).toBe(true);
    }
    // A later word of the same member is forgotten too.
    await rogue.write({ record: keyOf(8), content: junk(10) });
    await settle(b, a, fresh);
    for (const device of [a, b, fresh]) expect(await asides(device)).toBe(0);
  });
});

import { describe, expect, test } from "vitest";
import { createFleet, idOf, noteOf, type TestDevice } from "./engine.fixture.ts";

const textsOf = ({ records }: TestDevice) =>
  [...records.values()].map(({ id, text }) => `${id} ${text}`).toSorted();

/** What every device must show in the same way. */
function viewOf({ records }: TestDevice): readonly unknown[] {
  return [...records.values()]
    .map((record) => ({ ...record, seq: 0, tags: record.tags.toSorted() }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function settle(devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { engine } of devices) await engine.now();
}

describe("two devices", () => {
  test("have what either wrote, over pages of any size", async () => {
    for (const pageRows of [1, 2, 50]) {
      const fleet = await createFleet(2);
      fleet.server.pageRows = pageRows;
      const [a, b] = [fleet.device(0), fleet.device(1)];
      for (let n = 0; n < 4; n += 1) a.write(noteOf(n, `from the laptop ${n}`, 1000 + n));
      b.write(noteOf(9, "from the phone", 2000));
      await settle([a, b]);
      expect(viewOf(a)).toEqual(viewOf(b));
      expect(a.records.size).toBe(5);
      expect(await a.engine.status()).toMatchObject({ pending: 0 });
      expect(await b.engine.status()).toMatchObject({ pending: 0, lastSyncedAt: fleet.clock.ms });
    }
  });

  test.each([[[0, 1]], [[1, 0]]])(
    "keep both texts of one memory that both edited offline, in order %j",
    async (order) => {
      const fleet = await createFleet(2);
      const devices = [fleet.device(0), fleet.device(1)];
      devices[0]!.write(noteOf(1, "as it was", 1000));
      await settle(devices);
      devices[0]!.edit(idOf(1), { text: "as the laptop says", textHash: "l", updatedAt: 5000 });
      devices[1]!.edit(idOf(1), { text: "as the phone says", textHash: "p", updatedAt: 6000 });
      await settle(order.map((i) => devices[i]!));
      for (const device of devices) {
        expect(textsOf(device)).toEqual([`${idOf(1)} as the phone says`]);
        expect(device.history.map(({ text }) => text)).toContain("as the laptop says");
      }
    },
  );

  test("merge field by field: one pins, the other tags and edits", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    a.write(noteOf(1, "one", 1000));
    await settle([a, b]);
    a.edit(idOf(1), { pinned: true, updatedAt: 2000 });
    b.edit(idOf(1), { text: "two", textHash: "2", tags: ["t"], updatedAt: 3000 });
    await settle([b, a]);
    expect(viewOf(a)).toEqual(viewOf(b));
    expect(a.records.get(idOf(1))).toMatchObject({ pinned: true, text: "two", tags: ["t"] });
  });

  test("a forget wins over an edit beside it, in either order", async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const fleet = await createFleet(2);
      const devices = [fleet.device(0), fleet.device(1)];
      devices[0]!.write(noteOf(1, "to be forgotten", 1000));
      await settle(devices);
      devices[0]!.forget(idOf(1));
      devices[1]!.edit(idOf(1), { text: "edited", textHash: "e", updatedAt: 9000 });
      await settle(order.map((i) => devices[i]!));
      expect(devices.map(({ records }) => records.size)).toEqual([0, 0]);
      const rows = await devices[1]!.store.records(["00000000000040008000000000000001"]);
      expect(JSON.stringify(rows)).not.toContain("edited");
    }
  });

  test("a memory that was never sent and is forgotten says nothing", async () => {
    const fleet = await createFleet(2);
    const a = fleet.device(0);
    a.write(noteOf(1, "never sent", 1000));
    a.forget(idOf(1));
    await a.engine.now();
    expect(fleet.server.rows).toEqual([]);
    expect(await a.engine.status()).toMatchObject({ pending: 0 });
  });

  test("call each other by name", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    await a.engine.renameDevice(fleet.actors[1]!.id, "Phone");
    await settle([a, b]);
    expect([...(await b.engine.deviceNames()).values()]).toEqual(["Phone"]);
    expect(b.records.size).toBe(0);
  });

  test("settle: when nothing changes, nothing is sent", async () => {
    const fleet = await createFleet(3);
    const devices = [0, 1, 2].map((i) => fleet.device(i));
    devices[0]!.write(noteOf(1, "one", 1000));
    await settle(devices);
    for (const [i, device] of devices.entries())
      device.edit(idOf(1), { text: `of ${i}`, textHash: `${i}`, updatedAt: 2000 + i });
    await settle(devices);
    const { stored } = fleet.server;
    await settle(devices);
    expect(fleet.server.stored).toBe(stored);
  });
});

describe("a cut", () => {
  test("between storing a batch and sending it: the same bytes go once, after reopening", async () => {
    const fleet = await createFleet(2);
    const a = fleet.device(0);
    a.write(noteOf(1, "one", 1000));
    a.wire.before = (name) => {
      if (name === "sync.push") throw new Error("the tab died");
    };
    await expect(a.engine.now()).rejects.toThrow("the tab died");
    const sealed = await a.store.sealed();
    expect(sealed).not.toBeNull();
    const again = a.reopen();
    await again.engine.now();
    expect(fleet.server.stored).toBe(1);
    expect(await again.engine.status()).toMatchObject({ pending: 0 });
  });

  test("between the server's storing and its answer: sent again, stored once", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    a.write(noteOf(1, "one", 1000));
    a.wire.after = (name) => {
      if (name === "sync.push") throw new Error("the answer was lost");
    };
    await expect(a.engine.now()).rejects.toThrow("the answer was lost");
    // Meanwhile the user goes on.
    a.edit(idOf(1), { text: "one, edited", textHash: "e", updatedAt: 3000 });
    const again = a.reopen();
    await settle([again, b]);
    expect(fleet.server.stored).toBe(2);
    expect(textsOf(b)).toEqual([`${idOf(1)} one, edited`]);
  });

  test("by a log that moves on before the batch arrives: sealed anew under the same number", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    a.write(noteOf(1, "one", 1000));
    let moved = false;
    const { push } = fleet.server;
    fleet.server.push = async (body) => {
      if (!moved) await fleet.rotate();
      moved = true;
      return push(body, fleet.log.length);
    };
    await a.engine.now();
    expect(fleet.server.stored).toBe(1);
    expect((await a.store.dots()).map(({ epoch }) => epoch)).toEqual([2]);
    await b.engine.now();
    expect(textsOf(b)).toEqual([`${idOf(1)} one`]);
  });

  test("between two batches of a sealing anew: it goes on, and nothing is left under the old key", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    for (let n = 0; n < 5; n += 1) a.write(noteOf(n, `text ${n}`, 1000));
    a.forget(idOf(4));
    await settle([a, b]);
    await fleet.rotate();
    a.wire.before = (name) => {
      if (name === "sync.push") throw new Error("cut");
    };
    await expect(a.engine.reencrypt()).rejects.toThrow("cut");
    const again = a.reopen();
    await again.engine.reencrypt();
    await settle([again, b]);
    for (const device of [again, b])
      expect((await device.store.dots()).every(({ epoch }) => epoch === 2)).toBe(true);
    expect(viewOf(b)).toEqual(viewOf(again));
    expect(b.records.size).toBe(4);
  });

  test("between removing what was forgotten elsewhere and storing that: removed once, and told to nobody again", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    a.write(noteOf(1, "one", 1000));
    await settle([a, b]);
    a.forget(idOf(1));
    await a.engine.now();
    const { apply } = b.store;
    Object.assign(b.store, { apply: () => Promise.reject(new Error("cut")) });
    await expect(b.engine.now()).rejects.toThrow("cut");
    expect(b.records.size).toBe(0);
    Object.assign(b.store, { apply });
    const again = b.reopen();
    await settle([again, a]);
    const own = fleet.server.rows.filter(({ dot }) => dot?.startsWith(fleet.keyOf(1)));
    expect(own).toEqual([]);
    expect(await again.engine.status()).toMatchObject({ pending: 0 });
  });

  test("a forget while its batch is under way leaves nothing readable behind", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    a.write({ ...noteOf(1, "secret words", 1000), tags: ["secret-tag"] });
    a.wire.after = (name) => {
      if (name === "sync.push") throw new Error("the answer was lost");
    };
    await expect(a.engine.now()).rejects.toThrow();
    a.forget(idOf(1));
    const again = a.reopen();
    await settle([again, b]);
    const rows = await again.store.records(["00000000000040008000000000000001"]);
    expect(JSON.stringify(rows)).not.toContain("secret");
    expect([again.records.size, b.records.size]).toEqual([0, 0]);
  });
});

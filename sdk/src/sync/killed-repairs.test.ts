import { describe, expect, test } from "vitest";
import type { Bytes } from "../wire/bytes.ts";
import { DAY_MS } from "./days.ts";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";
import { rogueMember } from "./rogue-member.fixture.ts";

const recordOf = (n: number) => idOf(n).replaceAll("-", "");
const texts = ({ records }: TestDevice) => [...records.values()].map(({ text }) => text).toSorted();

type Moment = "before" | "after";
type Calls = Record<string, (...given: unknown[]) => Promise<unknown>>;

/** The tab dies at its call of this number, counted over all that it asks of its store, of its vault and of the server. */
function dieAt(device: TestDevice, call: number, moment: Moment): () => void {
  let calls = 0;
  const at = (now: Moment): void => {
    if (now === "before") calls += 1;
    if (calls > call || (calls === call && moment === now)) throw new Error("killed");
  };
  const parts = [device.store, { erase: device.vault.erase, applied: device.vault.applied }];
  const targets = [device.store, device.vault];
  const before = parts.map((part) => ({ ...part }));
  for (const [i, part] of parts.entries()) {
    for (const [name, real] of Object.entries(part as unknown as Calls)) {
      const counted = async (...given: unknown[]): Promise<unknown> => {
        at("before");
        const result = await real(...given);
        at("after");
        return result;
      };
      Object.assign(targets[i]!, { [name]: counted });
    }
  }
  device.wire.before = () => at("before");
  device.wire.after = () => at("after");
  return () => {
    for (const [i, part] of before.entries()) Object.assign(targets[i]!, part);
    delete device.wire.before;
    delete device.wire.after;
  };
}

/** Every call at which it may die, until it did not any more. */
async function atEveryCall(
  make: () => Promise<{
    readonly device: TestDevice;
    readonly check: (again: TestDevice) => Promise<void>;
  }>,
): Promise<number> {
  for (let call = 1; ; call += 1) {
    let died = false;
    for (const moment of ["before", "after"] as const) {
      const { device, check } = await make();
      const revive = dieAt(device, call, moment);
      const end = await device.engine.now().then(
        () => null,
        (error: unknown) => (error as Error).message,
      );
      revive();
      if (end !== null) expect(end).toBe("killed");
      died ||= end !== null;
      await check(device.reopen());
    }
    if (!died) return call;
  }
}

async function settle(...devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { engine } of devices) await engine.now();
}

async function fleetOf(count: number): Promise<{ fleet: TestFleet; devices: TestDevice[] }> {
  const fleet = await createFleet(count);
  fleet.server.pageRows = 4;
  const devices = Array.from({ length: count }, (_, i) => fleet.device(i));
  for (const n of [1, 2, 3]) devices[0]!.write(noteOf(n, `note ${n}`, 1000));
  await settle(...devices);
  return { fleet, devices };
}

describe("a tab that is killed at any call", () => {
  test("while it undoes what a removed device wrote ends as if it had not been, with the copy kept once", async () => {
    const calls = await atEveryCall(async () => {
      const { fleet, devices } = await fleetOf(3);
      const [a, b, c] = devices as [TestDevice, TestDevice, TestDevice];
      const pin = fleet.server.heads.get(fleet.keyOf(1)) ?? null;
      const before = fleet.server.copy();
      b.edit(idOf(1), { text: "late text", textHash: "hash:late", updatedAt: 5000 });
      b.forget(idOf(2));
      b.write(noteOf(7, "late note", 5000));
      await b.engine.now();
      await c.engine.now();
      Object.assign(fleet.server, before);
      await fleet.revoke(1, pin);
      c.write(noteOf(8, "written meanwhile", 6000));
      return {
        device: c,
        async check(again) {
          await settle(again, a);
          for (const device of [again, a]) {
            expect(texts(device)).toEqual(["note 1", "note 2", "note 3", "written meanwhile"]);
            expect((await device.engine.status()).pending).toBe(0);
          }
          expect(await again.engine.copies()).toMatchObject([{ text: "late note" }]);
          expect(again.history.map(({ text }) => text)).toContain("late text");
        },
      };
    });
    expect(calls).toBeGreaterThan(20);
  }, 120_000);

  test("when it comes back after 181 days loses nothing that it wrote and brings nothing back", async () => {
    const calls = await atEveryCall(async () => {
      const { fleet, devices } = await fleetOf(2);
      const [a, c] = devices as [TestDevice, TestDevice];
      c.edit(idOf(1), { text: "edited offline", textHash: "h1", updatedAt: 5000 });
      c.edit(idOf(2), { text: "edited and forgotten", textHash: "h2", updatedAt: 5000 });
      c.write(noteOf(7, "written offline", 5000));
      a.forget(idOf(2));
      a.forget(idOf(3));
      for (const days of [1, 179, 1]) {
        fleet.clock.ms += days * DAY_MS;
        await a.engine.now();
      }
      return {
        device: c,
        async check(again) {
          await settle(again, a);
          for (const device of [again, a]) {
            expect(texts(device)).toEqual(["edited offline", "written offline"]);
            expect((await device.engine.status()).pending).toBe(0);
          }
          expect(await again.engine.copies()).toMatchObject([{ text: "edited and forgotten" }]);
        },
      };
    });
    expect(calls).toBeGreaterThan(20);
  }, 120_000);

  test("while a memory that was edited here is forgotten elsewhere keeps the edit once, and the memory nowhere", async () => {
    const calls = await atEveryCall(async () => {
      const { devices } = await fleetOf(2);
      const [a, c] = devices as [TestDevice, TestDevice];
      c.edit(idOf(1), { text: "edited offline", textHash: "h1", updatedAt: 5000 });
      a.forget(idOf(1));
      await a.engine.now();
      return {
        device: c,
        async check(again) {
          await settle(again, a);
          for (const device of [again, a]) expect(texts(device)).toEqual(["note 2", "note 3"]);
          expect(await again.engine.copies()).toMatchObject([{ text: "edited offline" }]);
          expect(await a.engine.copies()).toEqual([]);
        },
      };
    });
    expect(calls).toBeGreaterThan(10);
  }, 120_000);

  test("while it sets rows aside, reads them again and purges has each of them once", async () => {
    const calls = await atEveryCall(async () => {
      const { fleet, devices } = await fleetOf(3);
      const [a, b] = devices as [TestDevice, TestDevice];
      const rogue = rogueMember(fleet, 2);
      const dotOf = async (n: number) => (await b.store.dotsOf([recordOf(n)]))[0]?.dot ?? "";
      const content = new Uint8Array([0xff]);
      const spoil = (envelope: Bytes): Bytes =>
        envelope.map((byte, i) => (i < 80 ? byte : byte ^ 1));
      const supersedes = [await dotOf(3)];
      await rogue.write({ record: recordOf(9), content });
      await rogue.write(
        { record: recordOf(8), content, spoil },
        { record: recordOf(3), content, spoil, supersedes },
      );
      await rogue.purge([await dotOf(1)]);
      a.forget(idOf(2));
      await a.engine.now();
      fleet.clock.ms += DAY_MS;
      return {
        device: b,
        async check(again) {
          await settle(again, a);
          for (const device of [again, a]) {
            expect(texts(device)).toEqual(["note 1", "note 3"]);
            expect(await device.engine.status()).toMatchObject({ pending: 0, aside: 2 });
            expect(await device.store.dotsOf([recordOf(3)])).toHaveLength(1);
          }
        },
      };
    });
    expect(calls).toBeGreaterThan(10);
  }, 120_000);
});

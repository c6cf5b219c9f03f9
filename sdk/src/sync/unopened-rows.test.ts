import { beforeEach, describe, expect, test } from "vitest";
import { SUITE } from "../crypto/crypto.fixture.ts";
import { unreadable } from "../crypto/suite.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { VaultAccess } from "./engine-port.ts";
import {
  createFleet,
  idOf,
  leaveAlone,
  noteOf,
  type TestDevice,
  type TestFleet,
} from "./engine.fixture.ts";
import { encodeRecord } from "./record-content.ts";
import { EMPTY_RECORD } from "./merge.ts";
import { rogueMember } from "./rogue-member.fixture.ts";
import { toMemoryError } from "./server-problem.ts";
import { standing } from "./sync-notices.ts";

const ROGUE = 2;
const keyOf = (n: number) => idOf(n).replaceAll("-", "");
const texts = ({ records }: TestDevice) => [...records.values()].map(({ text }) => text).toSorted();
const content = encodeRecord({ ...EMPTY_RECORD, maxima: { updatedAt: 1 } });

/** With one byte changed. */
const at =
  (place: number, to?: number) =>
  (envelope: Bytes): Bytes => {
    const bytes = envelope.slice();
    const i = place < 0 ? bytes.length + place : place;
    bytes[i] = to ?? (bytes[i] ?? 0) ^ 1;
    return bytes;
  };
const broken = at(-1);

let fleet: TestFleet;
let a: TestDevice;
let b: TestDevice;
beforeEach(async () => {
  fleet = await createFleet(4);
  [a, b] = [fleet.device(0), fleet.device(1)];
  a.write(noteOf(1, "one", 1000));
  await settle(a, b);
});

async function settle(...devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { engine } of devices) await engine.now();
}

const asideOf = async ({ engine }: TestDevice) => (await engine.status()).aside;

/** What one with a fault in its cryptography seals. */
function breakSealing(device: TestDevice): void {
  const seal: typeof SUITE.seal = async (...given) => broken(await SUITE.seal(...given));
  Object.assign(device.access, { suite: { ...SUITE, seal } });
}

describe("a row that a member signed and that does not open", () => {
  test.each([
    ["its tag is wrong", broken],
    ["its ciphertext is another", at(80)],
    ["its nonce is another", at(64)],
    ["it names another key", at(48)],
    ["it names another record than was sealed", at(24)],
    ["it names another device", at(8)],
    ["it names another number", at(47, 77)],
    ["it names an epoch that is none", at(7, 9)],
    ["it is of a version to come", at(0, 2)],
    ["it is of a suite to come", at(1, 2)],
    ["it is a chunk", at(2, 2)],
    ["it has a flag", at(3, 1)],
    ["it is longer than it says", (envelope: Bytes) => new Uint8Array([...envelope, 0])],
    ["it ends in its header", (envelope: Bytes) => envelope.slice(0, 50)],
    ["it is nothing at all", () => new Uint8Array()],
  ])("because %s is set aside under its writer's name, and the rest goes on", async (_, spoil) => {
    await rogueMember(fleet, ROGUE).write({ record: keyOf(7), content, spoil });
    a.write(noteOf(2, "two", 2000));
    await settle(a, b);
    for (const device of [a, b]) {
      expect(texts(device)).toEqual(["one", "two"]);
      const status = await device.engine.status();
      expect(status).toMatchObject({ aside: 1, unopened: [fleet.keyOf(ROGUE)], pending: 0 });
      expect(standing(status).problem).toMatchObject({
        code: "sync/set-aside",
        details: { count: 1, unopened: 1, devices: [fleet.keyOf(ROGUE)] },
      });
    }
    // Nothing is missing and nothing is sent for it, now or after a restart.
    const { stored } = fleet.server;
    await settle(a.reopen(), b.reopen());
    expect(fleet.server.stored).toBe(stored);
    const late = fleet.device(3);
    await late.engine.now();
    expect(texts(late)).toEqual(["one", "two"]);
    expect(await asideOf(late)).toBe(1);
  });

  test("because it names the number of a row that is held is set aside beside that one", async () => {
    const rogue = rogueMember(fleet, ROGUE);
    await rogue.write({ record: keyOf(7), content });
    await settle(a, b);
    await rogue.write({ record: keyOf(8), content, spoil: at(47, 1) });
    const late = fleet.device(3);
    await settle(a, b, late);
    for (const device of [a, b, late]) {
      expect(await device.engine.status()).toMatchObject({ aside: 2, pending: 0 });
      expect((await device.engine.status()).unopened).toEqual([fleet.keyOf(ROGUE)]);
    }
  });

  test("in the place of a memory takes nothing away: who has it says it again, for new devices too", async () => {
    const [victim] = (await a.store.dotsOf([keyOf(1)])).map(({ dot }) => dot);
    await rogueMember(fleet, ROGUE).write({
      record: keyOf(1),
      content,
      spoil: broken,
      supersedes: [victim!],
    });
    await settle(a, b);
    const late = fleet.device(3);
    await late.engine.now();
    for (const device of [a, b, late]) {
      expect(texts(device)).toEqual(["one"]);
      expect(await device.engine.status()).toMatchObject({ aside: 0, unopened: [], pending: 0 });
    }
  });

  test("in the place of a tombstone brings nothing back, on a device that was away least of all", async () => {
    const away = fleet.device(3);
    await away.engine.now();
    a.forget(idOf(1));
    await settle(a, b);
    const [tombstone] = (await a.store.dotsOf([keyOf(1)])).map(({ dot }) => dot);
    await rogueMember(fleet, ROGUE).write({
      record: keyOf(1),
      content,
      spoil: broken,
      supersedes: [tombstone!],
    });
    away.edit(idOf(1), { text: "edited meanwhile", textHash: "e", updatedAt: 9000 });
    await settle(b, away, a);
    for (const device of [a, b, away]) {
      expect(texts(device)).toEqual([]);
      expect(await device.engine.status()).toMatchObject({ aside: 0, pending: 0 });
    }
  });

  test("is said again once and no more, so that a device with a fault is not answered for ever", async () => {
    const faulty = fleet.device(3);
    await faulty.engine.now();
    breakSealing(faulty);
    faulty.edit(idOf(1), { text: "one, by a fault", textHash: "f", updatedAt: 9000 });
    for (let round = 0; round < 6; round += 1) await settle(a, b, faulty);
    const { stored } = fleet.server;
    await settle(a, b, faulty);
    expect(fleet.server.stored).toBe(stored);
    expect(texts(a)).toEqual(["one"]);
    expect(texts(b)).toEqual(["one"]);
    // Nobody's text is lost: it is read as soon as it is sealed well.
    expect(texts(faulty)).toEqual(["one, by a fault"]);
    expect(await a.engine.status()).toMatchObject({ unopened: [fleet.keyOf(3)], pending: 0 });

    const mended = faulty.reopen();
    mended.edit(idOf(1), { tags: ["mended"], updatedAt: 9500 });
    await settle(mended, a, b);
    for (const device of [a, b]) {
      expect(texts(device)).toEqual(["one, by a fault"]);
      expect(await device.engine.status()).toMatchObject({ aside: 0, pending: 0 });
    }
  });

  test("leaves with the next edit of its memory, and with its forgetting, on any device", async () => {
    a.write(noteOf(2, "two", 1000));
    await settle(a, b);
    const rogue = rogueMember(fleet, ROGUE);
    await rogue.write(
      { record: keyOf(1), content, spoil: broken },
      { record: keyOf(2), content, spoil: broken },
    );
    await settle(a, b);
    expect([await asideOf(a), await asideOf(b)]).toEqual([2, 2]);
    b.edit(idOf(1), { text: "one more", textHash: "m", updatedAt: 9000 });
    b.forget(idOf(2));
    await settle(b, a);
    for (const device of [a, b]) {
      expect(texts(device)).toEqual(["one more"]);
      expect(await asideOf(device)).toBe(0);
    }
    const late = fleet.device(3);
    await late.engine.now();
    expect(await asideOf(late)).toBe(0);
  });

  test("that a member takes away again leaves the memory where it is", async () => {
    const rogue = rogueMember(fleet, ROGUE);
    const [victim] = (await a.store.dotsOf([keyOf(1)])).map(({ dot }) => dot);
    const [dot] = await rogue.write({
      record: keyOf(1),
      content,
      spoil: broken,
      supersedes: [victim!],
    });
    await a.engine.pull();
    await rogue.purge([dot!]);
    await settle(a, b);
    const late = fleet.device(3);
    await late.engine.now();
    for (const device of [a, late]) expect(texts(device)).toEqual(["one"]);
  });

  test("is not sent to a server that is filled anew, and is told no more then", async () => {
    const rogue = rogueMember(fleet, ROGUE);
    await rogue.write(
      { record: keyOf(7), content, spoil: broken },
      { record: keyOf(1), content, spoil: broken },
    );
    await settle(a, b);
    expect(await asideOf(b)).toBe(2);
    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
    fleet.server.generation += 1;
    fleet.log = await fleet.reseeded(fleet.server.generation);
    await a.engine.restart();
    await settle(a, b);
    const late = fleet.device(3);
    await late.engine.now();
    for (const device of [a, b, late]) {
      expect(texts(device)).toEqual(["one"]);
      expect(await device.engine.status()).toMatchObject({ aside: 0, pending: 0 });
    }
  });

  test("stays out of a snapshot, and a device that begins with that has it aside like the others", async () => {
    for (let n = 2; n < 40; n += 1) a.write(noteOf(n, `note ${n}`, 1000));
    await a.engine.now();
    await rogueMember(fleet, ROGUE).write({ record: keyOf(90), content, spoil: broken });
    await a.engine.now();
    await leaveAlone(a);
    expect(fleet.server.snapshots).toHaveLength(1);
    const late = fleet.device(3);
    await late.engine.now();
    expect(late.told.problems).toEqual([]);
    expect(late.records.size).toBe(39);
    expect(await late.engine.status()).toMatchObject({ aside: 1, pending: 0 });
  });

  test("is tried again at the next start: here it may have been this device's own fault", async () => {
    const late = fleet.device(3);
    const open: typeof SUITE.open = () => Promise.reject(unreadable());
    Object.assign(late.access, { suite: { ...SUITE, open } });
    await late.engine.now();
    expect(texts(late)).toEqual([]);
    expect(await asideOf(late)).toBe(1);
    const { stored } = fleet.server;
    const again = late.reopen();
    await settle(again, a);
    expect(texts(again)).toEqual(["one"]);
    expect(await again.engine.status()).toMatchObject({ aside: 0, pending: 0 });
    expect(fleet.server.stored).toBe(stored);
  });
});

describe("a row under an epoch that is given up", () => {
  test("stops nobody, and is sealed anew by who wrote it", async () => {
    const slow = fleet.device(3);
    await slow.engine.now();
    const old = { log: fleet.log, keys: [...fleet.epochKeys] };
    await fleet.rotate();
    await a.engine.reencrypt();
    // One that has not heard of the new epoch writes before the old one is given up.
    const { log, epochKeys, refreshLog, call } = slow.access;
    const late: Partial<VaultAccess> = {
      log: () => old.log,
      epochKeys: () => old.keys,
      refreshLog: async () => old.log,
      async call(name, input) {
        Object.assign(slow.access, { log, epochKeys, refreshLog, call });
        if (name !== "sync.push") throw new Error(`${name} comes first`);
        return (await fleet.server.push(input as Bytes, old.log.length)) as never;
      },
    };
    Object.assign(slow.access, late);
    slow.write(noteOf(2, "two", 2000));
    await slow.engine.send();
    await fleet.raiseFloor();

    await a.engine.now();
    expect(texts(a)).toEqual(["one"]);
    expect(await a.engine.status()).toMatchObject({ aside: 1, unopened: [fleet.keyOf(3)] });
    await settle(slow, a, b);
    for (const device of [a, b, slow]) {
      expect(texts(device)).toEqual(["one", "two"]);
      expect(await device.engine.status()).toMatchObject({ aside: 0, pending: 0 });
      expect((await device.store.dots()).every(({ epoch }) => epoch === 2)).toBe(true);
    }
  });
});

describe("a server", () => {
  test("makes no row of its own set aside: bytes that no member named stay its lie", async () => {
    a.write(noteOf(2, "two", 2000));
    await a.engine.now();
    const { rows } = fleet.server;
    const last = rows.at(-1);
    if (!last) throw new Error("There are no rows.");
    for (const spoil of [broken, at(0, 2), at(8), at(47, 77), () => new Uint8Array()]) {
      fleet.server.rows = [...rows.slice(0, -1), { ...last, bytes: spoil(last.bytes) }];
      const again = b.reopen();
      const code = await again.engine.now().then(
        () => "settled",
        (error: unknown) => toMemoryError(error).code,
      );
      expect(["sync/server", "sync/vault-withheld"]).toContain(code);
      expect(await asideOf(again)).toBe(0);
    }
    // Nor by showing a row that is held under another's name.
    const own = rows.find(({ dot }) => dot !== undefined);
    fleet.server.rows = [...rows.slice(0, -1), { ...last, bytes: own!.bytes }];
    const again = b.reopen();
    await expect(again.engine.now()).rejects.toMatchObject({ code: "sync/vault-withheld" });
    expect(await asideOf(again)).toBe(0);
    fleet.server.rows = rows;
    await b.reopen().engine.now();
    expect(texts(b)).toEqual(["one", "two"]);
  });
});

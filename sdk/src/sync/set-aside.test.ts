import { beforeEach, describe, expect, test } from "vitest";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";
import { writeField, writeText, EMPTY_RECORD, type SyncRecord } from "./merge.ts";
import { decodeRecord, encodeRecord } from "./record-content.ts";
import { rogueMember } from "./rogue-member.fixture.ts";
import { toMemoryError } from "./server-problem.ts";
import { standing } from "./sync-notices.ts";

const keyOf = (n: number) => idOf(n).replaceAll("-", "");
const stampOf = (device: string, ms: number) => ms.toString(16).padStart(12, "0") + "0000" + device;
const texts = ({ records }: TestDevice) => [...records.values()].map(({ text }) => text).toSorted();
const junk = () => encodeCbor({ v: 1, nonsense: [1, 2, 3] });

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

async function asideOf({ engine }: TestDevice): Promise<number> {
  return (await engine.status()).aside;
}

/** A whole memory, as the third member would write it, with fields written over. */
function memoryBy(i: number, over: Readonly<Record<string, unknown>> = {}): SyncRecord {
  const stamp = stampOf(fleet.keyOf(i), 5000);
  const fields = {
    kind: "note",
    origin: "app",
    createdAt: 5000,
    found: ["hash:x", "near:x", [], [], [], []],
    ...over,
  };
  return Object.entries(fields).reduce(
    (state, [name, value]) => writeField(state, stamp, name, value as string),
    writeText(EMPTY_RECORD, stamp, "written by another version"),
  );
}

describe("a row of a member that this version cannot read", () => {
  test.each([
    ["is no CBOR", () => new Uint8Array([0xff, 1, 2])],
    ["is not what a record is written as", junk],
    ["is of a version to come", () => encodeCbor({ v: 2, news: "yes" })],
    ["is of a kind to come", () => encodeRecord(memoryBy(2, { kind: "picture" }))],
    ["has a scope of numbers", () => encodeRecord(memoryBy(2, { scope: [7, null] }))],
    ["has metadata that is no JSON", () => encodeRecord(memoryBy(2, { metadata: "{" }))],
    ["has metadata that is null", () => encodeRecord(memoryBy(2, { metadata: "null" }))],
    ["found slots that are no list", () => encodeRecord(memoryBy(2, { found: ["h", "n", 4] }))],
    ["has no text", () => encodeRecord({ ...EMPTY_RECORD, maxima: { updatedAt: 1 } })],
    ["says that it is another record", () => encodeRecord(memoryBy(2, { id: idOf(1) }))],
  ])("because it %s is set aside, and the rest goes on", async (_, content) => {
    const rogue = rogueMember(fleet, 2);
    const good = encodeRecord(memoryBy(2));
    await rogue.write(
      { record: keyOf(7), content: content() },
      { record: keyOf(8), content: good },
    );
    a.write(noteOf(2, "two", 2000));
    await settle(a, b);
    for (const device of [a, b]) {
      expect(texts(device)).toEqual(["one", "two", "written by another version"]);
      const status = await device.engine.status();
      expect(status).toMatchObject({ aside: 1, pending: 0 });
      expect(standing(status).problem).toMatchObject({
        code: "sync/set-aside",
        retryable: false,
        details: { count: 1 },
      });
    }
    // Nothing is missing and nothing is sent for it, now or after a restart.
    const { stored } = fleet.server;
    await settle(a.reopen(), b.reopen());
    expect(fleet.server.stored).toBe(stored);
    const late = fleet.device(3);
    await late.engine.now();
    expect(texts(late)).toEqual(["one", "two", "written by another version"]);
    expect(await asideOf(late)).toBe(1);
  });

  test("is read at the next start of a version that can, with what was written beside it", async () => {
    const rogue = rogueMember(fleet, 2);
    const state = memoryBy(2, { pinned: true });
    const newer = encodeCbor({ v: 2, of: encodeRecord(state) });
    const [base] = (await a.store.dotsOf([keyOf(1)])).map(({ dot }) => dot);
    // One is new; the other replaces a text that everybody has.
    const edit = writeText(
      decodeRecord((await a.store.records([keyOf(1)]))[0]!.shape!) as typeof EMPTY_RECORD,
      stampOf(fleet.keyOf(2), fleet.clock.ms),
      "one, by a newer version",
    );
    await rogue.write(
      { record: keyOf(7), content: newer },
      {
        record: keyOf(1),
        content: encodeCbor({ v: 2, of: encodeRecord(edit) }),
        supersedes: [base!],
      },
    );
    await settle(a, b);
    expect(await asideOf(a)).toBe(2);
    // The edit of a newer version is no forgetting: the text stays as it was known.
    expect(texts(a)).toEqual(["one"]);
    a.edit(idOf(1), { tags: ["mine"], updatedAt: 9000 });
    await settle(a, b);
    expect(await asideOf(b)).toBe(2);

    const decode = (content: Uint8Array): SyncRecord => {
      const { v, of } = decodeCbor(content) as { v: number; of?: Uint8Array };
      return decodeRecord(v === 2 && of ? of : content);
    };
    const [newA, newB] = [a.reopen(decode), b.reopen(decode)];
    await settle(newA, newB);
    for (const device of [newA, newB]) {
      expect(texts(device)).toEqual(["one, by a newer version", "written by another version"]);
      expect(device.records.get(idOf(1))?.tags).toEqual(["mine"]);
      expect(device.records.get(idOf(7))).toMatchObject({ pinned: true });
      expect(await device.engine.status()).toMatchObject({ aside: 0, pending: 0 });
    }
  });

  test("is sealed anew with all else, and fills a server that lost it", async () => {
    const rogue = rogueMember(fleet, 2);
    const content = encodeCbor({ v: 2, news: "yes" });
    await rogue.write({ record: keyOf(7), content });
    await settle(a, b);
    await fleet.rotate();
    await a.engine.reencrypt();
    await settle(a, b);
    expect((await b.store.dots()).every(({ epoch }) => epoch === 2)).toBe(true);
    expect(await asideOf(b)).toBe(1);

    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
    fleet.server.generation += 1;
    fleet.log = await fleet.reseeded(fleet.server.generation);
    await a.engine.restart();
    await settle(a, b);
    const late = fleet.device(3);
    await late.engine.now();
    expect(await asideOf(late)).toBe(1);
    const [kept] = await late.store.recordsNamed("aside:");
    expect(kept?.shape).toEqual(content);
    // One content is one row, though two devices had it.
    expect((await late.store.dots()).length).toBe(2);
  });

  test("goes when its memory is forgotten, and when who wrote it replaces it", async () => {
    const rogue = rogueMember(fleet, 2);
    const [first] = await rogue.write(
      { record: keyOf(7), content: junk() },
      { record: keyOf(1), content: encodeCbor({ v: 2, of: "one" }) },
    );
    await settle(a, b);
    expect(await asideOf(b)).toBe(2);
    await rogue.write({
      record: keyOf(7),
      content: encodeRecord(memoryBy(2)),
      supersedes: [first!],
    });
    a.forget(idOf(1));
    await settle(a, b);
    for (const device of [a, b]) {
      expect(texts(device)).toEqual(["written by another version"]);
      expect(await asideOf(device)).toBe(0);
      const rows = await device.store.recordsNamed("aside:");
      expect(rows.every(({ shape }) => shape === null)).toBe(true);
    }
  });

  test("takes no row of the same record with it that can be read", async () => {
    const rogue = rogueMember(fleet, 2);
    // Each covers the other's text: there would be none left.
    const [x, y] = [2, 3].map((i) => stampOf(fleet.keyOf(i), 5000)) as [string, string];
    const base = memoryBy(2) as typeof EMPTY_RECORD;
    const covering = (stamp: string, other: string) => ({
      ...writeText(base, stamp, `text ${stamp.slice(-2)}`),
      text: {
        versions: [{ stamp, text: `text ${stamp.slice(-2)}`, embedding: null }],
        covered: { [stamp.slice(16)]: stamp.slice(0, 16), [other.slice(16)]: other.slice(0, 16) },
      },
    });
    await rogue.write(
      { record: keyOf(7), content: encodeRecord(covering(x, y)) },
      { record: keyOf(7), content: encodeRecord(covering(y, x)) },
    );
    await settle(a, b);
    expect(texts(a)).toHaveLength(2);
    expect(texts(b)).toHaveLength(2);
    expect([await asideOf(a), await asideOf(b)]).toEqual([1, 1]);
  });
});

describe("a member that takes away what it may not", () => {
  test("with an entry in the place of another record's has it taken for its own record; the memory stays, for new devices too", async () => {
    const rogue = rogueMember(fleet, 2);
    const [victim] = (await a.store.dotsOf([keyOf(1)])).map(({ dot }) => dot);
    await rogue.write({
      record: keyOf(7),
      content: encodeRecord(memoryBy(2)),
      supersedes: [victim!],
    });
    await settle(a, b);
    const late = fleet.device(3);
    await late.engine.now();
    for (const device of [a, b, late])
      expect(texts(device)).toEqual(["one", "written by another version"]);
    for (const device of [a, b]) expect((await device.engine.status()).pending).toBe(0);
  });

  test("with a purge of what is no tombstone changes nothing; the memory stays, for new devices too", async () => {
    const rogue = rogueMember(fleet, 2);
    await rogue.purge((await a.store.dotsOf([keyOf(1)])).map(({ dot }) => dot));
    await settle(b, a);
    const late = fleet.device(3);
    await late.engine.now();
    for (const device of [a, b, late]) expect(texts(device)).toEqual(["one"]);
  });
});

describe("a server", () => {
  test("gets nothing set aside: what no member signed, and what does not open, is told as its lie", async () => {
    a.write(noteOf(2, "two", 2000));
    await a.engine.now();
    const { rows } = fleet.server;
    const last = rows.at(-1);
    if (!last) throw new Error("There are no rows.");
    // Another content under the same name is none that a manifest named, so the named one is missing.
    for (const at of [0, 30, 79, 80, last.bytes.length - 1]) {
      const bytes = last.bytes.slice();
      bytes[at]! ^= 1;
      fleet.server.rows = [...rows.slice(0, -1), { ...last, bytes }];
      const again = b.reopen();
      const code = await again.engine.now().then(
        () => "settled",
        (error: unknown) => toMemoryError(error).code,
      );
      expect(["sync/server", "sync/vault-withheld"]).toContain(code);
      expect(await asideOf(again)).toBe(0);
    }
    fleet.server.rows = rows;
    await b.reopen().engine.now();
    expect(texts(b)).toEqual(["one", "two"]);
  });
});

describe("a memory that is too large to be sent", () => {
  const large = "x".repeat(260_000);

  test("is told by its id while the others are sent, and goes as soon as it shrinks", async () => {
    a.write({ ...noteOf(2, "", 2000), text: large });
    a.write(noteOf(3, "three", 2000));
    await settle(a, b);
    expect(texts(b)).toEqual(["one", "three"]);
    const status = await a.engine.status();
    expect(status).toMatchObject({ pending: 1, tooLarge: [idOf(2)] });
    expect(standing(status).problem).toMatchObject({
      code: "sync/too-large",
      details: { count: 1, ids: [idOf(2)] },
    });
    // After a restart it is found again.
    const again = a.reopen();
    await again.engine.now();
    expect(await again.engine.status()).toMatchObject({ tooLarge: [idOf(2)] });
    again.edit(idOf(2), { ...noteOf(2, "short now", 2000), updatedAt: 3000 });
    expect(await again.engine.status()).toMatchObject({ tooLarge: [] });
    await settle(again, b);
    expect(texts(b)).toEqual(["one", "short now", "three"]);
    expect(await again.engine.status()).toMatchObject({ pending: 0, tooLarge: [] });
  });

  test("with its vector goes without it", async () => {
    Object.assign(a.vault, {
      vectorsOf: async (seqs: readonly number[]) =>
        new Map(seqs.map((seq) => [seq, { space: "model@1", vector: new Uint8Array(3_000) }])),
    });
    a.write({ ...noteOf(2, "", 2000), text: "x".repeat(256_000) });
    await settle(a, b);
    expect(texts(b)).toContain("x".repeat(256_000));
    expect(await a.engine.status()).toMatchObject({ pending: 0, tooLarge: [] });
  });

  test("that others have in a shorter form grows, shrinks and is forgotten without harm", async () => {
    a.edit(idOf(1), { text: large, textHash: "l", updatedAt: 3000 });
    await settle(a, b);
    expect(texts(b)).toEqual(["one"]);
    a.forget(idOf(1));
    await settle(a, b);
    expect(texts(b)).toEqual([]);
    expect(await a.engine.status()).toMatchObject({ pending: 0, tooLarge: [] });
  });
});

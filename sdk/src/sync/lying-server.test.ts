import { describe, expect, test } from "vitest";
import { SUITE } from "../crypto/crypto.fixture.ts";
import { signManifest } from "../crypto/sign.ts";
import { toBase64url } from "../wire/base64url.ts";
import { bytesKey } from "../wire/bytes.ts";
import { decodeManifest } from "../wire/manifest.ts";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";
import { toMemoryError } from "./server-problem.ts";

/** The code of the error that syncing ends with. */
function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "settled",
    (error: unknown) => toMemoryError(error).code,
  );
}

/** Two devices that have each written something and know of each other. */
async function settledPair(): Promise<{
  readonly fleet: TestFleet;
  readonly a: TestDevice;
  readonly b: TestDevice;
}> {
  const fleet = await createFleet(4);
  fleet.server.pageRows = 50;
  const [a, b] = [fleet.device(0), fleet.device(1)];
  a.write(noteOf(1, "of the laptop", 1000));
  await a.engine.now();
  b.write(noteOf(2, "of the phone", 1000));
  await b.engine.now();
  await a.engine.now();
  return { fleet, a, b };
}

const kept = (device: TestDevice) =>
  [...device.records.values()].map(({ text }) => text).toSorted();

describe("a server that", () => {
  test("11: puts back an older database is found out by who saw the newer one, who loses nothing", async () => {
    const { fleet, a, b } = await settledPair();
    const backup = fleet.server.copy();
    a.write(noteOf(3, "after the backup", 2000));
    await a.engine.now();
    await b.engine.now();
    Object.assign(fleet.server, backup);
    expect(await codeOf(a.engine.now())).toBe("sync/vault-rollback");
    expect(await codeOf(b.engine.now())).toBe("sync/vault-rollback");
    expect(kept(b)).toEqual(["after the backup", "of the laptop", "of the phone"]);
    expect(await codeOf(a.reopen().engine.now())).toBe("sync/vault-rollback");
    // Nothing was sent to it meanwhile, and a new generation has all of it again.
    expect(fleet.server.rows).toEqual(backup.rows);
    await fillAnew(fleet, a);
    await b.engine.now();
    expect(await shownTo(fleet.device(3))).toEqual(kept(b));
  });

  test("11b: puts back an older database and lets it grow beyond what was seen is found out by the chains", async () => {
    const { fleet, a, b } = await settledPair();
    const backup = fleet.server.copy();
    a.write(noteOf(3, "after the backup", 2000));
    await a.engine.now();
    Object.assign(fleet.server, backup);
    for (let n = 10; n < 16; n += 1) {
      b.write(noteOf(n, `more ${n}`, 3000));
      await b.engine.now();
    }
    expect(await codeOf(a.engine.now())).toBe("sync/vault-rollback");
  });

  test("12: shows two devices different ends is found out as soon as either's seen heads reach the other", async () => {
    const { fleet, a, b } = await settledPair();
    const before = fleet.server.copy();
    const c = fleet.device(2);
    a.write(noteOf(3, "in the first world", 2000));
    await a.engine.now();
    await c.engine.now();
    const first = fleet.server.copy();
    Object.assign(fleet.server, before);
    b.write(noteOf(4, "in the second world", 2000));
    await b.engine.now();
    const second = fleet.server.copy();
    Object.assign(fleet.server, first);
    c.write(noteOf(5, "knows the first world", 2500));
    await c.engine.now();
    const cRows = fleet.server.rows.slice(-2);
    Object.assign(fleet.server, second);
    fleet.server.rows.push(...cRows.map((row) => ({ ...row, seq: (fleet.server.head += 1) })));
    const { batchNo, hash } = { batchNo: 1, hash: await SUITE.sha256(cRows[0]!.bytes) };
    fleet.server.heads.set(bytesKey(fleet.actors[2]!.id), { batchNo, hash });
    expect(await codeOf(b.engine.now())).toBe("sync/vault-withheld");
    expect(kept(b)).toContain("in the second world");
  });

  test("12c: shows two devices different ends, and joins them before either has seen the other's, has only kept them waiting", async () => {
    const { fleet, a, b } = await settledPair();
    const before = fleet.server.copy();
    a.write(noteOf(3, "in the first world", 2000));
    a.edit(idOf(2), { tags: ["first"], updatedAt: 2001 });
    await a.engine.now();
    const first = fleet.server.copy();
    Object.assign(fleet.server, before);
    b.write(noteOf(4, "in the second world", 2000));
    b.edit(idOf(2), { text: "edited in the second", textHash: "s", updatedAt: 2002 });
    await b.engine.now();
    const second = fleet.server.copy();
    // What either was told has left is gone, and all else is there.
    const known = new Set(before.rows.map(({ seq }) => seq));
    const added = (rows: typeof first.rows) => rows.filter(({ seq }) => !known.has(seq));
    const left = before.rows.filter((row) => first.rows.includes(row) && second.rows.includes(row));
    fleet.server.rows = [
      ...left,
      ...[...added(first.rows), ...added(second.rows)].map((row) => ({
        ...row,
        seq: (fleet.server.head += 1),
      })),
    ];
    fleet.server.heads = new Map([
      ...first.heads,
      [fleet.keyOf(1), second.heads.get(fleet.keyOf(1))!],
    ]);
    for (const device of [a, b, a, b]) expect(await codeOf(device.engine.now())).toBe("settled");
    const all = [
      "edited in the second",
      "in the first world",
      "in the second world",
      "of the laptop",
    ];
    for (const device of [a, b]) {
      expect(kept(device)).toEqual(all);
      expect(device.records.get(idOf(2))?.tags).toEqual(["first"]);
    }
    expect(await shownTo(fleet.device(3))).toEqual(all);
  });

  test("12b: has two batches of one number and one writer is found out by both readers", async () => {
    const { fleet, a, b } = await settledPair();
    const chain = fleet.server.heads.get(bytesKey(fleet.actors[0]!.id))!;
    const actor = fleet.actors[0]!;
    const twin = await signManifest(SUITE, actor.signing, {
      ...decodeManifest(fleet.server.rows[0]!.bytes),
      items: [{ hash: new Uint8Array(32).fill(1), supersedes: [] }],
    });
    fleet.server.rows.push({ seq: (fleet.server.head += 1), bytes: twin });
    expect(chain.batchNo).toBe(1);
    expect(await codeOf(b.engine.now())).toBe("sync/vault-fork");
    expect(await codeOf(a.engine.now())).toBe("sync/device-forked");
  });

  test("13: keeps one entry back is found out at the end of the pull, and forgiven when it is there", async () => {
    const { fleet, a, b } = await settledPair();
    a.write(noteOf(3, "kept back", 2000));
    a.write(noteOf(4, "given", 2000));
    await a.engine.now();
    const { rows } = fleet.server;
    fleet.server.rows = rows.filter((_, i) => i !== rows.length - 2);
    expect(await codeOf(b.engine.now())).toBe("sync/vault-withheld");
    expect(kept(b)).not.toContain("given");
    fleet.server.rows = rows;
    expect(await codeOf(b.engine.now())).toBe("settled");
    expect(kept(b)).toEqual(["given", "kept back", "of the laptop", "of the phone"]);
  });

  test("13b: keeps a whole device back is found out by what another has seen of it", async () => {
    const { fleet } = await settledPair();
    const phone = bytesKey(fleet.actors[1]!.id);
    const c = fleet.device(2);
    // The phone wrote after it had read the laptop; the tablet after it had read both.
    await c.engine.pull();
    c.write(noteOf(6, "has seen the phone", 3000));
    await c.engine.now();
    fleet.server.rows = fleet.server.rows.filter(({ bytes, dot }) =>
      dot === undefined
        ? bytesKey(decodeManifest(bytes).deviceId) !== phone
        : !dot.startsWith(phone),
    );
    fleet.server.heads.delete(phone);
    const fourth = fleet.device(3);
    expect(await codeOf(fourth.engine.now())).toBe("sync/vault-withheld");
  });

  test("13c: keeps the newest back shows an old state that fits; nothing is lost when it comes", async () => {
    const { fleet, a, b } = await settledPair();
    const before = fleet.server.copy();
    a.write(noteOf(3, "newest", 2000));
    await a.engine.now();
    const after = fleet.server.copy();
    Object.assign(fleet.server, before);
    expect(await codeOf(b.engine.now())).toBe("settled");
    Object.assign(fleet.server, after);
    expect(await codeOf(b.engine.now())).toBe("settled");
    expect(kept(b)).toContain("newest");
  });

  test("14: leaves a batch out, or gives them in another order, is found out", async () => {
    for (const spoil of ["drop", "swap"] as const) {
      const { fleet, a, b } = await settledPair();
      a.write(noteOf(3, "first", 2000));
      await a.engine.now();
      a.write(noteOf(4, "second", 2001));
      await a.engine.now();
      const { rows } = fleet.server;
      const [m1, e1, m2, e2] = rows.slice(-4) as [
        (typeof rows)[0],
        (typeof rows)[0],
        (typeof rows)[0],
        (typeof rows)[0],
      ];
      const rest = rows.slice(0, -4);
      fleet.server.rows =
        spoil === "drop"
          ? [...rest, m2, e2]
          : [
              ...rest,
              { ...m2, seq: m1.seq },
              { ...e2, seq: e1.seq },
              { ...m1, seq: m2.seq },
              { ...e1, seq: e2.seq },
            ];
      expect(await codeOf(b.engine.now())).toBe("sync/vault-withheld");
      fleet.server.rows = rows;
      expect(await codeOf(b.engine.now())).toBe("settled");
    }
  });

  test("14b: gives everything twice changes nothing", async () => {
    const { fleet, a, b } = await settledPair();
    a.write(noteOf(3, "once", 2000));
    await a.engine.now();
    fleet.server.rows = fleet.server.rows.flatMap((row) => [row, row]);
    expect(await codeOf(b.engine.now())).toBe("settled");
    expect(kept(b)).toEqual(["of the laptop", "of the phone", "once"]);
  });

  test("15: deletes a row that nobody signed away is found out by who has not got it", async () => {
    const { fleet } = await settledPair();
    const c = fleet.device(2);
    fleet.server.rows = fleet.server.rows.filter((_, i) => i !== 1);
    expect(await codeOf(c.engine.now())).toBe("sync/vault-withheld");
  });

  test("15b: brings a replaced row back has it dropped", async () => {
    const { fleet, a, b } = await settledPair();
    const old = fleet.server.rows[1]!;
    a.edit(idOf(1), { text: "edited", textHash: "e", updatedAt: 5000 });
    await a.engine.now();
    fleet.server.rows.push({ ...old, seq: (fleet.server.head += 1) });
    expect(await codeOf(b.engine.now())).toBe("settled");
    expect(kept(b)).toEqual(["edited", "of the phone"]);
    const c = fleet.device(2);
    expect(await codeOf(c.engine.now())).toBe("settled");
    expect(kept(c)).toEqual(["edited", "of the phone"]);
  });

  test("15c: gives rows in exchanged places has each taken as what it is", async () => {
    const { fleet } = await settledPair();
    const { rows } = fleet.server;
    fleet.server.rows = rows.map((row, i) =>
      i === 1
        ? { ...row, bytes: rows[3]!.bytes }
        : i === 3
          ? { ...row, bytes: rows[1]!.bytes }
          : row,
    );
    const c = fleet.device(2);
    expect(await codeOf(c.engine.now())).toBe("settled");
    expect(kept(c)).toEqual(["of the laptop", "of the phone"]);
  });

  test("19: was wiped stops pushing, and is filled again by a new generation with nothing lost", async () => {
    const { fleet, a, b } = await settledPair();
    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
    a.write(noteOf(3, "waits", 2000));
    expect(await codeOf(a.engine.now())).toBe("sync/vault-rollback");
    expect(fleet.server.rows).toEqual([]);
    await newGeneration(fleet);
    await a.engine.restart();
    expect(await codeOf(a.engine.now())).toBe("settled");
    expect(await codeOf(b.engine.now())).toBe("settled");
    expect(await codeOf(a.engine.now())).toBe("settled");
    expect(kept(a)).toEqual(["of the laptop", "of the phone", "waits"]);
    expect(kept(b)).toEqual(kept(a));
    const c = fleet.device(2);
    await c.engine.now();
    expect(kept(c)).toEqual(kept(a));
  });

  test("19b: is filled anew does not get back what was forgotten, from any device", async () => {
    const { fleet, a, b } = await settledPair();
    a.forget(idOf(2));
    await a.engine.now();
    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
    await newGeneration(fleet);
    await a.engine.restart();
    await a.engine.now();
    await b.engine.now();
    await a.engine.now();
    expect(kept(a)).toEqual(["of the laptop"]);
    expect(kept(b)).toEqual(["of the laptop"]);
  });

  test("20: is another store that holds the same is compared from the beginning, and trusted again", async () => {
    const { fleet, a, b } = await settledPair();
    fleet.server.storeId = toBase64url(new Uint8Array(16).fill(8));
    b.write(noteOf(3, "in the new store", 2000));
    expect(await codeOf(b.engine.now())).toBe("settled");
    expect(await codeOf(a.engine.now())).toBe("settled");
    expect(kept(a)).toContain("in the new store");
  });

  test("20b: is another store that holds less is found out", async () => {
    const { fleet, a } = await settledPair();
    fleet.server.storeId = toBase64url(new Uint8Array(16).fill(8));
    const phone = bytesKey(fleet.actors[1]!.id);
    fleet.server.rows = fleet.server.rows.slice(0, 2);
    fleet.server.heads.delete(phone);
    expect(await codeOf(a.engine.now())).toBe("sync/vault-rollback");
  });

  test("22: says that it has stored and has not is found out at the next look", async () => {
    const { fleet, a } = await settledPair();
    const { push } = fleet.server;
    fleet.server.push = async (body) => {
      void body;
      return { head: fleet.server.head, accepted: 1, duplicate: false };
    };
    a.write(noteOf(3, "swallowed", 2000));
    expect(await codeOf(a.engine.now())).toBe("sync/vault-rollback");
    fleet.server.push = push;
    expect(kept(a)).toContain("swallowed");
    expect(await codeOf(a.engine.now())).toBe("sync/vault-rollback");
    await fillAnew(fleet, a);
    expect(await shownTo(fleet.device(3))).toEqual(["of the laptop", "of the phone", "swallowed"]);
  });

  test("counts batches otherwise than the device is not written to", async () => {
    const { fleet, a } = await settledPair();
    fleet.server.heads.delete(bytesKey(fleet.actors[0]!.id));
    a.write(noteOf(3, "next", 2000));
    expect(await codeOf(a.engine.push())).toBe("sync/vault-rollback");
  });
});

describe("a server that hides", () => {
  test("withheld revocation: what others write after it names a log that the server does not show", async () => {
    const { fleet, a, b } = await settledPair();
    const old = fleet.log;
    await fleet.revoke(2, null);
    a.write(noteOf(3, "after the removal", 2000));
    await a.engine.now();
    // The second device is shown the log of before.
    const { log, refreshLog } = b.access;
    Object.assign(b.access, { log: () => old, refreshLog: async () => old });
    expect(await codeOf(b.engine.now())).toBe("sync/vault-withheld");
    expect(kept(b)).not.toContain("after the removal");
    Object.assign(b.access, { log, refreshLog });
    expect(await codeOf(b.engine.now())).toBe("settled");
    expect(kept(b)).toContain("after the removal");
  });

  test("hidden tombstone: its row left out is missed at the end of the pull", async () => {
    const { fleet, a, b } = await settledPair();
    a.forget(idOf(2));
    await a.engine.now();
    const { rows } = fleet.server;
    fleet.server.rows = rows.slice(0, -1);
    expect(await codeOf(b.engine.now())).toBe("sync/vault-withheld");
    fleet.server.rows = rows;
    expect(await codeOf(b.engine.now())).toBe("settled");
    expect(kept(b)).toEqual(["of the laptop"]);
  });

  test("hidden tombstone: the state of before it, shown to one device, ends with the next batch of who has seen it", async () => {
    const { fleet, a, b } = await settledPair();
    const before = fleet.server.copy();
    a.forget(idOf(2));
    await a.engine.now();
    const c = fleet.device(2);
    await c.engine.now();
    c.write(noteOf(5, "has seen the forgetting", 3000));
    await c.engine.now();
    const after = fleet.server.copy();
    const own = after.rows.slice(-2);
    const head = after.heads.get(fleet.keyOf(2));
    Object.assign(fleet.server, before);
    fleet.server.rows = [
      ...before.rows,
      ...own.map((row) => ({ ...row, seq: (fleet.server.head += 1) })),
    ];
    if (head) fleet.server.heads.set(fleet.keyOf(2), head);
    expect(await codeOf(b.engine.now())).toBe("sync/vault-withheld");
    Object.assign(fleet.server, after);
    expect(await codeOf(b.reopen().engine.now())).toBe("settled");
    expect(kept(b)).toEqual(["has seen the forgetting", "of the laptop"]);
  });

  test("hidden tombstone: the row that it replaced, shown again after the tombstone was purged, is dropped", async () => {
    const { fleet, a, b } = await settledPair();
    const victim = fleet.server.rows.find(({ dot }) => dot?.startsWith(fleet.keyOf(1)));
    if (!victim) throw new Error("There is no such row.");
    a.forget(idOf(2));
    const [c, d] = [fleet.device(2), fleet.device(3)];
    // Devices that only read say once a day what they have seen; then nobody waits any more.
    for (let day = 0; day < 4; day += 1) {
      fleet.clock.ms += 86_400_000;
      for (const { engine } of [a, b, c, d]) await engine.now();
    }
    expect(await a.store.dots()).toHaveLength(1);
    fleet.server.rows.push({ ...victim, seq: (fleet.server.head += 1) });
    for (const device of [a, b, c.reopen()]) {
      expect(await codeOf(device.engine.now())).toBe("settled");
      expect(kept(device)).toEqual(["of the laptop"]);
    }
  });
});

test("a copied profile finds out that it is one of two, on both sides", async () => {
  const { fleet, a } = await settledPair();
  const twin = fleet.device(0);
  await twin.engine.pull().catch(() => undefined);
  expect(await codeOf(twin.engine.now())).toBe("sync/device-forked");
  expect(await codeOf(a.engine.now())).toBe("settled");
});

/** As a user does who was told that the server has less than it had. */
async function fillAnew(fleet: TestFleet, device: TestDevice): Promise<void> {
  Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
  await newGeneration(fleet);
  await device.engine.restart();
  await device.engine.now();
}

async function shownTo(device: TestDevice): Promise<readonly string[]> {
  await device.engine.now();
  return kept(device);
}

async function newGeneration(fleet: TestFleet): Promise<void> {
  fleet.server.generation += 1;
  const { generation } = fleet.server;
  fleet.log = await fleet.reseeded(generation);
}

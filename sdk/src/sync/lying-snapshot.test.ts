import { describe, expect, test } from "vitest";
import { SUITE } from "../crypto/crypto.fixture.ts";
import { makeActor, type Actor } from "../crypto/member.fixture.ts";
import { bytesKey, concatBytes } from "../wire/bytes.ts";
import { decodeSnapshot, liveSetMessage } from "../wire/snapshot.ts";
import { idOf, leaveAlone, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";
import { dotKey } from "./live-set.ts";
import { isForgotten } from "./merge.ts";
import { decodeRecord, encodeRecord } from "./record-content.ts";
import { toMemoryError } from "./server-problem.ts";
import { countEntries, forgeSnapshot, largeFleet, type Forgery } from "./snapshot.fixture.ts";

const ROWS = 150;
/** Milliseconds, on a busy machine. */
const SLOW = 60_000;
const kept = ({ records }: TestDevice) =>
  [...records.values()].map(({ id, text }) => `${id} ${text}`).toSorted();
const fill = (length: number, value: number) => new Uint8Array(length).fill(value);

/** A vault in which one memory is forgotten, with a snapshot of it. */
async function vault(): Promise<{ readonly fleet: TestFleet; readonly a: TestDevice }> {
  const { fleet, a } = await largeFleet(ROWS);
  a.forget(idOf(3));
  a.edit(idOf(4), { text: "edited", textHash: "e", updatedAt: 9_000 });
  for (let n = 1_000; n < 1_050; n += 1) a.write(noteOf(n, `memory ${n}`, 1000 + n));
  await a.engine.now();
  await leaveAlone(a);
  expect(fleet.server.snapshots).toHaveLength(2);
  return { fleet, a };
}

/** Whatever the snapshot is, a new device has what the vault has; and it says once what was odd. */
async function joins(
  fleet: TestFleet,
  a: TestDevice,
  reasons: readonly string[],
  i = 1,
): Promise<TestDevice> {
  const b = fleet.device(i);
  await b.engine.now();
  await b.engine.now();
  expect(kept(b)).toEqual(kept(a));
  expect(b.records.has(idOf(3))).toBe(false);
  expect(b.told.problems.map(({ code }) => code)).toEqual(reasons.map(() => "sync/snapshot"));
  expect(b.told.problems.map(({ details }) => details["reason"])).toEqual(reasons);
  expect(await b.engine.status()).toMatchObject({ pending: 0, lastSyncedAt: fleet.clock.ms });
  return b;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "settled",
    (error: unknown) => toMemoryError(error).code,
  );

describe("21: a server that", { timeout: SLOW }, () => {
  test("shows an older snapshot than it has brings no old text and nothing forgotten back", async () => {
    const { fleet, a } = await vault();
    fleet.server.snapshots = fleet.server.snapshots.slice(0, 1);
    await joins(fleet, a, []);
  });

  test("shows a snapshot of another vault, or in another vault's name", async () => {
    const { fleet, a } = await vault();
    await forgeSnapshot(fleet, { says: () => ({ vaultId: fill(32, 9) }) });
    await joins(fleet, a, ["vault"]);
  });

  test("gives one blob for another", async () => {
    const { fleet, a } = await vault();
    const [one, two] = [...fleet.server.blobs.values()].slice(-2);
    if (!one || !two) throw new Error("too few blobs");
    [one.bytes, two.bytes] = [two.bytes, one.bytes];
    await joins(fleet, a, ["blob"]);
  });

  test.each([
    ["cut off", (bytes: Uint8Array) => bytes.subarray(0, 1), "slow"],
    ["too long", (bytes: Uint8Array) => concatBytes(bytes, bytes), "blob"],
    ["damaged", (bytes: Uint8Array) => bytes.with(700, (bytes[700] ?? 0) ^ 1), "blob"],
    ["dripping", (bytes: Uint8Array) => bytes.subarray(0, 90), "slow"],
  ] as const)("gives a blob that is %s", async (_, part, reason) => {
    const { fleet, a } = await vault();
    const { readBlob } = fleet.server;
    fleet.server.readBlob = (hash, offset) => new Uint8Array(part(readBlob(hash, offset)));
    await joins(fleet, a, [reason]);
  });

  test("has lost a blob is asked for the entries, and nobody is troubled", async () => {
    const { fleet, a } = await vault();
    fleet.server.blobs.delete([...fleet.server.blobs.keys()].at(-1) ?? "");
    await joins(fleet, a, []);
  });

  test.each([
    ["of before everything", () => 0],
    ["in the middle", (seq: number) => seq - 60],
    ["of the future", (seq: number) => seq + 1_000],
  ])("says that the snapshot ends at a place %s", async (_, seq) => {
    const { fleet, a } = await vault();
    await forgeSnapshot(fleet, { seq: seq(fleet.server.snapshots.at(-1)?.seq ?? 0) });
    await joins(fleet, a, ["state"]);
  });

  test("flips a bit of the manifest", async () => {
    const { fleet, a } = await vault();
    const [newest] = fleet.server.snapshots.slice(-1);
    const { manifest, seq } = newest!;
    for (let bit = 0; bit < 8 * manifest.length; bit += 211) {
      const flipped = manifest.with(bit >> 3, (manifest[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
      fleet.server.snapshots = [{ manifest: new Uint8Array(flipped), seq }];
      const b = fleet.device(1);
      await b.engine.now();
      expect(kept(b)).toEqual(kept(a));
      expect(b.told.problems).toHaveLength(1);
    }
  });

  test("hides a batch that the snapshot's maker had is found out, snapshot or not", async () => {
    const { fleet, a } = await vault();
    const c = fleet.device(2);
    await c.engine.now();
    const before = fleet.server.copy();
    c.write(noteOf(2_000, "the tablet's", 9_000));
    await c.engine.now();
    await a.engine.now();
    for (let n = 3_000; n < 3_100; n += 1) a.write(noteOf(n, `memory ${n}`, 1000 + n));
    await a.engine.now();
    await leaveAlone(a);
    expect(decodeSnapshot(fleet.server.snapshots.at(-1).manifest).heads).toHaveLength(2);
    // The server goes back to before the tablet wrote, and shows the snapshot all the same.
    Object.assign(fleet.server, before);
    for (const seq of [before.head, 10]) {
      const { manifest } = fleet.server.snapshots.at(-1);
      fleet.server.snapshots = [{ manifest, seq }];
      expect(await codeOf(fleet.device(1).engine.now())).toBe("sync/vault-withheld");
    }
  });

  test("shows another history than the snapshot's maker had is found out", async () => {
    const { fleet } = await vault();
    const maker = bytesKey(fleet.actors[0]!.id);
    const heads = decodeSnapshot(fleet.server.snapshots.at(-1).manifest).heads.map((head) =>
      bytesKey(head.deviceId) === maker ? { ...head, hash: fill(32, 5) } : head,
    );
    await forgeSnapshot(fleet, { says: () => ({ heads }) });
    expect(await codeOf(fleet.device(1).engine.now())).toBe("sync/vault-fork");
  });
});

describe("21: a snapshot by", { timeout: SLOW }, () => {
  test("somebody who was never a member", async () => {
    const { fleet, a } = await vault();
    await forgeSnapshot(fleet, { by: await makeActor(SUITE, "device", 77) });
    await joins(fleet, a, ["member"]);
  });

  test("somebody who was no member yet when the log had that length", async () => {
    const { fleet, a } = await vault();
    const by = fleet.actors[3]!;
    const logHash = fleet.log.steps[0]!.hash;
    await forgeSnapshot(fleet, { by, says: () => ({ logLen: 1, logHash }) });
    await joins(fleet, a, ["member"]);
  });

  test("a member in another's name", async () => {
    const { fleet, a } = await vault();
    const maker = fleet.actors[0]!;
    const by: Actor = { ...fleet.actors[2]!, id: maker.id };
    await forgeSnapshot(fleet, { by });
    await joins(fleet, a, ["signature"]);
  });

  test("a device that was removed since is left aside", async () => {
    const { fleet, a } = await vault();
    const c = fleet.device(2);
    await c.engine.now();
    c.write(noteOf(2_000, "the tablet's", 9_000));
    await c.engine.now();
    await a.engine.now();
    await forgeSnapshot(fleet, { by: fleet.actors[2]! });
    await fleet.revoke(2, fleet.server.heads.get(fleet.keyOf(2)) ?? null);
    const given = countEntries(fleet);
    await joins(fleet, a, []);
    expect(given.count).toBe(kept(a).length + 1);
  });

  test("a device that is removed while it is being read is left aside from then on", async () => {
    const { fleet, a } = await vault();
    await forgeSnapshot(fleet, { by: fleet.actors[2]! });
    const b = fleet.device(1);
    b.wire.before = (name) => {
      if (name === "blob") throw new Error("the tab died");
    };
    await expect(b.engine.now()).rejects.toThrow("the tab died");
    await fleet.revoke(2, fleet.server.heads.get(fleet.keyOf(2)) ?? null);
    const again = b.reopen();
    await again.engine.now();
    expect(kept(again)).toEqual(kept(a));
    expect(again.told.problems).toEqual([]);
  });

  test("a member whose log, epoch or generation do not fit together", async () => {
    for (const [says, reason] of [
      [{ logHash: fill(32, 1) }, "log"],
      [{ epoch: 2 }, "log"],
      [{ generation: 1 }, "log"],
      [{ logLen: 99 }, "log"],
    ] as const) {
      const { fleet, a } = await vault();
      await forgeSnapshot(fleet, { says: () => says });
      await joins(fleet, a, [reason]);
    }
  });
});

describe("21: a member's snapshot that", { timeout: SLOW }, () => {
  const tombstoneOf = async ({ store }: TestDevice) =>
    (await store.dots()).find(({ tombstone }) => tombstone)?.dot;

  test("leaves a tombstone out of what it says is live is not read at all", async () => {
    const { fleet, a } = await vault();
    const hidden = await tombstoneOf(a);
    let root = Promise.resolve(fill(32, 0));
    let count = 0;
    await forgeSnapshot(fleet, {
      rows(all) {
        const told = all.filter(({ dot }) => dotKey(dot) !== hidden);
        expect(told).toHaveLength(all.length - 1);
        root = SUITE.sha256(liveSetMessage(told));
        count = told.length;
        return told;
      },
    });
    const forged = await root;
    await forgeSnapshot(fleet, { says: () => ({ root: forged, rows: count }) });
    let blobs = 0;
    const { readBlob } = fleet.server;
    fleet.server.readBlob = (hash, offset) => {
      blobs += 1;
      return readBlob(hash, offset);
    };
    await joins(fleet, a, ["state"]);
    expect(blobs).toBe(0);
  });

  test("does not hold a tombstone that it says it holds: the server is asked for it", async () => {
    const { fleet, a } = await vault();
    const given = countEntries(fleet);
    const hidden = await tombstoneOf(a);
    await forgeSnapshot(fleet, {
      rows: (rows) => rows.filter(({ dot }) => dotKey(dot) !== hidden),
    });
    const b = await joins(fleet, a, []);
    expect((await b.store.dots()).filter((row) => row.tombstone)).toHaveLength(1);
    expect(given.count).toBeGreaterThan(0);
  });

  test("holds rows that no manifest names has them dropped", async () => {
    const { fleet, a } = await vault();
    await forgeSnapshot(fleet, {
      rows(rows) {
        const last = rows.at(-1)!;
        const forged = [1, 2, 3].map((more) => ({
          ...last,
          dot: { ...last.dot, devSeq: last.dot.devSeq + more },
          recordId: fill(16, more),
        }));
        return [...rows, ...forged];
      },
    });
    const b = await joins(fleet, a, []);
    expect(await b.store.dots()).toHaveLength((await a.store.dots()).length);
  });

  test("gives a row another hash than its manifest has it dropped, and the entry is asked for", async () => {
    const { fleet, a } = await vault();
    await forgeSnapshot(fleet, {
      rows: (rows) => rows.map((row, i) => (i === 5 ? { ...row, hash: fill(32, 4) } : row)),
    });
    await joins(fleet, a, []);
  });

  test.each<[string, Forgery, string | null]>([
    [
      "holds a row that is no record",
      { rows: (rows) => rows.map((row, i) => (i === 5 ? { ...row, record: fill(40, 4) } : row)) },
      null,
    ],
    [
      "holds a row that is no memory",
      {
        rows: (rows) =>
          rows.map((row, i) =>
            i === 5
              ? {
                  ...row,
                  record: encodeRecord({
                    text: { versions: [], covered: {} },
                    tags: {},
                    fields: {},
                    maxima: {},
                  }),
                }
              : row,
          ),
      },
      null,
    ],
    ["has its chunks in another order", { sealed: (all) => all.toReversed() }, "chunk"],
    ["has a chunk twice", { sealed: ([one, ...rest]) => [one!, one!, ...rest.slice(1)] }, "chunk"],
    ["is short of a chunk", { sealed: ([, ...rest]) => rest }, "chunk"],
    ["has bytes after its chunks", { sealed: (all) => [...all, fill(100, 0)] }, "chunk"],
    [
      "says a chunk has 65,535 rows",
      { contents: ([one, ...rest]) => [one!.with(0, 255).with(1, 255), ...rest] },
      "chunk",
    ],
    [
      "says a row has four gigabytes",
      {
        contents: ([one, ...rest]) => [new Uint8Array(one!).fill(255, 2 + 72, 2 + 76), ...rest],
      },
      "chunk",
    ],
    [
      "says a blob has four billion chunks",
      { says: ({ blobs }) => ({ blobs: blobs.map((blob) => ({ ...blob, chunks: 2 ** 32 - 1 })) }) },
      "chunk",
    ],
    ["says that it has four billion rows", { says: () => ({ rows: 2 ** 32 - 1 }) }, "state"],
  ])("%s", async (_, forgery, reason) => {
    const { fleet, a } = await vault();
    await forgeSnapshot(fleet, forgery);
    await joins(fleet, a, reason === null ? [] : [reason]);
  });

  test("gives a row another text is taken at its word, as with everything a member writes", async () => {
    const { fleet, a } = await vault();
    await forgeSnapshot(fleet, {
      rows: (rows) =>
        rows.map((row, i) => {
          const state = decodeRecord(row.record);
          if (i !== 5 || isForgotten(state)) return row;
          const versions = state.text.versions.map((version) => ({ ...version, text: "forged" }));
          const record = encodeRecord({ ...state, text: { ...state.text, versions } });
          return { ...row, record };
        }),
    });
    const b = fleet.device(1);
    await b.engine.now();
    expect(kept(b).filter((line) => line.endsWith("forged"))).toHaveLength(1);
    expect(kept(b)).toHaveLength(kept(a).length);
    // The next edit of it, by anybody, stands on both.
    const [id = ""] =
      kept(b)
        .find((line) => line.endsWith("forged"))
        ?.split(" ") ?? [];
    a.edit(id, { text: "written anew", textHash: "n", updatedAt: 20_000 });
    await a.engine.now();
    await b.engine.now();
    await a.engine.now();
    expect(kept(b)).toEqual(kept(a));
    expect(b.records.get(id)?.text).toBe("written anew");
  });
});

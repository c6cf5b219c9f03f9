import { beforeAll, describe, expect, test } from "vitest";
import type { Bytes } from "../wire/bytes.ts";
import type { LogChange } from "../wire/member-log.ts";
import { SUITE } from "./crypto.fixture.ts";
import {
  DAY,
  growLog,
  makeActor,
  makeVault,
  nextEntry,
  type Actor,
  type TestVault,
} from "./member.fixture.ts";
import {
  activeDevices,
  compareLogs,
  extendLog,
  findDevice,
  recoveryOn,
  type LogState,
} from "./member-log.ts";

const fill = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);
const DEPS = { verifier: SUITE, today: DAY };
const REFUSED = { name: "WireError", reason: "refused" };

let vault: TestVault;
let tablet: Actor;
let log: LogState;
let entries: readonly Bytes[];

beforeAll(async () => {
  vault = await makeVault(SUITE);
  tablet = await makeActor(SUITE, "device", 4);
  ({ log, entries } = await growLog(SUITE, vault, [
    [vault.laptop, { type: "add", device: vault.phone.keys }],
  ]));
});

const revoke = (who: Actor, epoch = 2): LogChange => ({
  type: "revoke",
  deviceId: who.id,
  pin: { generation: 0, batchNo: 3, hash: fill(32, 8) },
  epoch,
  commit: fill(32, 9),
});
const after = async (from: LogState, by: Actor, change: LogChange, day = DAY) =>
  extendLog(from, [await nextEntry(SUITE, from, by, change, { day })], { ...DEPS, today: day });

test("a vault is named by the recovery key that founded it, and has its first device", () => {
  expect(log.vaultId).toEqual(vault.vaultId);
  expect(log.recovery.recoveryId).toEqual(vault.recovery.id);
  expect(activeDevices(log).map(({ deviceId }) => deviceId)).toEqual([
    vault.laptop.id,
    vault.phone.id,
  ]);
  expect([log.length, log.epoch, log.generation]).toEqual([2, 1, 0]);
});

test("a log reads the same whole or entry by entry", async () => {
  expect(await extendLog(null, entries, DEPS)).toEqual(log);
});

test("any flipped byte, any entry left out, doubled or swapped is refused", async () => {
  const third = await nextEntry(SUITE, log, vault.phone, {
    type: "rotate",
    epoch: 2,
    commit: fill(32, 1),
  });
  const all = [...entries, third];
  for (const list of [
    [all[0], all[2]],
    [all[1], all[2]],
    [all[0], all[0]],
    [all[0], all[2], all[1]],
    [all[0], all[1], all[1]],
  ]) {
    await expect(extendLog(null, list as Bytes[], DEPS)).rejects.toMatchObject({
      name: "WireError",
    });
  }
  for (const [which, entry] of all.entries()) {
    for (let at = 0; at < entry.length; at += 1) {
      const list = all.map((bytes) => new Uint8Array(bytes));
      const bytes = list[which] ?? new Uint8Array(1);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await expect(extendLog(null, list, DEPS)).rejects.toMatchObject({ name: "WireError" });
    }
  }
});

describe("refused as the next entry", () => {
  test.each([
    [
      "one signed by nobody known",
      () => nextEntry(SUITE, log, tablet, { type: "add", device: tablet.keys }),
    ],
    [
      "one signed with another's key",
      () =>
        nextEntry(
          SUITE,
          log,
          tablet,
          { type: "add", device: tablet.keys },
          { signerId: vault.laptop.id },
        ),
    ],
    [
      "one that a device signs as recovery",
      () =>
        nextEntry(
          SUITE,
          log,
          vault.laptop,
          { type: "reseed", generation: 1 },
          {
            signer: "recovery",
            signerId: vault.recovery.id,
          },
        ),
    ],
    [
      "a device that is one already",
      () => nextEntry(SUITE, log, vault.laptop, { type: "add", device: vault.phone.keys }),
    ],
    ["the removal of nobody", () => nextEntry(SUITE, log, vault.laptop, revoke(tablet))],
    [
      "an epoch left out",
      () => nextEntry(SUITE, log, vault.laptop, { type: "rotate", epoch: 3, commit: fill(32, 1) }),
    ],
    [
      "an epoch again",
      () => nextEntry(SUITE, log, vault.laptop, { type: "rotate", epoch: 1, commit: fill(32, 1) }),
    ],
    [
      "a generation left out",
      () => nextEntry(SUITE, log, vault.laptop, { type: "reseed", generation: 2 }),
    ],
    [
      "a floor above the present",
      () => nextEntry(SUITE, log, vault.laptop, { type: "floor", minSuite: 1, minEpoch: 2 }),
    ],
    [
      "a floor of no suite",
      () => nextEntry(SUITE, log, vault.laptop, { type: "floor", minSuite: 0, minEpoch: 1 }),
    ],
    [
      "a floor of an unknown suite",
      () => nextEntry(SUITE, log, vault.laptop, { type: "floor", minSuite: 2, minEpoch: 1 }),
    ],
    [
      "one of another vault",
      () =>
        nextEntry(
          SUITE,
          log,
          vault.laptop,
          { type: "reseed", generation: 1 },
          { vaultId: fill(32, 7) },
        ),
    ],
    [
      "one out of place",
      () => nextEntry(SUITE, log, vault.laptop, { type: "reseed", generation: 1 }, { index: 3 }),
    ],
    [
      "one of another chain",
      () =>
        nextEntry(
          SUITE,
          log,
          vault.laptop,
          { type: "reseed", generation: 1 },
          { prevHash: fill(32, 7) },
        ),
    ],
    [
      "one of an earlier day",
      () =>
        nextEntry(SUITE, log, vault.laptop, { type: "reseed", generation: 1 }, { day: DAY - 1 }),
    ],
    [
      "one of a day to come",
      () =>
        nextEntry(SUITE, log, vault.laptop, { type: "reseed", generation: 1 }, { day: DAY + 2 }),
    ],
    [
      "keeping a recovery key that nobody replaces",
      () => nextEntry(SUITE, log, vault.laptop, { type: "keep-recovery" }),
    ],
  ])("%s", async (_, make) => {
    await expect(extendLog(log, [await make()], DEPS)).rejects.toMatchObject(REFUSED);
  });
});

test("a genesis signed by another key, or for another vault's name, is refused", async () => {
  const other = await makeActor(SUITE, "recovery", 60);
  const genesis = {
    type: "genesis" as const,
    recovery: other.keys,
    device: vault.laptop.keys,
    commit: fill(32, 1),
  };
  const first = { index: 0, prevHash: fill(32, 0) };
  for (const entry of [
    await nextEntry(SUITE, log, other, genesis, first),
    await nextEntry(SUITE, log, vault.recovery, genesis, first),
    await nextEntry(SUITE, log, vault.laptop, genesis, {
      ...first,
      signer: "recovery",
      signerId: other.id,
    }),
  ]) {
    await expect(extendLog(null, [entry], DEPS)).rejects.toMatchObject(REFUSED);
  }
});

describe("a removed device", () => {
  test("is pinned, opens a new epoch, signs nothing more and never comes back", async () => {
    const removed = await after(log, vault.laptop, revoke(vault.phone));
    expect(findDevice(removed, vault.phone.id)?.revoked?.pin?.batchNo).toBe(3);
    expect([removed.epoch, removed.commits.length]).toEqual([2, 2]);
    await expect(
      after(removed, vault.phone, { type: "reseed", generation: 1 }),
    ).rejects.toMatchObject(REFUSED);
    for (const by of [vault.laptop, vault.recovery]) {
      await expect(
        after(removed, by, { type: "add", device: vault.phone.keys }),
      ).rejects.toMatchObject(REFUSED);
    }
    await expect(after(removed, vault.laptop, revoke(vault.phone, 3))).rejects.toMatchObject(
      REFUSED,
    );
  });

  test("may be the last: the phrase adds another", async () => {
    const alone = await after(
      await after(log, vault.phone, revoke(vault.laptop)),
      vault.phone,
      revoke(vault.phone, 3),
    );
    expect(activeDevices(alone)).toEqual([]);
    const back = await after(alone, vault.recovery, { type: "add", device: tablet.keys });
    expect(activeDevices(back).map(({ deviceId }) => deviceId)).toEqual([tablet.id]);
  });

  test("is pinned only to what has been", async () => {
    const change = revoke(vault.phone);
    const pin = { generation: 1, batchNo: 1, hash: fill(32, 1) };
    await expect(after(log, vault.laptop, { ...change, pin } as LogChange)).rejects.toMatchObject(
      REFUSED,
    );
  });
});

test("there are at most 16 members", async () => {
  let full = log;
  for (let seed = 10; activeDevices(full).length < 16; seed += 1) {
    const { keys } = await makeActor(SUITE, "device", seed);
    full = await after(full, vault.laptop, { type: "add", device: keys });
  }
  await expect(
    after(full, vault.laptop, { type: "add", device: tablet.keys }),
  ).rejects.toMatchObject(REFUSED);
});

describe("the recovery key", () => {
  let next: Actor;
  let asked: LogState;
  beforeAll(async () => {
    next = await makeActor(SUITE, "recovery", 90);
    asked = await after(log, vault.laptop, {
      type: "recovery",
      recovery: next.keys,
      coSigner: null,
    });
  });

  test("is replaced at once by the old phrase", async () => {
    const replaced = await after(log, vault.recovery, {
      type: "recovery",
      recovery: next.keys,
      coSigner: null,
    });
    expect(replaced.recovery.recoveryId).toEqual(next.id);
    await expect(
      after(replaced, vault.recovery, { type: "reseed", generation: 1 }),
    ).rejects.toMatchObject(REFUSED);
    expect((await after(replaced, next, { type: "reseed", generation: 1 })).generation).toBe(1);
  });

  test("is replaced at once by two devices, not by one that signs twice, nor by a stranger", async () => {
    const change = (coSigner: Actor): LogChange => ({
      type: "recovery",
      recovery: next.keys,
      coSigner: coSigner.id,
    });
    const good = await nextEntry(SUITE, log, vault.laptop, change(vault.phone), {}, vault.phone);
    expect((await extendLog(log, [good], DEPS)).recovery.recoveryId).toEqual(next.id);
    for (const bad of [
      await nextEntry(SUITE, log, vault.laptop, change(vault.laptop), {}, vault.laptop),
      await nextEntry(SUITE, log, vault.laptop, change(tablet), {}, tablet),
      await nextEntry(SUITE, log, vault.laptop, change(vault.phone), {}, vault.laptop),
    ]) {
      await expect(extendLog(log, [bad], DEPS)).rejects.toMatchObject(REFUSED);
    }
  });

  test("waits seven days when one device alone asks", async () => {
    expect(asked.pendingRecovery).toMatchObject({ effectiveDay: DAY + 7, recoveryId: next.id });
    expect(recoveryOn(asked, DAY + 6).recoveryId).toEqual(vault.recovery.id);
    expect(recoveryOn(asked, DAY + 7).recoveryId).toEqual(next.id);
    const reseed: LogChange = { type: "reseed", generation: 1 };
    await expect(after(asked, next, reseed, DAY + 6)).rejects.toMatchObject(REFUSED);
    expect((await after(asked, vault.recovery, reseed, DAY + 6)).generation).toBe(1);
    expect((await after(asked, next, reseed, DAY + 7)).generation).toBe(1);
    await expect(after(asked, vault.recovery, reseed, DAY + 7)).rejects.toMatchObject(REFUSED);
  });

  test("is kept by the old phrase or another device, not by the one that asked", async () => {
    for (const by of [vault.recovery, vault.phone]) {
      const kept = await after(asked, by, { type: "keep-recovery" });
      expect(kept.pendingRecovery).toBeNull();
      expect(recoveryOn(kept, DAY + 30).recoveryId).toEqual(vault.recovery.id);
    }
    await expect(after(asked, vault.laptop, { type: "keep-recovery" })).rejects.toMatchObject(
      REFUSED,
    );
    await expect(
      after(asked, vault.laptop, { type: "recovery", recovery: tablet.keys, coSigner: null }),
    ).rejects.toMatchObject(REFUSED);
  });

  test("waits also where the asking is dated back: the days count from when it was seen", async () => {
    const request = await nextEntry(SUITE, log, vault.laptop, {
      type: "recovery",
      recovery: next.keys,
      coSigner: null,
    });
    const takeover = async (from: LogState) =>
      nextEntry(SUITE, from, next, { type: "reseed", generation: 1 }, { day: DAY + 8 });
    const seenLate = {
      verifier: SUITE,
      firstSeen: (index: number) => (index === log.length ? DAY + 8 : undefined),
    };
    const late = await extendLog(log, [request], { ...seenLate, today: DAY + 8 });
    expect(recoveryOn(late, DAY + 8).recoveryId).toEqual(vault.recovery.id);
    const entry = await takeover(late);
    await expect(extendLog(late, [entry], { ...seenLate, today: DAY + 8 })).rejects.toMatchObject(
      REFUSED,
    );
    expect((await extendLog(late, [entry], { ...seenLate, today: DAY + 15 })).generation).toBe(1);
  });

  test("reads the same once the new key counts: what the old one signed while a late-seen request waited still stands", async () => {
    const request = await nextEntry(SUITE, log, vault.laptop, {
      type: "recovery",
      recovery: next.keys,
      coSigner: null,
    });
    const firstSeen = (index: number) => (index >= log.length ? DAY + 8 : DAY);
    const onDay = (today: number) => ({ verifier: SUITE, today, firstSeen });
    const waiting = await extendLog(log, [request], onDay(DAY + 8));
    const reseed: LogChange = { type: "reseed", generation: 1 };
    const signed = await nextEntry(SUITE, waiting, vault.recovery, reseed, { day: DAY + 8 });
    const then = await extendLog(waiting, [signed], onDay(DAY + 8));
    const replayed = await extendLog(null, [...entries, request, signed], onDay(DAY + 16));
    expect(replayed).toEqual(then);
    expect(recoveryOn(replayed, DAY + 16).recoveryId).toEqual(next.id);
  });

  test("reads the same long after: what it signed before it was replaced still stands", async () => {
    const kept = await nextEntry(
      SUITE,
      asked,
      vault.recovery,
      { type: "keep-recovery" },
      { day: DAY + 3 },
    );
    const again = await extendLog(asked, [kept], { verifier: SUITE, today: DAY + 400 });
    expect(recoveryOn(again, DAY + 400).recoveryId).toEqual(vault.recovery.id);
  });
});

test("of two logs, the longer goes on, and a parting is a fork unless the recovery key alone signed there", async () => {
  const device = await nextEntry(SUITE, log, vault.laptop, {
    type: "rotate",
    epoch: 2,
    commit: fill(32, 1),
  });
  const other = await nextEntry(SUITE, log, vault.phone, {
    type: "rotate",
    epoch: 2,
    commit: fill(32, 2),
  });
  const recovery = await nextEntry(SUITE, log, vault.recovery, revoke(vault.laptop));
  const recovery2 = await nextEntry(SUITE, log, vault.recovery, revoke(vault.phone));
  const longer = (entry: Bytes) => [...entries, entry];
  expect(compareLogs(entries, entries)).toBe("same");
  expect(compareLogs(entries, longer(device))).toBe("ahead");
  expect(compareLogs(longer(device), entries)).toBe("behind");
  expect(compareLogs(longer(device), longer(other))).toBe("fork");
  expect(compareLogs(longer(device), longer(recovery))).toBe("overruled");
  expect(compareLogs(longer(recovery), longer(device))).toBe("fork");
  expect(compareLogs(longer(recovery), longer(recovery2))).toBe("fork");
});

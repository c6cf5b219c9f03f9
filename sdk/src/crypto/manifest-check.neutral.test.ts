import { beforeAll, describe, expect, test } from "vitest";
import type { Bytes } from "../wire/bytes.ts";
import type { LogChange } from "../wire/member-log.ts";
import { SUITE } from "./crypto.fixture.ts";
import { checkManifest, compareSeen, type Chain, type Chains } from "./manifest-check.ts";
import type { LogState } from "./member-log.ts";
import {
  chainsOf,
  growLog,
  makeActor,
  makeVault,
  nextManifest,
  type Actor,
  type TestVault,
} from "./member.fixture.ts";

const fill = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);
const NONE: Chains = new Map();

let vault: TestVault;
let log: LogState;
let first: Bytes;
let chain: Chain;
const grown = async (...steps: readonly (readonly [Actor, LogChange])[]) =>
  (
    await growLog(SUITE, vault, [
      [vault.laptop, { type: "add", device: vault.phone.keys }],
      ...steps,
    ])
  ).log;
const check = (of: LogState, chains: Chains, bytes: Bytes) =>
  checkManifest(of, chains, bytes, SUITE);

beforeAll(async () => {
  vault = await makeVault(SUITE);
  log = await grown();
  first = await nextManifest(SUITE, log, vault.phone, null);
  const verdict = await check(log, NONE, first);
  if (verdict.kind !== "accepted") throw new Error("the first manifest is good");
  ({ chain } = verdict);
});

test("a chain goes on from manifest to manifest", async () => {
  expect(chain).toMatchObject({ batchNo: 1, nextSeq: 2, logLen: 2 });
  const second = await nextManifest(SUITE, log, vault.phone, chain);
  const verdict = await check(log, chainsOf([vault.phone, chain]), second);
  expect(verdict).toMatchObject({ kind: "accepted", chain: { batchNo: 2, nextSeq: 3 } });
});

test("the same again is known, another of the same number is a fork", async () => {
  const chains = chainsOf([vault.phone, chain]);
  expect((await check(log, chains, first)).kind).toBe("known");
  const twin = await nextManifest(SUITE, log, vault.phone, null, {
    items: [{ hash: fill(32, 1), supersedes: [] }],
  });
  expect((await check(log, chains, twin)).kind).toBe("fork");
});

test("one that leaves out another is a gap, one before the end is older, one on another chain a fork", async () => {
  const third = await nextManifest(SUITE, log, vault.phone, { ...chain, batchNo: 2 });
  expect(await check(log, chainsOf([vault.phone, chain]), third)).toMatchObject({
    kind: "gap",
    expected: 2,
  });
  expect((await check(log, chainsOf([vault.phone, { ...chain, batchNo: 5 }]), first)).kind).toBe(
    "older",
  );
  const beside = await nextManifest(SUITE, log, vault.phone, { ...chain, hash: fill(32, 1) });
  expect((await check(log, chainsOf([vault.phone, chain]), beside)).kind).toBe("fork");
});

test("a longer log is read first; another log is a fork", async () => {
  const later = await grown([vault.laptop, { type: "rotate", epoch: 2, commit: fill(32, 1) }]);
  expect((await check(log, NONE, await nextManifest(SUITE, later, vault.phone, null))).kind).toBe(
    "log-behind",
  );
  const forked = await nextManifest(SUITE, log, vault.phone, null, { logHash: fill(32, 5) });
  expect((await check(log, NONE, forked)).kind).toBe("fork");
});

describe("refused", () => {
  test.each([
    ["of another vault", { vaultId: fill(32, 9) }],
    ["of a later epoch", { epoch: 2 }],
    ["of a later generation", { generation: 1 }],
    ["signed before the device was a member", { logLen: 1 }],
  ])("one %s", async (_, says) => {
    const logHash = "logLen" in says ? { logHash: log.steps[0]?.hash ?? fill(32, 0) } : {};
    const bytes = await nextManifest(SUITE, log, vault.phone, null, { ...says, ...logHash });
    expect((await check(log, NONE, bytes)).kind).toBe("refused");
  });

  test("one of no member, and one signed with another's key", async () => {
    const stranger = await makeActor(SUITE, "device", 40);
    expect((await check(log, NONE, await nextManifest(SUITE, log, stranger, null))).kind).toBe(
      "refused",
    );
    const forged = await nextManifest(SUITE, log, stranger, null, { deviceId: vault.phone.id });
    expect((await check(log, NONE, forged)).kind).toBe("refused");
  });

  test("one with any flipped byte", async () => {
    for (let at = 0; at < first.length; at += 1) {
      const bytes = new Uint8Array(first);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const kind = await check(log, NONE, bytes).then(
        (verdict) => verdict.kind,
        () => "refused",
      );
      expect(kind).toBe("refused");
    }
  });

  test("one numbered otherwise, or of a shorter log than the one before", async () => {
    const chains = chainsOf([vault.phone, chain]);
    const jump = await nextManifest(SUITE, log, vault.phone, chain, { firstSeq: 9 });
    expect((await check(log, chains, jump)).kind).toBe("refused");
    const later = await grown([vault.laptop, { type: "rotate", epoch: 2, commit: fill(32, 1) }]);
    const back = await nextManifest(SUITE, log, vault.phone, chain);
    expect((await check(later, chainsOf([vault.phone, { ...chain, logLen: 3 }]), back)).kind).toBe(
      "refused",
    );
  });
});

describe("of a removed device", () => {
  const revoke = (pin: { batchNo: number; hash: Bytes } | null): LogChange => ({
    type: "revoke",
    deviceId: vault.phone.id,
    pin: pin && { generation: 0, ...pin },
    epoch: 2,
    commit: fill(32, 1),
  });

  test("what the pin covers stands, and nothing beyond, whatever log it names", async () => {
    const second = await nextManifest(SUITE, log, vault.phone, chain);
    const chains = chainsOf([vault.phone, chain]);
    const removed = await grown([vault.laptop, revoke(chain)]);
    expect((await check(removed, NONE, first)).kind).toBe("accepted");
    expect((await check(removed, chains, second)).kind).toBe("refused");
    const after = await nextManifest(SUITE, removed, vault.phone, chain);
    expect((await check(removed, chains, after)).kind).toBe("refused");
    const twin = await nextManifest(SUITE, log, vault.phone, null, {
      items: [{ hash: fill(32, 1), supersedes: [] }],
    });
    expect((await check(removed, NONE, twin)).kind).toBe("refused");
  });

  test("without a pin nothing stands", async () => {
    expect((await check(await grown([vault.laptop, revoke(null)]), NONE, first)).kind).toBe(
      "refused",
    );
  });
});

test("after a reseed only the new generation counts, from number 1 on", async () => {
  const reseeded = await grown([vault.laptop, { type: "reseed", generation: 1 }]);
  expect((await check(reseeded, NONE, first)).kind).toBe("refused");
  const again = await nextManifest(SUITE, reseeded, vault.phone, null, { firstSeq: 2 });
  expect(await check(reseeded, NONE, again)).toMatchObject({
    kind: "accepted",
    chain: { batchNo: 1, nextSeq: 3 },
  });
});

test("what others have seen fits, is ahead, or is something else", () => {
  const chains = chainsOf([vault.phone, { ...chain, batchNo: 4 }]);
  const seen = (batchNo: number, hash = chain.hash) => [
    { deviceId: vault.phone.id, batchNo, hash },
  ];
  const kept = (_: Bytes, batchNo: number) => (batchNo === 2 ? fill(32, 2) : undefined);
  expect(compareSeen([], chains, kept)).toBe("fits");
  expect(compareSeen(seen(4), chains, kept)).toBe("fits");
  expect(compareSeen(seen(2, fill(32, 2)), chains, kept)).toBe("fits");
  expect(compareSeen(seen(2, fill(32, 3)), chains, kept)).toBe("fork");
  expect(compareSeen(seen(4, fill(32, 3)), chains, kept)).toBe("fork");
  expect(compareSeen(seen(5), chains, kept)).toBe("ahead");
  expect(
    compareSeen([{ deviceId: vault.laptop.id, batchNo: 1, hash: fill(32, 1) }], chains, kept),
  ).toBe("ahead");
});

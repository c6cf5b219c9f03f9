import { describe, expect, test } from "vitest";
import type { Dot } from "./dots.ts";
import { decodeManifest, encodeManifestBody, joinManifest, type ManifestBody } from "./manifest.ts";
import {
  decodeLogEntry,
  encodeLogEntryBody,
  joinLogEntry,
  type LogEntryBody,
} from "./member-log.ts";
import { WireError } from "./wire-error.ts";

const fill = (length: number, value: number) => new Uint8Array(length).fill(value);
const dot = (device: number, devSeq: number): Dot => ({ deviceId: fill(16, device), devSeq });
const head = (device: number) => ({ deviceId: fill(16, device), batchNo: 1, hash: fill(32, 9) });

const BATCH: ManifestBody = {
  type: "batch",
  vaultId: fill(32, 1),
  deviceId: fill(16, 2),
  generation: 0,
  epoch: 1,
  batchNo: 1,
  prevHash: fill(32, 0),
  logLen: 1,
  logHash: fill(32, 3),
  firstSeq: 1,
  items: [{ hash: fill(32, 4), supersedes: [dot(2, 1), dot(2, 2), dot(5, 1)] }],
  purged: [],
  seen: [head(5), head(6)],
};

describe("a manifest is refused", () => {
  test.each([
    ["that says nothing", { items: [], seen: [] }],
    ["that is a batch and purges", { purged: [dot(1, 1)] }],
    ["that is a purge and has entries", { type: "purge" as const, purged: [dot(1, 1)] }],
    ["that purges nothing", { type: "purge" as const, items: [] }],
    ["of batch 0", { batchNo: 0 }],
    ["that is the first and has one before", { prevHash: fill(32, 1) }],
    ["that is the second and has none before", { batchNo: 2 }],
    ["without an epoch", { epoch: 0 }],
    ["without a log", { logLen: 0 }],
    ["without a number", { firstSeq: 0 }],
    ["that has seen itself", { seen: [head(2)] }],
    ["that has seen a device twice", { seen: [head(5), head(5)] }],
    ["whose heads are out of order", { seen: [head(6), head(5)] }],
    [
      "whose dots are out of order",
      { items: [{ hash: fill(32, 4), supersedes: [dot(5, 1), dot(2, 1)] }] },
    ],
    [
      "whose dots are one twice",
      { items: [{ hash: fill(32, 4), supersedes: [dot(5, 1), dot(5, 1)] }] },
    ],
    ["whose dot has no number", { items: [{ hash: fill(32, 4), supersedes: [dot(5, 0)] }] }],
    [
      "with 33 dots for one entry",
      {
        items: [
          { hash: fill(32, 4), supersedes: Array.from({ length: 33 }, (_, i) => dot(2, i + 1)) },
        ],
      },
    ],
    [
      "with 501 entries",
      { items: Array.from({ length: 501 }, () => ({ hash: fill(32, 4), supersedes: [] })) },
    ],
    [
      "that purges 1,001",
      {
        type: "purge" as const,
        items: [],
        purged: Array.from({ length: 1_001 }, (_, i) => dot(2, i + 1)),
      },
    ],
    ["of a vault with a short name", { vaultId: fill(31, 1) }],
  ])("%s", (_, change) => {
    expect(() => encodeManifestBody({ ...BATCH, ...change })).toThrow(WireError);
  });
});

test("500 entries are one manifest", () => {
  const items = Array.from({ length: 500 }, () => ({ hash: fill(32, 4), supersedes: [dot(2, 1)] }));
  const bytes = joinManifest(encodeManifestBody({ ...BATCH, items }), fill(64, 0));
  expect(bytes.length).toBeLessThan(30_000);
  expect(decodeManifest(bytes).items.length).toBe(500);
});

const ENTRY: LogEntryBody = {
  vaultId: fill(32, 1),
  index: 1,
  prevHash: fill(32, 2),
  day: 20_000,
  signer: "device",
  signerId: fill(16, 3),
  change: { type: "keep-recovery" },
};
const KEYS = { signPk: fill(32, 1), sealPk: fill(32, 2) };

describe("a log entry is refused", () => {
  test.each([
    ["that is first and has one before", { index: 0 }],
    ["that is later and has none before", { prevHash: fill(32, 0) }],
    [
      "that founds a vault later",
      { change: { type: "genesis" as const, recovery: KEYS, device: KEYS, commit: fill(32, 1) } },
    ],
    [
      "of the recovery key with a second signer",
      {
        signer: "recovery" as const,
        change: { type: "recovery" as const, recovery: KEYS, coSigner: fill(16, 1) },
      },
    ],
    [
      "whose second signer is nobody",
      { change: { type: "recovery" as const, recovery: KEYS, coSigner: fill(16, 0) } },
    ],
    [
      "with half a pin",
      {
        change: {
          type: "revoke" as const,
          deviceId: fill(16, 4),
          pin: { generation: 0, batchNo: 1, hash: fill(32, 0) },
          epoch: 2,
          commit: fill(32, 5),
        },
      },
    ],
  ])("%s", (_, change) => {
    expect(() => encodeLogEntryBody({ ...ENTRY, ...change })).toThrow(WireError);
  });

  test("that lacks the signature its second signer owes, or has one that nobody owes", () => {
    const change = { type: "recovery" as const, recovery: KEYS, coSigner: fill(16, 7) };
    const owed = encodeLogEntryBody({ ...ENTRY, change });
    expect(() => decodeLogEntry(joinLogEntry(owed, fill(64, 1)))).toThrow(WireError);
    expect(decodeLogEntry(joinLogEntry(owed, fill(64, 1), fill(64, 2))).coSignature).toEqual(
      fill(64, 2),
    );
    const plain = encodeLogEntryBody(ENTRY);
    expect(() => decodeLogEntry(joinLogEntry(plain, fill(64, 1), fill(64, 2)))).toThrow(WireError);
  });
});

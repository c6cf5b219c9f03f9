import fc from "fast-check";
import { compareBytes, type Bytes } from "./bytes.ts";
import { compareDots, type Dot, type Head } from "./dots.ts";
import type { LinkInvitation, LinkMessage, Provision } from "./link-messages.ts";
import type { ManifestBody, ManifestItem } from "./manifest.ts";
import type { LogChange, LogEntryBody, PublicKeys } from "./member-log.ts";
import type { DestroyBody } from "./auth-messages.ts";
import type { ChunkRow, SnapshotBody } from "./snapshot.ts";

export const bytes = (length: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((run) => new Uint8Array(run));
/** Never all zeros. */
export const id = (length: number): fc.Arbitrary<Bytes> =>
  bytes(length).map((run) => {
    const filled = new Uint8Array(run);
    filled[0] = (filled[0] ?? 0) | 1;
    return filled;
  });
const u32 = fc.integer({ min: 1, max: 4_294_967_295 });
const u64 = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

export const dot: fc.Arbitrary<Dot> = fc.record({ deviceId: bytes(16), devSeq: u64 });
const dots = (minLength: number, maxLength: number): fc.Arbitrary<readonly Dot[]> =>
  fc
    .uniqueArray(dot, { minLength, maxLength, comparator: (a, b) => compareDots(a, b) === 0 })
    .map((list) => list.toSorted(compareDots));

/** Ids that begin with 1: never the device that a manifest is of. */
const heads = (minLength: number): fc.Arbitrary<readonly Head[]> =>
  fc
    .uniqueArray(fc.record({ deviceId: id(16), batchNo: u64, hash: bytes(32) }), {
      minLength,
      maxLength: 4,
      comparator: (a, b) => compareBytes(a.deviceId, b.deviceId) === 0,
    })
    .map((list) => list.toSorted((a, b) => compareBytes(a.deviceId, b.deviceId)));

const item: fc.Arbitrary<ManifestItem> = fc.record({ hash: bytes(32), supersedes: dots(0, 3) });
const writer = bytes(16).map((run) => {
  const even = new Uint8Array(run);
  even[0] = (even[0] ?? 0) & 0xfe;
  return even;
});

export const manifestBody: fc.Arbitrary<ManifestBody> = fc
  .record({
    vaultId: bytes(32),
    deviceId: writer,
    generation: fc.nat(),
    epoch: u32,
    logLen: u32,
    logHash: bytes(32),
    firstSeq: u64,
  })
  .chain((common) =>
    fc
      .tuple(
        fc.oneof(
          fc.constant({ batchNo: 1, prevHash: new Uint8Array(32) }),
          fc.record({ batchNo: fc.integer({ min: 2, max: 2 ** 40 }), prevHash: id(32) }),
        ),
        fc.oneof(
          fc.record({
            type: fc.constant("batch" as const),
            items: fc.array(item, { minLength: 1, maxLength: 4 }),
            purged: fc.constant([]),
            seen: heads(0),
          }),
          fc.record({
            type: fc.constant("batch" as const),
            items: fc.constant([]),
            purged: fc.constant([]),
            seen: heads(1),
          }),
          fc.record({
            type: fc.constant("purge" as const),
            items: fc.constant([]),
            purged: dots(1, 4),
            seen: heads(0),
          }),
        ),
      )
      .map(([place, says]) => ({ ...common, ...place, ...says })),
  );

const keys: fc.Arbitrary<PublicKeys> = fc.record({ signPk: bytes(32), sealPk: bytes(32) });
const pin = fc.record({ generation: fc.nat(), batchNo: u64, hash: id(32) });
const change: fc.Arbitrary<LogChange> = fc.oneof(
  fc.record({ type: fc.constant("add" as const), device: keys }),
  fc.record({
    type: fc.constant("revoke" as const),
    deviceId: bytes(16),
    pin: fc.option(pin),
    epoch: u32,
    commit: bytes(32),
  }),
  fc.record({ type: fc.constant("rotate" as const), epoch: u32, commit: bytes(32) }),
  fc.record({ type: fc.constant("floor" as const), minSuite: fc.nat(255), minEpoch: u32 }),
  fc.record({
    type: fc.constant("recovery" as const),
    recovery: keys,
    coSigner: fc.option(id(16)),
  }),
  fc.constant({ type: "keep-recovery" as const }),
  fc.record({ type: fc.constant("reseed" as const), generation: u32 }),
);

export const logEntryBody: fc.Arbitrary<LogEntryBody> = fc.oneof(
  fc.record({
    vaultId: bytes(32),
    index: fc.constant(0),
    prevHash: fc.constant(new Uint8Array(32)),
    day: fc.nat(),
    signer: fc.constant("recovery" as const),
    signerId: bytes(16),
    change: fc.record({
      type: fc.constant("genesis" as const),
      recovery: keys,
      device: keys,
      commit: bytes(32),
    }),
  }),
  fc.record({
    vaultId: bytes(32),
    index: u32,
    prevHash: id(32),
    day: fc.nat(),
    signer: fc.constant("device" as const),
    signerId: bytes(16),
    change,
  }),
);

export const snapshotBody: fc.Arbitrary<SnapshotBody> = fc.record({
  vaultId: bytes(32),
  deviceId: bytes(16),
  snapshotId: bytes(16),
  generation: fc.nat(),
  epoch: u32,
  logLen: u32,
  logHash: bytes(32),
  rows: fc.nat(),
  root: bytes(32),
  blobs: fc.array(
    fc.record({ hash: bytes(32), bytes: fc.integer({ min: 1, max: 8_388_608 }), chunks: u32 }),
    { maxLength: 4 },
  ),
  heads: heads(0),
});

export const chunk: fc.Arbitrary<readonly ChunkRow[]> = fc
  .uniqueArray(
    fc.record({
      dot,
      recordId: bytes(16),
      hash: bytes(32),
      record: fc.uint8Array({ maxLength: 40 }).map((run) => new Uint8Array(run)),
    }),
    { minLength: 1, maxLength: 5, comparator: (a, b) => compareDots(a.dot, b.dot) === 0 },
  )
  .map((rows) => rows.toSorted((a, b) => compareDots(a.dot, b.dot)));

const exchange = { ephemeral: bytes(32), nonce: bytes(32), signPk: bytes(32), sealPk: bytes(32) };
const logPlace = { vaultId: bytes(32), logLen: fc.nat(), logHash: bytes(32) };
export const linkMessage: fc.Arbitrary<LinkMessage> = fc.oneof(
  fc.record({ type: fc.constant("commit" as const), hash: bytes(32) }),
  fc.record({ type: fc.constant("offer" as const), ...exchange, ...logPlace }),
  fc.record({ type: fc.constant("reveal" as const), ...exchange }),
  fc.record({
    type: fc.constant("box" as const),
    ...logPlace,
    signPk: bytes(32),
    sealPk: bytes(32),
    enc: bytes(32),
    ciphertext: fc.uint8Array({ maxLength: 80 }).map((run) => new Uint8Array(run)),
  }),
  fc.record({ type: fc.constant("refusal" as const), reason: fc.constantFrom(1, 2, 3) }),
);

export const invitation: fc.Arbitrary<LinkInvitation> = fc.record({
  mailboxId: bytes(16),
  secret: bytes(32),
  signPk: bytes(32),
  sealPk: bytes(32),
  url: fc.oneof(fc.webUrl(), fc.string({ unit: "grapheme", maxLength: 20 })),
});

export const provision: fc.Arbitrary<Provision> = fc.record({
  epoch: u32,
  epochKey: bytes(32),
  heads: heads(0),
});

export const destroyBody: fc.Arbitrary<DestroyBody> = fc.record({
  signer: fc.constantFrom("device" as const, "recovery" as const),
  id: bytes(16),
  storeId: bytes(16),
  vaultId: bytes(32),
  nonce: bytes(32),
});

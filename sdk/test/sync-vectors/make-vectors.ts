import { createSeededSuite, SUITE as suite, toHex } from "../../src/crypto/crypto.fixture.ts";
import { sealEnvelope, type EnvelopePlace } from "../../src/crypto/envelope.ts";
import { hpkeSeal } from "../../src/crypto/hpke.ts";
import {
  epochCommit,
  fingerprint,
  sealEpochBox,
  sealEpochLink,
  writerKey,
} from "../../src/crypto/key-schedule.ts";
import { linkCommitment, linkSecrets } from "../../src/crypto/link.ts";
import { checkManifest, type Chain } from "../../src/crypto/manifest-check.ts";
import type { LogState } from "../../src/crypto/member-log.ts";
import {
  DAY,
  growLog,
  makeActor,
  makeVault,
  nextEntry,
  nextManifest,
  type Actor,
  type TestVault,
} from "../../src/crypto/member.fixture.ts";
import { phraseOf, recoverySecrets } from "../../src/crypto/phrase.ts";
import { signAuth, signDestroy } from "../../src/crypto/sign.ts";
import { recoveryIdOf, vaultIdOf } from "../../src/crypto/verify.ts";
import { authMessage } from "../../src/wire/auth-messages.ts";
import type { Bytes } from "../../src/wire/bytes.ts";
import {
  encodeInvitation,
  encodeLinkMessage,
  encodeProvision,
  linkBoxInfo,
} from "../../src/wire/link-messages.ts";
import { paddedSize } from "../../src/wire/padding.ts";
import {
  EMPTY_RECORD,
  addTag,
  mergeRecords,
  raise,
  removeTag,
  writeField,
  writeText,
} from "../../src/sync/merge.ts";
import { encodeRecord } from "../../src/sync/record-content.ts";
import { snapshotVectors } from "./snapshot-vectors.ts";

const SEED = 2_026;
const fill = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);

/** Everything that is published as test vectors, from fixed seeds: the same on every engine, every time. */
export async function makeVectors(): Promise<object> {
  const vault = await makeVault(suite);
  return {
    about: "Test vectors of the sync protocol, version 1. Bytes are hex. See sync-protocol.md.",
    phrases: await phrases(),
    padding: padding(),
    keys: await keys(vault),
    envelopes: await envelopes(vault),
    log: await memberLog(vault),
    manifests: await manifests(vault),
    boxes: await boxes(vault),
    linking: await linking(vault),
    sessions: await sessions(vault),
    snapshot: await snapshotVectors(vault),
    records: records(),
  };
}

async function phrases(): Promise<object[]> {
  const list = [];
  for (const entropy of [
    fill(16, 0),
    fill(16, 0x7f),
    fill(16, 0xa5),
    fill(32, 1),
    fill(32, 0xff),
  ]) {
    const { signing, sealing } = await recoverySecrets(suite, entropy);
    list.push({
      entropy: toHex(entropy),
      phrase: await phraseOf(suite, entropy),
      recoverySignPk: toHex(signing.publicKey),
      recoverySealPk: toHex(sealing.publicKey),
      recoveryId: toHex(await recoveryIdOf(suite, signing.publicKey)),
      vaultId: toHex(await vaultIdOf(suite, signing.publicKey)),
    });
  }
  return list;
}

function padding(): object[] {
  const lengths = [
    0, 1, 254, 255, 256, 511, 512, 1_000, 4_094, 4_095, 4_096, 4_097, 5_000, 8_191, 8_192,
  ];
  lengths.push(10_000, 16_384, 32_767, 65_535, 65_536, 100_000, 131_071, 200_000, 258_046, 258_047);
  const good = lengths.map((contentBytes) => ({
    contentBytes,
    paddedBytes: paddedSize(contentBytes),
  }));
  return [...good, { contentBytes: 258_048, paddedBytes: null }];
}

async function keys({ vaultId, epochKey, laptop }: TestVault): Promise<object> {
  return {
    vaultId: toHex(vaultId),
    epoch: epochKey.epoch,
    epochKey: toHex(epochKey.key),
    commit: toHex(await epochCommit(suite, vaultId, epochKey)),
    deviceId: toHex(laptop.id),
    entryKid: toHex((await writerKey(suite, vaultId, epochKey, laptop.id, "entry")).kid),
    chunkKid: toHex((await writerKey(suite, vaultId, epochKey, laptop.id, "chunk")).kid),
    fingerprint: await fingerprint(suite, vaultId),
  };
}

async function envelopes({ vaultId, epochKey, laptop }: TestVault): Promise<object> {
  const seeded = createSeededSuite(suite, SEED);
  const valid = [];
  for (const [i, length] of [0, 1, 40, 255, 256, 700, 1_500].entries()) {
    const place: EnvelopePlace = {
      vaultId,
      kind: i === 5 ? "chunk" : "entry",
      epoch: epochKey.epoch,
      deviceId: laptop.id,
      recordId: fill(16, 10 + i),
      devSeq: i + 1,
    };
    const key = await writerKey(suite, vaultId, epochKey, laptop.id, place.kind);
    const content = new Uint8Array(length).map((_, at) => (at * 7 + i) & 255);
    valid.push({
      kind: place.kind,
      recordId: toHex(place.recordId),
      devSeq: place.devSeq,
      content: toHex(content),
      envelope: toHex(await sealEnvelope(seeded, key, place, content)),
    });
  }
  const size = 352;
  return {
    ...(await keys({ vaultId, epochKey, laptop } as TestVault)),
    valid,
    invalid: {
      how: "Each change is made to valid[0] alone and must be refused, as must every other flipped bit and shorter length.",
      flipBit: Array.from({ length: 176 }, (_, i) => i * 16 + (i % 16)),
      keepBytes: [0, 1, 79, 80, 81, 96, 335, size - 16, size - 1],
      append: ["00", "80", "00".repeat(16), "00".repeat(256)],
      openAs: [
        { kind: "chunk" },
        { epoch: 2 },
        { deviceId: "00".repeat(16) },
        { recordId: "00".repeat(16) },
        { devSeq: 2 },
        { vaultId: "00".repeat(32) },
        { epochKey: "00".repeat(32) },
      ],
    },
  };
}

async function memberLog(vault: TestVault): Promise<object> {
  const { laptop, phone, recovery } = vault;
  const tablet = await makeActor(suite, "device", 4);
  const next = await makeActor(suite, "recovery", 5);
  const pin = { generation: 0, batchNo: 2, hash: fill(32, 8) };
  const { log, entries } = await growLog(suite, vault, [
    [laptop, { type: "add", device: phone.keys }],
    [phone, { type: "add", device: tablet.keys }],
    [laptop, { type: "rotate", epoch: 2, commit: fill(32, 21) }],
    [laptop, { type: "revoke", deviceId: tablet.id, pin, epoch: 3, commit: fill(32, 22) }],
    [laptop, { type: "floor", minSuite: 1, minEpoch: 2 }],
    [laptop, { type: "recovery", recovery: next.keys, coSigner: null }],
    [phone, { type: "keep-recovery" }],
    [recovery, { type: "reseed", generation: 1 }],
  ]);
  const bad: [string, Promise<Bytes>][] = [
    ["a removed device signs", nextEntry(suite, log, tablet, { type: "reseed", generation: 2 })],
    [
      "a removed device comes back",
      nextEntry(suite, log, laptop, { type: "add", device: tablet.keys }),
    ],
    [
      "a key that is not the signer's",
      nextEntry(suite, log, laptop, { type: "keep-recovery" }, { signerId: phone.id }),
    ],
    [
      "an epoch is left out",
      nextEntry(suite, log, laptop, { type: "rotate", epoch: 5, commit: fill(32, 1) }),
    ],
    [
      "a floor goes down",
      nextEntry(suite, log, laptop, { type: "floor", minSuite: 1, minEpoch: 1 }),
    ],
    [
      "a suite is unknown",
      nextEntry(suite, log, laptop, { type: "floor", minSuite: 2, minEpoch: 2 }),
    ],
    ["a generation is left out", nextEntry(suite, log, laptop, { type: "reseed", generation: 3 })],
    [
      "another vault",
      nextEntry(suite, log, laptop, { type: "reseed", generation: 2 }, { vaultId: fill(32, 1) }),
    ],
    [
      "another chain",
      nextEntry(suite, log, laptop, { type: "reseed", generation: 2 }, { prevHash: fill(32, 1) }),
    ],
    [
      "an index is left out",
      nextEntry(suite, log, laptop, { type: "reseed", generation: 2 }, { index: 10 }),
    ],
    [
      "a day before the last",
      nextEntry(suite, log, laptop, { type: "reseed", generation: 2 }, { day: DAY - 1 }),
    ],
    [
      "the asked-for recovery key was called off",
      nextEntry(suite, log, next, { type: "reseed", generation: 2 }),
    ],
  ];
  return {
    today: DAY,
    entries: entries.map(toHex),
    state: {
      length: log.length,
      hash: toHex(log.hash),
      epoch: log.epoch,
      generation: log.generation,
      minEpoch: log.minEpoch,
      members: [laptop, phone].map(({ id }) => toHex(id)),
      removed: [toHex(tablet.id)],
    },
    refusedNext: await Promise.all(
      bad.map(async ([why, entry]) => ({ why, entry: toHex(await entry) })),
    ),
  };
}

async function manifests(vault: TestVault): Promise<object> {
  const { log, entries } = await growLog(suite, vault, [
    [vault.laptop, { type: "add", device: vault.phone.keys }],
  ]);
  const { phone, laptop } = vault;
  const dot = (actor: Actor, devSeq: number) => ({ deviceId: actor.id, devSeq });
  const first = await nextManifest(suite, log, phone, null, {
    items: [
      { hash: fill(32, 31), supersedes: [] },
      { hash: fill(32, 32), supersedes: [dot(laptop, 4)] },
    ],
  });
  let chain = await accepted(log, new Map(), first);
  const read = await nextManifest(suite, log, phone, chain, {
    items: [],
    seen: [{ deviceId: laptop.id, batchNo: 9, hash: fill(32, 33) }],
  });
  const second = await accepted(log, new Map([[toHex(phone.id), chain]]), read);
  const purge = await nextManifest(suite, log, phone, second, {
    type: "purge",
    items: [],
    purged: [dot(phone, 2)],
  });
  chain = await accepted(log, new Map([[toHex(phone.id), second]]), purge);
  const bad: [string, Promise<Bytes>][] = [
    ["another vault", nextManifest(suite, log, phone, chain, { vaultId: fill(32, 1) })],
    ["a later epoch", nextManifest(suite, log, phone, chain, { epoch: 2 })],
    ["a later generation", nextManifest(suite, log, phone, chain, { generation: 1 })],
    [
      "no member",
      makeActor(suite, "device", 9).then((other) => nextManifest(suite, log, other, null)),
    ],
    ["another log", nextManifest(suite, log, phone, chain, { logHash: fill(32, 1) })],
    ["a gap", nextManifest(suite, log, phone, { ...chain, batchNo: 4 })],
    ["another chain", nextManifest(suite, log, phone, { ...chain, hash: fill(32, 1) })],
    ["a number left out", nextManifest(suite, log, phone, { ...chain, nextSeq: 8 })],
    [
      "before it was a member",
      nextManifest(suite, log, phone, chain, {
        logLen: 1,
        logHash: log.steps[0]?.hash ?? log.hash,
      }),
    ],
  ];
  return {
    log: entries.map(toHex),
    valid: [first, read, purge].map(toHex),
    hashes: [second, chain].map(({ hash }) => toHex(hash)),
    refusedNext: await Promise.all(
      bad.map(async ([why, manifest]) => ({ why, manifest: toHex(await manifest) })),
    ),
  };
}

async function accepted(
  log: LogState,
  chains: ReadonlyMap<string, Chain>,
  bytes: Bytes,
): Promise<Chain> {
  const verdict = await checkManifest(log, chains, bytes, suite);
  if (verdict.kind !== "accepted") throw new Error(`a valid manifest is ${verdict.kind}`);
  return verdict.chain;
}

async function boxes({ vaultId, epochKey, phone }: TestVault): Promise<object> {
  const ephemeral = await suite.curves.sealingKeyOf(fill(32, 77));
  const recipient = { id: phone.id, sealPk: phone.keys.sealPk };
  const second = { epoch: 2, key: fill(32, 51) };
  return {
    vaultId: toHex(vaultId),
    recipient: toHex(phone.id),
    sealSecret: toHex(fill(32, 103)),
    ephemeralSecret: toHex(fill(32, 77)),
    epochKey: toHex(epochKey.key),
    box: toHex(await sealEpochBox(suite, vaultId, epochKey, recipient, ephemeral)),
    secondEpochKey: toHex(second.key),
    link: toHex(await sealEpochLink(createSeededSuite(suite, SEED), vaultId, second, epochKey.key)),
  };
}

async function linking({ vaultId, laptop, phone }: TestVault): Promise<object> {
  const mailboxId = fill(16, 61);
  const secret = fill(32, 62);
  const invitation = { mailboxId, secret, ...phone.keys, url: "https://relay.example" };
  const [fresh, old] = [
    await suite.curves.sealingKeyOf(fill(32, 63)),
    await suite.curves.sealingKeyOf(fill(32, 64)),
  ];
  const place = { vaultId, logLen: 2, logHash: fill(32, 66) };
  const reveal = encodeLinkMessage({
    type: "reveal",
    ephemeral: fresh.publicKey,
    nonce: fill(32, 67),
    ...phone.keys,
  });
  const offer = encodeLinkMessage({
    type: "offer",
    ephemeral: old.publicKey,
    nonce: fill(32, 68),
    ...laptop.keys,
    ...place,
  });
  const commit = encodeLinkMessage({
    type: "commit",
    hash: await linkCommitment(suite, mailboxId, reveal),
  });
  const { digits, psk } = await linkSecrets(
    suite,
    { mailboxId, commit, offer, reveal },
    fresh,
    old.publicKey,
  );
  const provision = encodeProvision({
    epoch: 1,
    epochKey: fill(32, 50),
    heads: [{ deviceId: laptop.id, batchNo: 3, hash: fill(32, 69) }],
  });
  const info = linkBoxInfo({
    method: "code",
    ...place,
    newDevice: phone.keys,
    oldDevice: laptop.keys,
  });
  const ephemeral = await suite.curves.sealingKeyOf(fill(32, 70));
  const { enc, ciphertext } = await hpkeSeal(
    suite,
    phone.keys.sealPk,
    provision,
    { info, psk },
    { ephemeral },
  );
  return {
    invitation: encodeInvitation(invitation),
    mailboxId: toHex(mailboxId),
    newEphemeralSecret: toHex(fill(32, 63)),
    oldEphemeralSecret: toHex(fill(32, 64)),
    commit: toHex(commit),
    offer: toHex(offer),
    reveal: toHex(reveal),
    digits,
    psk: toHex(psk.key),
    provision: toHex(provision),
    newSealSecret: toHex(fill(32, 103)),
    boxEphemeralSecret: toHex(fill(32, 70)),
    box: toHex(encodeLinkMessage({ type: "box", ...place, ...laptop.keys, enc, ciphertext })),
  };
}

async function sessions({ vaultId, laptop }: TestVault): Promise<object> {
  const storeId = fill(16, 71);
  const nonce = fill(32, 72);
  const claim = {
    action: "session",
    audience: "relay.example:8787",
    storeId,
    vaultId,
    id: laptop.id,
    nonce,
  } as const;
  return {
    signPk: toHex(laptop.keys.signPk),
    message: toHex(authMessage(claim)),
    signature: toHex(await signAuth(suite, laptop.signing, claim)),
    destroy: toHex(
      await signDestroy(suite, laptop.signing, {
        signer: "device",
        id: laptop.id,
        storeId,
        vaultId,
        nonce,
      }),
    ),
  };
}

function records(): object {
  const stamp = (ms: number, device: string) =>
    ms.toString(16).padStart(12, "0") + "0000" + device.repeat(32);
  const plain = writeField(
    addTag(writeText(EMPTY_RECORD, stamp(1_000, "1"), "first"), stamp(1_000, "1"), "slot:diet"),
    stamp(1_000, "1"),
    "scope",
    { user: "me" },
  );
  const embedding = { space: "test@1", vector: new Uint8Array([1, 2, 3]) };
  const here = raise(writeText(plain, stamp(2_000, "1"), "here", embedding), "uses", 3);
  const there = writeField(
    removeTag(writeText(plain, stamp(1_500, "2"), "there"), "slot:diet"),
    stamp(1_501, "2"),
    "pinned",
    true,
  );
  const tombstone = { forgotten: stamp(1_200, "3") };
  return {
    plain: toHex(encodeRecord(plain)),
    here: toHex(encodeRecord(here)),
    there: toHex(encodeRecord(there)),
    hereAndThere: toHex(encodeRecord(mergeRecords(here, there))),
    tombstone: toHex(encodeRecord(tombstone)),
    withTombstone: toHex(encodeRecord(mergeRecords(here, tombstone))),
  };
}

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromHex, SUITE, SUITES, toHex } from "../../src/crypto/crypto.fixture.ts";
import { openEnvelope, type EnvelopePlace } from "../../src/crypto/envelope.ts";
import {
  epochCommit,
  openEpochBox,
  openEpochLink,
  writerKey,
} from "../../src/crypto/key-schedule.ts";
import { linkSecrets, openProvision } from "../../src/crypto/link.ts";
import { checkManifest, type Chain } from "../../src/crypto/manifest-check.ts";
import { activeDevices, extendLog } from "../../src/crypto/member-log.ts";
import { parsePhrase, recoverySecrets } from "../../src/crypto/phrase.ts";
import {
  decodeInvitation,
  decodeLinkMessage,
  encodeProvision,
} from "../../src/wire/link-messages.ts";
import { splitEnvelopes } from "../../src/wire/envelope.ts";
import { decodeChunk, decodeSnapshot, liveSetMessage } from "../../src/wire/snapshot.ts";
import { checkSnapshot } from "../../src/sync/snapshot-check.ts";
import { mergeRecords } from "../../src/sync/merge.ts";
import { decodeRecord, encodeRecord } from "../../src/sync/record-content.ts";
import { makeVectors } from "./make-vectors.ts";

/** Only texts, numbers and lists of them: read as what the page says they are. */
// oxlint-disable-next-line typescript/no-explicit-any
const vectors: any = JSON.parse(
  readFileSync(new URL("../../docs/sync-vectors.json", import.meta.url), "utf8"),
);

test("the published vectors are what the code makes", async () => {
  expect(JSON.parse(JSON.stringify(await makeVectors()))).toEqual(vectors);
});

describe.each(SUITES)("as a reader with $name would use them", ({ suite }) => {
  test("phrases", async () => {
    for (const { entropy, phrase, recoverySignPk, recoverySealPk } of vectors.phrases) {
      expect(toHex(await parsePhrase(suite, phrase))).toBe(entropy);
      const { signing, sealing } = await recoverySecrets(suite, fromHex(entropy));
      expect([toHex(signing.publicKey), toHex(sealing.publicKey)]).toEqual([
        recoverySignPk,
        recoverySealPk,
      ]);
    }
  });

  test("boxes and links open to the keys", async () => {
    const { vaultId, recipient, sealSecret, epochKey, box, secondEpochKey, link } = vectors.boxes;
    const id = fromHex(vaultId);
    const commit = await epochCommit(suite, id, { epoch: 1, key: fromHex(epochKey) });
    const sealing = await suite.curves.sealingKeyOf(fromHex(sealSecret));
    const to = { id: fromHex(recipient), sealing };
    expect(toHex((await openEpochBox(suite, id, { epoch: 1, commit }, to, fromHex(box))).key)).toBe(
      epochKey,
    );
    const second = { epoch: 2, key: fromHex(secondEpochKey) };
    expect(toHex((await openEpochLink(suite, id, second, commit, fromHex(link))).key)).toBe(
      epochKey,
    );
  });

  test("a link by code comes to its digits, and its box opens", async () => {
    const v = vectors.linking;
    const [offer, reveal, box] = [v.offer, v.reveal, v.box].map((hex) =>
      decodeLinkMessage(fromHex(hex)),
    );
    if (offer?.type !== "offer" || reveal?.type !== "reveal" || box?.type !== "box")
      throw new Error("other messages");
    const own = await suite.curves.sealingKeyOf(fromHex(v.oldEphemeralSecret));
    const transcript = {
      mailboxId: fromHex(v.mailboxId),
      commit: fromHex(v.commit),
      offer: fromHex(v.offer),
      reveal: fromHex(v.reveal),
    };
    const secrets = await linkSecrets(suite, transcript, own, reveal.ephemeral);
    expect([secrets.digits, toHex(secrets.psk.key)]).toEqual([v.digits, v.psk]);
    const binding = {
      method: "code",
      vaultId: box.vaultId,
      logLen: box.logLen,
      logHash: box.logHash,
      newDevice: { signPk: reveal.signPk, sealPk: reveal.sealPk },
      oldDevice: { signPk: offer.signPk, sealPk: offer.sealPk },
    } as const;
    const sealing = await suite.curves.sealingKeyOf(fromHex(v.newSealSecret));
    const opened = await openProvision(suite, binding, secrets.psk, sealing, box);
    expect(toHex(encodeProvision(opened))).toBe(v.provision);
    expect(decodeInvitation(v.invitation).url).toBe("https://relay.example");
  });
});

describe("envelopes", () => {
  const { vaultId, epoch, epochKey, deviceId, valid, invalid } = vectors.envelopes;
  const open = async (
    bytes: Uint8Array,
    of: { kind: "entry"; recordId: string; devSeq: number },
    as = {},
  ) => {
    const fields = { vaultId, epoch, epochKey, deviceId, ...of, ...as };
    const place: EnvelopePlace = {
      vaultId: fromHex(fields.vaultId),
      kind: fields.kind,
      epoch: fields.epoch,
      deviceId: fromHex(fields.deviceId),
      recordId: fromHex(fields.recordId),
      devSeq: fields.devSeq,
    };
    const epochKeyOf = { epoch: place.epoch, key: fromHex(fields.epochKey) };
    const key = await writerKey(SUITE, place.vaultId, epochKeyOf, place.deviceId, place.kind);
    return toHex((await openEnvelope(SUITE, key, place, bytes)).content);
  };

  test("valid ones open to their content", async () => {
    for (const vector of valid)
      expect(await open(fromHex(vector.envelope), vector)).toBe(vector.content);
  });

  test("none of the changes opens", async () => {
    const [base] = valid;
    const bytes = fromHex(base.envelope);
    const flip = (bit: number) =>
      bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    const changed: Uint8Array[] = [
      ...invalid.flipBit.map(flip),
      ...invalid.keepBytes.map((length: number) => bytes.subarray(0, length)),
      ...invalid.append.map((more: string) => fromHex(base.envelope + more)),
    ];
    expect(changed.length + invalid.openAs.length).toBeGreaterThan(190);
    for (const attempt of changed) await expect(open(attempt, base)).rejects.toThrow();
    for (const as of invalid.openAs) await expect(open(bytes, base, as)).rejects.toThrow();
  });
});

test("the log reads to its state, and takes none of the others next", async () => {
  const { today, entries, state, refusedNext } = vectors.log;
  const deps = { verifier: SUITE, today };
  const log = await extendLog(null, entries.map(fromHex), deps);
  expect(log).toMatchObject({
    length: state.length,
    epoch: state.epoch,
    generation: state.generation,
    minEpoch: state.minEpoch,
  });
  expect(toHex(log.hash)).toBe(state.hash);
  expect(activeDevices(log).map(({ deviceId }) => toHex(deviceId))).toEqual(state.members);
  for (const { entry } of refusedNext) {
    await expect(extendLog(log, [fromHex(entry)], deps)).rejects.toMatchObject({
      reason: "refused",
    });
  }
});

test("manifests follow each other, and none of the others comes next", async () => {
  const { log: entries, valid, hashes, refusedNext } = vectors.manifests;
  const log = await extendLog(null, entries.map(fromHex), {
    verifier: SUITE,
    today: vectors.log.today,
  });
  const chains = new Map<string, Chain>();
  const seen: string[] = [];
  for (const bytes of valid) {
    const verdict = await checkManifest(log, chains, fromHex(bytes), SUITE);
    if (verdict.kind !== "accepted") throw new Error(`it is ${verdict.kind}`);
    chains.set(toHex(verdict.manifest.deviceId), verdict.chain);
    seen.push(toHex(verdict.hash));
  }
  expect(seen.slice(1)).toEqual(hashes);
  for (const { manifest } of refusedNext) {
    expect((await checkManifest(log, chains, fromHex(manifest), SUITE)).kind).toMatch(
      /^(refused|fork|gap)$/,
    );
  }
});

test("the snapshot and its chunk read back", () => {
  expect(decodeChunk(fromHex(vectors.snapshot.chunk)).length).toBe(2);
  expect(decodeSnapshot(fromHex(vectors.snapshot.manifest)).rows).toBe(2);
});

test("a sealed snapshot is its maker's, and opens to its rows", async () => {
  const v = vectors.snapshot.sealed;
  const log = await extendLog(null, [fromHex(v.log)], {
    verifier: SUITE,
    today: vectors.log.today,
  });
  const epochKey = { epoch: 1, key: fromHex(v.epochKey) };
  const of = { suite: SUITE, vaultId: log.vaultId, log: () => log, epochKeys: () => [epochKey] };
  const access = { ...of, refreshLog: async () => log };
  const { deviceId, snapshotId, blobs, root, rows } = await checkSnapshot(
    access,
    fromHex(v.manifest),
  );
  const blob = fromHex(v.blob);
  expect(toHex(await SUITE.sha256(blob))).toBe(toHex(blobs[0]?.hash ?? blob));
  const key = await writerKey(SUITE, log.vaultId, epochKey, deviceId, "chunk");
  const place = { vaultId: log.vaultId, kind: "chunk", epoch: 1, deviceId } as const;
  const opened = await Promise.all(
    splitEnvelopes(blob, 2).map((envelope, devSeq) =>
      openEnvelope(SUITE, key, { ...place, recordId: snapshotId, devSeq }, envelope),
    ),
  );
  const held = opened.flatMap(({ content }) => decodeChunk(content));
  expect(
    held.map(({ dot, recordId, hash, record }) => ({
      devSeq: dot.devSeq,
      recordId: toHex(recordId),
      hash: toHex(hash),
      record: toHex(record),
    })),
  ).toEqual(v.rows);
  expect([held.length, toHex(await SUITE.sha256(liveSetMessage(held)))]).toEqual([rows, v.root]);
  expect(toHex(root)).toBe(v.root);
  for (let at = 0; at < v.manifest.length / 2; at += 7) {
    const forged = fromHex(v.manifest);
    forged[at] = (forged[at] ?? 0) ^ 1;
    await expect(checkSnapshot(access, forged)).rejects.toMatchObject({ name: "SnapshotRefused" });
  }
});

test("records merge to what is published, either way round", () => {
  const { here, there, hereAndThere, tombstone, withTombstone } = vectors.records;
  const merged = (a: string, b: string) =>
    toHex(encodeRecord(mergeRecords(decodeRecord(fromHex(a)), decodeRecord(fromHex(b)))));
  expect([merged(here, there), merged(there, here)]).toEqual([hereAndThere, hereAndThere]);
  expect([merged(here, tombstone), merged(tombstone, here)]).toEqual([
    withTombstone,
    withTombstone,
  ]);
});

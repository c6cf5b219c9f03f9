import { createSeededSuite, SUITE as suite, toHex } from "../../src/crypto/crypto.fixture.ts";
import { sealEnvelope } from "../../src/crypto/envelope.ts";
import { writerKey } from "../../src/crypto/key-schedule.ts";
import { extendLog, type LogState } from "../../src/crypto/member-log.ts";
import { DAY, type TestVault } from "../../src/crypto/member.fixture.ts";
import { signSnapshot } from "../../src/crypto/sign-snapshot.ts";
import { concatBytes, type Bytes } from "../../src/wire/bytes.ts";
import { encodeChunk, liveSetMessage, type SnapshotBody } from "../../src/wire/snapshot.ts";

const SEED = 2_026;
const fill = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);

export async function snapshotVectors({
  vaultId,
  laptop,
  genesis,
  epochKey,
}: TestVault): Promise<object> {
  const log = await extendLog(null, [genesis], { verifier: suite, today: DAY });
  const rows = [1, 2].map((devSeq) => ({
    dot: { deviceId: laptop.id, devSeq },
    recordId: fill(16, 80 + devSeq),
    hash: fill(32, 90 + devSeq),
    record: fill(20, devSeq),
  }));
  const manifest = await signSnapshot(suite, laptop.signing, {
    vaultId,
    deviceId: laptop.id,
    snapshotId: fill(16, 81),
    generation: 0,
    epoch: 1,
    logLen: 1,
    logHash: log.hash,
    rows: rows.length,
    root: await suite.sha256(liveSetMessage(rows)),
    blobs: [{ hash: fill(32, 82), bytes: 352, chunks: 1 }],
    heads: [{ deviceId: laptop.id, batchNo: 1, hash: fill(32, 83) }],
  });
  return {
    chunk: toHex(encodeChunk(rows)),
    manifest: toHex(manifest),
    sealed: await sealedSnapshot(rows, log),
  };

  /** A whole one: two chunks of a row each in one blob, and the manifest that names it. */
  async function sealedSnapshot(all: typeof rows, { hash: logHash }: LogState): Promise<object> {
    const seeded = createSeededSuite(suite, SEED);
    const snapshotId = fill(16, 84);
    const key = await writerKey(suite, vaultId, epochKey, laptop.id, "chunk");
    const place = { vaultId, kind: "chunk", epoch: 1, deviceId: laptop.id } as const;
    const chunks: Bytes[] = [];
    for (const [devSeq, row] of all.entries())
      chunks.push(
        await sealEnvelope(
          seeded,
          key,
          { ...place, recordId: snapshotId, devSeq },
          encodeChunk([row]),
        ),
      );
    const blob = concatBytes(...chunks);
    const body: SnapshotBody = {
      vaultId,
      deviceId: laptop.id,
      snapshotId,
      generation: 0,
      epoch: 1,
      logLen: 1,
      logHash,
      rows: all.length,
      root: await suite.sha256(liveSetMessage(all)),
      blobs: [{ hash: await suite.sha256(blob), bytes: blob.length, chunks: chunks.length }],
      heads: [{ deviceId: laptop.id, batchNo: 1, hash: fill(32, 83) }],
    };
    return {
      log: toHex(genesis),
      epochKey: toHex(epochKey.key),
      blob: toHex(blob),
      rows: all.map(({ dot, recordId, hash, record }) => ({
        devSeq: dot.devSeq,
        recordId: toHex(recordId),
        hash: toHex(hash),
        record: toHex(record),
      })),
      root: toHex(body.root),
      manifest: toHex(await signSnapshot(suite, laptop.signing, body)),
    };
  }
}

import { SUITE } from "../crypto/crypto.fixture.ts";
import { openEnvelope, sealEnvelope } from "../crypto/envelope.ts";
import { writerKey } from "../crypto/key-schedule.ts";
import type { Actor } from "../crypto/member.fixture.ts";
import { signSnapshot } from "../crypto/sign-snapshot.ts";
import { toBase64url } from "../wire/base64url.ts";
import { concatBytes, type Bytes } from "../wire/bytes.ts";
import { splitEnvelopes } from "../wire/envelope.ts";
import {
  decodeChunk,
  decodeSnapshot,
  encodeChunk,
  type ChunkRow,
  type SnapshotBody,
} from "../wire/snapshot.ts";
import {
  createFleet,
  leaveAlone,
  noteOf,
  type TestDevice,
  type TestFleet,
} from "./engine.fixture.ts";

/** Rows of a chunk in forged snapshots, and of a blob in those that devices make here. */
export const CHUNK = 128;

/** A vault of so many memories, with a snapshot of a blob for each 128. */
export async function largeFleet(
  rows: number,
): Promise<{ readonly fleet: TestFleet; readonly a: TestDevice }> {
  const fleet = await createFleet(4);
  fleet.server.pageRows = 40;
  // Room for one chunk.
  fleet.server.blobBytes = 262_224;
  const a = fleet.device(0);
  for (let n = 1; n <= rows; n += 1) a.write(noteOf(n, `memory ${n}`, 1000 + n));
  await a.engine.now();
  await leaveAlone(a);
  return { fleet, a };
}

/** Entries that the server gives out from now on. */
export function countEntries({ server }: TestFleet): { count: number } {
  const given = { count: 0 };
  const { pull } = server;
  server.pull = (input) => {
    const page = pull(input);
    given.count += page.entries.length;
    return page;
  };
  return given;
}

export interface Forgery {
  /** Who signs and seals. */
  readonly by?: Actor;
  readonly rows?: (rows: readonly ChunkRow[]) => readonly ChunkRow[];
  /** Contents of the chunks, before they are sealed. */
  readonly contents?: (contents: readonly Bytes[]) => readonly Bytes[];
  /** Sealed chunks. */
  readonly sealed?: (envelopes: readonly Bytes[]) => readonly Bytes[];
  readonly says?: (body: SnapshotBody) => Partial<SnapshotBody>;
  readonly seq?: number;
}

/** Puts another snapshot in the place of the newest, made of its rows by somebody who has the keys of the vault. */
export async function forgeSnapshot(fleet: TestFleet, forgery: Forgery): Promise<void> {
  const { server, vaultId } = fleet;
  const newest = server.snapshots.at(-1);
  if (!newest) throw new Error("no snapshot");
  const before = decodeSnapshot(newest.manifest);
  const by = forgery.by ?? actorOf(fleet, before.deviceId);
  const { epoch, snapshotId } = before;
  const epochKey = fleet.epochKeys.find((key) => key.epoch === epoch);
  if (!epochKey) throw new Error("no key");

  const readKey = await writerKey(SUITE, vaultId, epochKey, before.deviceId, "chunk");
  const place = { vaultId, kind: "chunk", epoch, recordId: snapshotId } as const;
  const envelopes = before.blobs.flatMap(({ hash }) =>
    splitEnvelopes(server.readBlob(toBase64url(hash), 0), 1_000),
  );
  const rows = await Promise.all(
    envelopes.map((envelope, devSeq) =>
      openEnvelope(SUITE, readKey, { ...place, deviceId: before.deviceId, devSeq }, envelope),
    ),
  );
  const all = rows.flatMap(({ content }) => decodeChunk(content));
  const told = forgery.rows?.(all) ?? all;
  const contents = Array.from({ length: Math.ceil(told.length / CHUNK) }, (_, i) =>
    encodeChunk(told.slice(i * CHUNK, (i + 1) * CHUNK)),
  );
  const writeKey = await writerKey(SUITE, vaultId, epochKey, by.id, "chunk");
  const sealed = await Promise.all(
    (forgery.contents?.(contents) ?? contents).map((content, devSeq) =>
      sealEnvelope(SUITE, writeKey, { ...place, deviceId: by.id, devSeq }, content),
    ),
  );
  const blob = concatBytes(...(forgery.sealed?.(sealed) ?? sealed));
  const hash = await SUITE.sha256(blob);
  server.blobs.set(toBase64url(hash), { bytes: blob, received: blob.length });
  const body: SnapshotBody = {
    ...before,
    deviceId: by.id,
    blobs: [{ hash, bytes: blob.length, chunks: sealed.length }],
  };
  const manifest = await signSnapshot(SUITE, by.signing, { ...body, ...forgery.says?.(body) });
  server.snapshots = [{ manifest, seq: forgery.seq ?? newest.seq }];
}

function actorOf({ actors }: TestFleet, deviceId: Uint8Array): Actor {
  const actor = actors.find(({ id }) => id.every((byte, i) => byte === deviceId[i]));
  if (!actor) throw new Error("no such device");
  return actor;
}

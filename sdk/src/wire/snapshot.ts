import { concatBytes, createWireReader, createWireWriter, type Bytes } from "./bytes.ts";
import {
  checkAscending,
  compareDots,
  readDot,
  readHeads,
  writeDot,
  writeHeads,
  type Dot,
  type Head,
} from "./dots.ts";
import {
  DEVICE_ID_BYTES,
  HASH_BYTES,
  LIMITS,
  RECORD_ID_BYTES,
  SIGNATURE_BYTES,
  VAULT_ID_BYTES,
} from "./limits.ts";
import { tagged } from "./tags.ts";
import { WireError } from "./wire-error.ts";

const VERSION = 1;

export interface SnapshotBlob {
  /** SHA-256 of the blob's bytes, by which it is fetched. */
  readonly hash: Bytes;
  readonly bytes: number;
  readonly chunks: number;
}

/** A signed list of what a snapshot holds. */
export interface SnapshotBody {
  readonly vaultId: Bytes;
  /** The maker. */
  readonly deviceId: Bytes;
  readonly snapshotId: Bytes;
  readonly generation: number;
  readonly epoch: number;
  readonly logLen: number;
  readonly logHash: Bytes;
  readonly rows: number;
  /** `SHA-256(liveSetMessage(...))`. */
  readonly root: Bytes;
  readonly blobs: readonly SnapshotBlob[];
  /** Of all devices, the maker included, ascending. */
  readonly heads: readonly Head[];
}

export interface Snapshot extends SnapshotBody {
  readonly signature: Bytes;
  readonly body: Bytes;
}

export function encodeSnapshotBody(snapshot: SnapshotBody): Bytes {
  const out = createWireWriter();
  out.u8(VERSION);
  out.fixed(snapshot.vaultId, VAULT_ID_BYTES);
  out.fixed(snapshot.deviceId, DEVICE_ID_BYTES);
  out.fixed(snapshot.snapshotId, RECORD_ID_BYTES);
  out.u32(snapshot.generation);
  out.u32(snapshot.epoch);
  out.u32(snapshot.logLen);
  out.fixed(snapshot.logHash, HASH_BYTES);
  out.u32(snapshot.rows);
  out.fixed(snapshot.root, HASH_BYTES);
  checkBlobs(snapshot.blobs);
  out.u16(snapshot.blobs.length);
  for (const { hash, bytes, chunks } of snapshot.blobs) {
    out.fixed(hash, HASH_BYTES);
    out.u32(bytes);
    out.u32(chunks);
  }
  writeHeads(out, snapshot.heads);
  return out.take();
}

export function snapshotMessage(body: Uint8Array): Bytes {
  return tagged("snapshot", body);
}

export function joinSnapshot(body: Uint8Array, signature: Uint8Array): Bytes {
  return concatBytes(body, signature);
}

export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  const from = createWireReader(bytes);
  if (from.u8() !== VERSION)
    throw new WireError("A snapshot has an unknown version.", "unsupported");
  const head = {
    vaultId: from.fixed(VAULT_ID_BYTES),
    deviceId: from.fixed(DEVICE_ID_BYTES),
    snapshotId: from.fixed(RECORD_ID_BYTES),
    generation: from.u32(),
    epoch: from.u32(),
    logLen: from.u32(),
    logHash: from.fixed(HASH_BYTES),
    rows: from.u32(),
    root: from.fixed(HASH_BYTES),
  };
  const count = from.u16();
  if (count > LIMITS.snapshotBlobs)
    throw new WireError("A snapshot has too many blobs.", "too-large");
  const blobs = Array.from({ length: count }, () => ({
    hash: from.fixed(HASH_BYTES),
    bytes: from.u32(),
    chunks: from.u32(),
  }));
  checkBlobs(blobs);
  const heads = readHeads(from);
  const signature = from.fixed(SIGNATURE_BYTES);
  from.end();
  return {
    ...head,
    blobs,
    heads,
    signature,
    body: new Uint8Array(bytes.subarray(0, bytes.length - SIGNATURE_BYTES)),
  };
}

/** One row of a chunk. */
export interface ChunkRow {
  readonly dot: Dot;
  readonly recordId: Bytes;
  /** Of the entry's own envelope, as its writer's manifest names it. */
  readonly hash: Bytes;
  /** The entry's content. */
  readonly record: Bytes;
}

/** The content of a chunk before it is sealed. Rows ascend by dot. */
export function encodeChunk(rows: readonly ChunkRow[]): Bytes {
  checkRows(rows);
  const out = createWireWriter();
  out.u16(rows.length);
  for (const { dot, recordId, hash, record } of rows) {
    writeDot(out, dot);
    out.fixed(recordId, RECORD_ID_BYTES);
    out.fixed(hash, HASH_BYTES);
    out.u32(record.length);
    out.rest(record);
  }
  return out.take();
}

export function decodeChunk(bytes: Uint8Array): readonly ChunkRow[] {
  const from = createWireReader(bytes);
  const count = from.u16();
  if (count > LIMITS.chunkRows) throw new WireError("A chunk has too many rows.", "too-large");
  const rows = Array.from({ length: count }, () => ({
    dot: readDot(from),
    recordId: from.fixed(RECORD_ID_BYTES),
    hash: from.fixed(HASH_BYTES),
    record: from.fixed(from.u32()),
  }));
  from.end();
  checkRows(rows);
  return rows;
}

/** What `SnapshotBody.root` is the hash of. */
export function liveSetMessage(
  rows: readonly { readonly dot: Dot; readonly hash: Bytes }[],
): Bytes {
  checkAscending(rows, (a, b) => compareDots(a.dot, b.dot));
  const out = createWireWriter();
  for (const { dot, hash } of rows) {
    writeDot(out, dot);
    out.fixed(hash, HASH_BYTES);
  }
  return tagged("live-set", out.take());
}

function checkBlobs(blobs: readonly SnapshotBlob[]): void {
  if (blobs.length > LIMITS.snapshotBlobs) {
    throw new WireError("A snapshot has too many blobs.", "too-large");
  }
  for (const { bytes, chunks } of blobs) {
    if (bytes === 0 || chunks === 0) throw new WireError("A blob is empty.");
    if (bytes > LIMITS.blobBytes) throw new WireError("A blob is too large.", "too-large");
  }
}

function checkRows(rows: readonly ChunkRow[]): void {
  if (rows.length === 0) throw new WireError("A chunk is empty.");
  if (rows.length > LIMITS.chunkRows)
    throw new WireError("A chunk has too many rows.", "too-large");
  checkAscending(rows, (a, b) => compareDots(a.dot, b.dot));
}

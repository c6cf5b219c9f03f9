import {
  concatBytes,
  createWireReader,
  createWireWriter,
  equalBytes,
  isZero,
  type Bytes,
} from "./bytes.ts";
import { readDots, readHeads, writeDots, writeHeads, type Dot, type Head } from "./dots.ts";
import { DEVICE_ID_BYTES, HASH_BYTES, LIMITS, SIGNATURE_BYTES, VAULT_ID_BYTES } from "./limits.ts";
import { tagged } from "./tags.ts";
import { WireError } from "./wire-error.ts";

const VERSION = 1;
const BATCH = 1;
const PURGE = 2;

export interface ManifestItem {
  /** SHA-256 of the whole envelope. */
  readonly hash: Bytes;
  /** Ascending. */
  readonly supersedes: readonly Dot[];
}

/** What one device puts into a vault with one signature: entries, or the purge of tombstones. */
export interface ManifestBody {
  readonly type: "batch" | "purge";
  readonly vaultId: Bytes;
  readonly deviceId: Bytes;
  readonly generation: number;
  readonly epoch: number;
  /** From 1 in each generation, without gaps. */
  readonly batchNo: number;
  /** Of this device's manifest before; zeros for the first. */
  readonly prevHash: Bytes;
  /** The member log as the writer had verified it: its length, and the hash of its last entry. */
  readonly logLen: number;
  readonly logHash: Bytes;
  /** devSeq of the first item; without items, the next one to be used. */
  readonly firstSeq: number;
  readonly items: readonly ManifestItem[];
  /** Tombstones that leave without a successor, ascending. */
  readonly purged: readonly Dot[];
  /** Heads of other devices that the writer had verified, ascending. */
  readonly seen: readonly Head[];
}

export interface Manifest extends ManifestBody {
  readonly signature: Bytes;
  /** All bytes before the signature. */
  readonly body: Bytes;
}

export function encodeManifestBody(manifest: ManifestBody): Bytes {
  checkManifest(manifest);
  const out = createWireWriter();
  out.u8(VERSION);
  out.u8(manifest.type === "batch" ? BATCH : PURGE);
  out.fixed(manifest.vaultId, VAULT_ID_BYTES);
  out.fixed(manifest.deviceId, DEVICE_ID_BYTES);
  out.u32(manifest.generation);
  out.u32(manifest.epoch);
  out.u64(manifest.batchNo);
  out.fixed(manifest.prevHash, HASH_BYTES);
  out.u32(manifest.logLen);
  out.fixed(manifest.logHash, HASH_BYTES);
  out.u64(manifest.firstSeq);
  out.u16(manifest.items.length);
  for (const { hash, supersedes } of manifest.items) {
    out.fixed(hash, HASH_BYTES);
    out.u8(supersedes.length);
    writeDots(out, supersedes);
  }
  out.u16(manifest.purged.length);
  writeDots(out, manifest.purged);
  writeHeads(out, manifest.seen);
  return out.take();
}

/** What the device signs. */
export function manifestMessage(body: Uint8Array): Bytes {
  return tagged(body[1] === PURGE ? "purge" : "batch", body);
}

export function joinManifest(body: Uint8Array, signature: Uint8Array): Bytes {
  if (signature.length !== SIGNATURE_BYTES) throw new WireError("A signature has 64 bytes.");
  return concatBytes(body, signature);
}

/** Reads the form only: who signed, and whether it fits what came before, is for the reader of the log to say. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  const from = createWireReader(bytes);
  if (from.u8() !== VERSION)
    throw new WireError("A manifest has an unknown version.", "unsupported");
  const type = from.u8();
  if (type !== BATCH && type !== PURGE) {
    throw new WireError("A manifest has an unknown type.", "unsupported");
  }
  const fields = {
    type: type === BATCH ? ("batch" as const) : ("purge" as const),
    vaultId: from.fixed(VAULT_ID_BYTES),
    deviceId: from.fixed(DEVICE_ID_BYTES),
    generation: from.u32(),
    epoch: from.u32(),
    batchNo: from.u64(),
    prevHash: from.fixed(HASH_BYTES),
    logLen: from.u32(),
    logHash: from.fixed(HASH_BYTES),
    firstSeq: from.u64(),
    items: counted(from.u16(), LIMITS.batchItems, () => ({
      hash: from.fixed(HASH_BYTES),
      supersedes: readDots(from, limited(from.u8(), LIMITS.supersededPerItem)),
    })),
    purged: readDots(from, limited(from.u16(), LIMITS.purgedPerManifest)),
    seen: readHeads(from),
  };
  const signature = from.fixed(SIGNATURE_BYTES);
  from.end();
  checkManifest(fields);
  return {
    ...fields,
    signature,
    body: new Uint8Array(bytes.subarray(0, bytes.length - SIGNATURE_BYTES)),
  };
}

function checkManifest(manifest: ManifestBody): void {
  const { type, items, purged, seen, batchNo, prevHash, deviceId } = manifest;
  limited(items.length, LIMITS.batchItems);
  limited(purged.length, LIMITS.purgedPerManifest);
  for (const { supersedes } of items) limited(supersedes.length, LIMITS.supersededPerItem);
  const fits =
    type === "batch"
      ? purged.length === 0 && (items.length > 0 || seen.length > 0)
      : purged.length > 0 && items.length === 0;
  if (!fits) throw new WireError("A manifest says nothing, or what its type does not allow.");
  if (manifest.epoch === 0 || manifest.logLen === 0 || manifest.firstSeq === 0 || batchNo === 0) {
    throw new WireError("A manifest counts from zero.");
  }
  if ((batchNo === 1) !== isZero(prevHash)) {
    throw new WireError("Only the first manifest of a device has none before it.");
  }
  if (seen.some((head) => equalBytes(head.deviceId, deviceId))) {
    throw new WireError("A manifest names its own device among the others.");
  }
}

function limited(count: number, limit: number): number {
  if (count > limit) throw new WireError("A list is too long.", "too-large");
  return count;
}

function counted<T>(count: number, limit: number, read: () => T): readonly T[] {
  return Array.from({ length: limited(count, limit) }, read);
}

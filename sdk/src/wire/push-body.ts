import { concatBytes, createWireReader, createWireWriter, type Bytes } from "./bytes.ts";
import { splitEnvelopes } from "./envelope.ts";
import { HASH_BYTES, LIMITS, VAULT_ID_BYTES } from "./limits.ts";
import { WireError } from "./wire-error.ts";

const VERSION = 1;

/** The body of `sync.push`: a manifest and the envelopes it names, in its order. */
export interface PushBody {
  readonly manifest: Bytes;
  readonly envelopes: readonly Bytes[];
}

export function encodePushBody({ manifest, envelopes }: PushBody): Bytes {
  const out = createWireWriter();
  out.u8(VERSION);
  out.u32(manifest.length);
  const body = concatBytes(out.take(), manifest, ...envelopes);
  if (body.length > LIMITS.pushBytes) throw new WireError("A push is too large.", "too-large");
  return body;
}

/** Reads the form only; the count and the hashes of the envelopes are compared with the manifest by who reads that. */
export function decodePushBody(bytes: Uint8Array): PushBody {
  if (bytes.length > LIMITS.pushBytes) throw new WireError("A push is too large.", "too-large");
  const from = createWireReader(bytes);
  if (from.u8() !== VERSION) throw new WireError("A push has an unknown version.", "unsupported");
  const manifest = from.fixed(from.u32());
  return {
    manifest,
    envelopes: splitEnvelopes(bytes.subarray(bytes.length - from.left), LIMITS.batchItems),
  };
}

/** The manifest alone, of a body that this device made itself. */
export function manifestOfPush(bytes: Uint8Array): Bytes {
  const from = createWireReader(bytes);
  from.u8();
  return from.fixed(from.u32());
}

/** The body of `blob.part`. */
export interface BlobPart {
  readonly vaultId: Bytes;
  /** The blob's name: SHA-256 of all its bytes. */
  readonly hash: Bytes;
  readonly offset: number;
  readonly part: Bytes;
}

export function encodeBlobPart({ vaultId, hash, offset, part }: BlobPart): Bytes {
  checkPart(offset, part.length);
  const out = createWireWriter();
  out.u8(VERSION);
  out.fixed(vaultId, VAULT_ID_BYTES);
  out.fixed(hash, HASH_BYTES);
  out.u32(offset);
  out.rest(part);
  return out.take();
}

export function decodeBlobPart(bytes: Uint8Array): BlobPart {
  const from = createWireReader(bytes);
  if (from.u8() !== VERSION) throw new WireError("A part has an unknown version.", "unsupported");
  const vaultId = from.fixed(VAULT_ID_BYTES);
  const hash = from.fixed(HASH_BYTES);
  const offset = from.u32();
  checkPart(offset, from.left);
  return { vaultId, hash, offset, part: from.fixed(from.left) };
}

function checkPart(offset: number, length: number): void {
  if (length === 0) throw new WireError("A part is empty.");
  if (length > LIMITS.blobPartBytes || offset + length > LIMITS.blobBytes) {
    throw new WireError("A part is too large.", "too-large");
  }
}

import { concatBytes, createWireReader, createWireWriter, type Bytes } from "./bytes.ts";
import { DEVICE_ID_BYTES, LIMITS, RECORD_ID_BYTES } from "./limits.ts";
import { isSealedSize } from "./padding.ts";
import { tagged } from "./tags.ts";
import { WireError } from "./wire-error.ts";

export const ENVELOPE_HEADER_BYTES = 80;
export const SUITE_AES_256_GCM = 1;
export const KID_BYTES = 16;
export const AEAD_NONCE_BYTES = 12;

const VERSION = 1;
const KINDS = ["entry", "chunk"] as const;

export type EnvelopeKind = (typeof KINDS)[number];

/** The clear part of a sealed entry or snapshot chunk; all of it is associated data. */
export interface EnvelopeHeader {
  readonly suite: number;
  readonly kind: EnvelopeKind;
  readonly epoch: number;
  /** The writer. */
  readonly deviceId: Bytes;
  /** Of a chunk, the snapshot's id. */
  readonly recordId: Bytes;
  /** With `deviceId` the entry's dot; from 1. Of a chunk, its number, from 0. */
  readonly devSeq: number;
  readonly kid: Bytes;
  readonly nonce: Bytes;
  /** Of the ciphertext, tag included. */
  readonly ciphertextBytes: number;
}

export interface Envelope {
  readonly header: EnvelopeHeader;
  readonly ciphertext: Bytes;
}

export function encodeEnvelopeHeader(header: EnvelopeHeader): Bytes {
  checkHeader(header);
  const out = createWireWriter();
  out.u8(VERSION);
  out.u8(header.suite);
  out.u8(KINDS.indexOf(header.kind) + 1);
  out.u8(0);
  out.u32(header.epoch);
  out.fixed(header.deviceId, DEVICE_ID_BYTES);
  out.fixed(header.recordId, RECORD_ID_BYTES);
  out.u64(header.devSeq);
  out.fixed(header.kid, KID_BYTES);
  out.fixed(header.nonce, AEAD_NONCE_BYTES);
  out.u32(header.ciphertextBytes);
  return out.take();
}

/** @throws {WireError} for anything but one whole envelope */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const header = readHeader(bytes);
  const ciphertext = new Uint8Array(bytes.subarray(ENVELOPE_HEADER_BYTES));
  if (ciphertext.length !== header.ciphertextBytes) {
    throw new WireError("An envelope is not as long as it says.");
  }
  return { header, ciphertext };
}

/**
 * Cuts envelopes that stand one after the other, each with its own length.
 *
 * @throws {WireError} if they do not fill `bytes` exactly, or are more than `limit`
 */
export function splitEnvelopes(bytes: Uint8Array, limit: number): readonly Bytes[] {
  const envelopes: Bytes[] = [];
  for (let at = 0; at < bytes.length;) {
    if (envelopes.length === limit)
      throw new WireError("There are too many envelopes.", "too-large");
    const end = at + ENVELOPE_HEADER_BYTES + readHeader(bytes.subarray(at)).ciphertextBytes;
    if (end > bytes.length) throw new WireError("The bytes end too early.");
    envelopes.push(new Uint8Array(bytes.subarray(at, end)));
    at = end;
  }
  return envelopes;
}

/** What the tag of an envelope covers besides its ciphertext. */
export function envelopeAad(vaultId: Uint8Array, header: Uint8Array): Bytes {
  return tagged("envelope", vaultId, header);
}

export function joinEnvelope(header: Uint8Array, ciphertext: Uint8Array): Bytes {
  return concatBytes(header, ciphertext);
}

function readHeader(bytes: Uint8Array): EnvelopeHeader {
  const from = createWireReader(bytes);
  const version = from.u8();
  if (version !== VERSION)
    throw new WireError("An envelope has an unknown version.", "unsupported");
  const suite = from.u8();
  const kind = KINDS[from.u8() - 1];
  const flags = from.u8();
  if (kind === undefined || flags !== 0) {
    throw new WireError("An envelope has an unknown kind or flag.", "unsupported");
  }
  const header: EnvelopeHeader = {
    suite,
    kind,
    epoch: from.u32(),
    deviceId: from.fixed(DEVICE_ID_BYTES),
    recordId: from.fixed(RECORD_ID_BYTES),
    devSeq: from.u64(),
    kid: from.fixed(KID_BYTES),
    nonce: from.fixed(AEAD_NONCE_BYTES),
    ciphertextBytes: from.u32(),
  };
  checkHeader(header);
  return header;
}

function checkHeader({ suite, kind, epoch, devSeq, ciphertextBytes }: EnvelopeHeader): void {
  if (suite !== SUITE_AES_256_GCM)
    throw new WireError("An envelope has an unknown suite.", "unsupported");
  if (epoch === 0) throw new WireError("An envelope has no epoch.");
  if (kind === "entry" && devSeq === 0) throw new WireError("An entry has no number.");
  if (ciphertextBytes > LIMITS.ciphertextBytes) {
    throw new WireError("An envelope is too large.", "too-large");
  }
  if (!isSealedSize(ciphertextBytes)) throw new WireError("An envelope has a size of its own.");
}

import { equalBytes, type Bytes } from "../wire/bytes.ts";
import {
  AEAD_NONCE_BYTES,
  ENVELOPE_HEADER_BYTES,
  SUITE_AES_256_GCM,
  decodeEnvelope,
  encodeEnvelopeHeader,
  envelopeAad,
  joinEnvelope,
  type EnvelopeKind,
} from "../wire/envelope.ts";
import type { WriterKey } from "./key-schedule.ts";
import { pad, unpad } from "./padding.ts";
import { unreadable, type Suite } from "./suite.ts";

/** Where an envelope belongs. Sealed into it, and compared when it is opened. */
export interface EnvelopePlace {
  readonly vaultId: Bytes;
  readonly kind: EnvelopeKind;
  readonly epoch: number;
  readonly deviceId: Bytes;
  readonly recordId: Bytes;
  readonly devSeq: number;
}

/**
 * Pads and seals.
 *
 * @throws {WireError} `too-large` for content above `MAX_CONTENT_BYTES`
 */
export async function sealEnvelope(
  suite: Suite,
  { key, kid }: WriterKey,
  { vaultId, ...place }: EnvelopePlace,
  content: Uint8Array,
): Promise<Bytes> {
  const padded = pad(content);
  const nonce = suite.random(AEAD_NONCE_BYTES);
  const header = encodeEnvelopeHeader({
    ...place,
    suite: SUITE_AES_256_GCM,
    kid,
    nonce,
    ciphertextBytes: padded.length + 16,
  });
  return joinEnvelope(header, await suite.seal(key, nonce, envelopeAad(vaultId, header), padded));
}

/**
 * Opens what stands in a given place, and nothing else. The record id is checked where the place names one; the manifest does not, so
 * a reader of entries takes it from the header, which the tag covers.
 *
 * @throws {WireError} `malformed`, `unsupported` or `too-large` for what is no envelope; `unreadable` for everything else: another
 *   place, another key, a wrong tag, wrong padding
 */
export async function openEnvelope(
  suite: Suite,
  { key, kid }: WriterKey,
  place: Omit<EnvelopePlace, "recordId"> & { readonly recordId?: Bytes },
  bytes: Uint8Array,
): Promise<{ readonly recordId: Bytes; readonly content: Bytes }> {
  const { header, ciphertext } = decodeEnvelope(bytes);
  if (
    header.kind !== place.kind ||
    header.epoch !== place.epoch ||
    header.devSeq !== place.devSeq ||
    !equalBytes(header.deviceId, place.deviceId) ||
    (place.recordId && !equalBytes(header.recordId, place.recordId)) ||
    !equalBytes(header.kid, kid)
  ) {
    throw unreadable();
  }
  const aad = envelopeAad(place.vaultId, bytes.subarray(0, ENVELOPE_HEADER_BYTES));
  const padded = await suite.open(key, header.nonce, aad, ciphertext);
  return { recordId: header.recordId, content: unpad(padded) };
}

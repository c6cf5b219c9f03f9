import * as z from "zod/mini";
import { decodedLength, isBase64url } from "./base64url.ts";
import {
  DEVICE_ID_BYTES,
  DOT_BYTES,
  HASH_BYTES,
  LIMITS,
  MAILBOX_ID_BYTES,
  NONCE_BYTES,
  SIGNATURE_BYTES,
  STORE_ID_BYTES,
  VAULT_ID_BYTES,
} from "./limits.ts";
import { ENVELOPE_HEADER_BYTES } from "./envelope.ts";

export const MIN_MANIFEST_BYTES = 235;
export const MIN_ENVELOPE_BYTES = ENVELOPE_HEADER_BYTES + 272;

/** A text that stands for so many bytes. */
export const bytes = (min: number, max = min) =>
  z.string().check(
    z.minLength(Math.ceil((min * 4) / 3)),
    z.maxLength(Math.ceil((max * 4) / 3)),
    z.refine((text) => isBase64url(text) && inRange(decodedLength(text.length), min, max)),
  );
export const count = z.int().check(z.nonnegative());
export const positive = z.int().check(z.positive());
export const uint32 = z.int().check(z.nonnegative(), z.maximum(4_294_967_295));
export const time = z.int().check(z.nonnegative());
export const list = <T extends z.ZodMiniType>(of: T, max: number) =>
  z.array(of).check(z.maxLength(max));

/** The fields that inputs and outputs share. */
export const vaultId = bytes(VAULT_ID_BYTES);
export const deviceId = bytes(DEVICE_ID_BYTES);
export const hash = bytes(HASH_BYTES);
export const nonce = bytes(NONCE_BYTES);
export const signature = bytes(SIGNATURE_BYTES);
export const storeId = bytes(STORE_ID_BYTES);
export const mailboxId = bytes(MAILBOX_ID_BYTES);
export const token = bytes(32);
/** Host and port. */
export const audience = z.string().check(z.regex(/^[a-z\d.:[\]_-]{1,255}$/));
export const code = z.string().check(z.regex(/^[\dA-HJKMNP-TV-Z]{8}$/));
export const slot = z.int().check(z.nonnegative(), z.maximum(LIMITS.linkSlots - 1));

/** From `keep-recovery`, which adds no field, to `genesis`. */
export const logEntry = bytes(155, 315);
/** From one that purges a single dot to what fills a push. */
export const manifest = bytes(MIN_MANIFEST_BYTES, LIMITS.pushBytes);
export const envelope = bytes(MIN_ENVELOPE_BYTES, ENVELOPE_HEADER_BYTES + LIMITS.ciphertextBytes);
export const snapshotManifest = bytes(
  212,
  512 + LIMITS.snapshotBlobs * (HASH_BYTES + 8) + LIMITS.devices * (DOT_BYTES + HASH_BYTES),
);
export const linkMessage = bytes(2, LIMITS.linkMessageBytes);

export const box = { epoch: positive, recipient: deviceId, box: bytes(60, 80) };
export const heads = list(z.object({ deviceId, batchNo: positive, hash }), LIMITS.devices);
export const cursor = { storeId, seq: count };

function inRange(length: number, min: number, max: number): boolean {
  return length >= min && length <= max;
}

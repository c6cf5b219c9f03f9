import { ENVELOPE_HEADER_BYTES } from "./envelope.ts";
import {
  DEVICE_ID_BYTES,
  DOT_BYTES,
  HASH_BYTES,
  LIMITS,
  MAILBOX_ID_BYTES,
  NONCE_BYTES,
  STORE_ID_BYTES,
  VAULT_ID_BYTES,
} from "./limits.ts";
import type { Base64url, Cursor, SealedBox, WireHead } from "./procedures.ts";
import { bytes, int, list, object, text, type Shape } from "./shape.ts";

export const MIN_MANIFEST_BYTES = 235;
export const MIN_ENVELOPE_BYTES = ENVELOPE_HEADER_BYTES + 272;

/** The fields that inputs and outputs share. */
export const count: Shape<number> = int(0);
export const positive: Shape<number> = int(1);
export const uint32: Shape<number> = int(0, 4_294_967_295);

export const vaultId: Shape<Base64url> = bytes(VAULT_ID_BYTES);
export const deviceId: Shape<Base64url> = bytes(DEVICE_ID_BYTES);
export const hash: Shape<Base64url> = bytes(HASH_BYTES);
export const nonce: Shape<Base64url> = bytes(NONCE_BYTES);
export const storeId: Shape<Base64url> = bytes(STORE_ID_BYTES);
export const mailboxId: Shape<Base64url> = bytes(MAILBOX_ID_BYTES);
export const token: Shape<Base64url> = bytes(32);
export const code: Shape<string> = text(/^[\dA-HJKMNP-TV-Z]{8}$/);

/** From `keep-recovery`, which adds no field, to `genesis`. */
export const logEntry: Shape<Base64url> = bytes(155, 315);
/** From one that purges a single dot to what fills a push. */
export const manifest: Shape<Base64url> = bytes(MIN_MANIFEST_BYTES, LIMITS.pushBytes);
export const envelope: Shape<Base64url> = bytes(
  MIN_ENVELOPE_BYTES,
  ENVELOPE_HEADER_BYTES + LIMITS.ciphertextBytes,
);
export const snapshotManifest: Shape<Base64url> = bytes(
  212,
  512 + LIMITS.snapshotBlobs * (HASH_BYTES + 8) + LIMITS.devices * (DOT_BYTES + HASH_BYTES),
);
export const linkMessage: Shape<Base64url> = bytes(2, LIMITS.linkMessageBytes);

export const box: Shape<SealedBox> = object({
  epoch: positive,
  recipient: deviceId,
  box: bytes(60, 80),
});
export const heads: Shape<readonly WireHead[]> = list(
  object({ deviceId, batchNo: positive, hash }),
  LIMITS.devices,
);
export const cursor: Shape<Cursor> = object({ storeId, seq: count });

import type { Suite } from "../crypto/suite.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import { RECORD_ID_BYTES } from "../wire/limits.ts";
import { tagged } from "../wire/tags.ts";

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const DEVICE = /^device:[\da-f]{32}$/;
/** The field of a record whose id does not follow from its key. */
export const ID_FIELD = "id";

/**
 * The recordId of a vault's record: the 16 bytes of its id where that is a UUID, else a hash that tells nothing of it. So one export that
 * is imported on two devices gives one record. The name of a device stands under its deviceId.
 */
export async function recordKeyOf(
  suite: Pick<Suite, "sha256">,
  vaultId: Bytes,
  id: string,
): Promise<string> {
  if (UUID.test(id)) return id.replaceAll("-", "");
  if (DEVICE.test(id)) return id.slice("device:".length);
  const hash = await suite.sha256(tagged("record", vaultId, new TextEncoder().encode(id)));
  return bytesKey(hash.slice(0, RECORD_ID_BYTES));
}

/** `field`: what the record itself says its id is; `null` where that follows from the key. */
export function vaultIdOfKey(key: string, field: unknown): string {
  if (typeof field === "string") return field;
  return [
    key.slice(0, 8),
    key.slice(8, 12),
    key.slice(12, 16),
    key.slice(16, 20),
    key.slice(20),
  ].join("-");
}

/** Whether the id must stand in the record, because the key does not give it back. */
export function needsIdField(id: string): boolean {
  return !UUID.test(id);
}

export function deviceRecord(deviceKey: string): string {
  return `device:${deviceKey}`;
}

export function isDevice(id: string): boolean {
  return DEVICE.test(id);
}

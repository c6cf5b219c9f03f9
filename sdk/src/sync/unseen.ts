import { hashText } from "../text/hash.ts";
import type { SyncRecordRow } from "../vault/sync-store.ts";
import { bytesKey } from "../wire/bytes.ts";
import type { VaultAccess } from "./engine-port.ts";
import { toDot, type Ledger } from "./ledger.ts";
import { isForgotten } from "./merge.ts";
import type { HeldRecord } from "./replica.ts";

/**
 * Whether this device has given a memory a text that who forgets it elsewhere cannot have seen: it was not sent yet, or the row that
 * carried it first stands untouched beside the tombstone. Where that is not sure, the text is one of those that were forgotten.
 */
export function isUnseen(
  access: Pick<VaultAccess, "device">,
  ledger: Pick<Ledger, "state">,
  held: HeldRecord,
): boolean {
  const { row, outbox, dots, state } = held;
  if (!row?.shape || !held.local || !state || isForgotten(state)) return false;
  const isUnsent = outbox?.op === "put" && isTextUnsent(access, ledger, held);
  return isUnsent || dots.some(({ dot }) => dot === row.wrote);
}

/** Whether the text that is here was written here, and no batch with it was stored at the server. */
export function isTextUnsent(
  { device }: Pick<VaultAccess, "device">,
  { state: { nextSeq } }: Pick<Ledger, "state">,
  { row, local }: Pick<HeldRecord, "row" | "local">,
): boolean {
  if (!local || !row?.shape) return false;
  return row.shown !== hashText(local.record.text) || isUnstored(row);

  /** Of a batch that was refused: its numbers are given again. */
  function isUnstored({ wrote }: SyncRecordRow): boolean {
    if (wrote === undefined) return false;
    const { deviceId, devSeq } = toDot(wrote);
    return bytesKey(deviceId) === bytesKey(device.deviceId) && devSeq >= nextSeq;
  }
}

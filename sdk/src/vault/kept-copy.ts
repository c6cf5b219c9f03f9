import type { RecordDraft } from "../domain/stored-record.ts";
import type { SyncRecordRow } from "./sync-store.ts";

/**
 * - `removed-device`: a device wrote it after it was removed. - `forgotten`: its text was edited here, and it was forgotten elsewhere by
 *   who cannot have seen that.
 */
export type CopyReason = "removed-device" | "forgotten";

/** A memory that left the vault though somebody may want it. This device alone has it, and nothing but a list of copies reads it. */
export interface KeptCopy {
  readonly draft: RecordDraft;
  readonly why: CopyReason;
  /** Who wrote its text: the deviceId in hex. */
  readonly by: string;
}

/** What of it a forget means. */
export interface BesideTarget {
  /** Copies, by their keys. */
  readonly copies?: readonly string[];
  /**
   * Why the records leave, where nobody forgets them here. `forgotten`: a copy that was kept because of that stays, as it holds what was
   * not seen there. `removed-device`: nobody forgot anything, and all of it stays.
   */
  readonly why?: CopyReason;
  /** Nothing is to be left: where no memory is, all goes that is kept beside them. */
  readonly everything?: boolean;
}

export type CopyRow = SyncRecordRow & { readonly copy: KeptCopy };

export function isCopy<T extends SyncRecordRow>(row: T): row is T & CopyRow {
  return row.copy !== undefined;
}

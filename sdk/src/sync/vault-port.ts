import type { RecordDraft } from "../domain/stored-record.ts";
import type { AppliedRows } from "../vault/sync-store.ts";

/** What sync needs of who owns the vault, beside its tables. */
export interface VaultPort {
  /** The tail entry of the document index. */
  entryOf(draft: RecordDraft): Uint8Array<ArrayBuffer>;
  textHashOf(text: string, user: string | undefined): string;
  /** Takes records that were forgotten elsewhere out of rows, versions, index and vectors, as a forget here does. */
  erase(ids: readonly string[]): Promise<void>;
  /** Told when pulled records stand in the vault. */
  applied(rows: AppliedRows): void;
}

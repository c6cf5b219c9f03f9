import type { RecordDraft } from "../domain/stored-record.ts";
import type { CopyReason } from "../vault/kept-copy.ts";
import type { AppliedRows } from "../vault/sync-store.ts";
import type { IndexEntry, PackEntries } from "../vault/vault.ts";
import type { SpaceVector } from "../vault/vector-store.ts";

/** What sync needs of who owns the vault, beside its tables. */
export interface VaultPort {
  /** The entry of the document index. */
  entryOf(draft: RecordDraft): IndexEntry;
  /** A segment of the document index in the place of many entries. */
  readonly pack: PackEntries;
  /** Runs `work` while no tab seals, compacts or forgets. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  textHashOf(text: string, user: string | undefined): string;
  /** Takes records that leave, for this reason, out of rows, versions, index and vectors, as a forget here does. */
  erase(ids: readonly string[], why: CopyReason): Promise<void>;
  /** Told when pulled records stand in the vault. */
  applied(rows: AppliedRows): Promise<void>;
  /** Vectors of these records, by their `seq`, as far as there are any. */
  vectorsOf(seqs: readonly number[]): Promise<ReadonlyMap<number, SpaceVector>>;
  /** Whether it is one of a space that is in use here. */
  takesVector(vector: SpaceVector): Promise<boolean>;
}

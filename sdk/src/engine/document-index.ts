import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { SegmentChange, VaultChange } from "../vault/vault.ts";

/**
 * The packed document index over the records of a vault: postings of words and character n-grams, and the columns that
 * recall filters and ranks by (thread, position, time, role, speaker, slots, scope, hashes, length). It opens from packed
 * segments and a short tail without reading a record, and takes every later change in without re-indexing.
 *
 * One per open vault. `createDocumentIndex(deps)` in `packed-index.ts` makes it.
 */
export interface DocumentIndex {
  /** Loads segments and tail; rebuilds damaged segments from the records. */
  open(): Promise<void>;
  /** The bytes that the vault stores beside a new record (its tail entry). Pure. */
  entryOf(draft: RecordDraft): Uint8Array<ArrayBuffer>;
  /** Takes in rows that were just committed here, without a round trip to the vault. */
  add(rows: readonly StoredRecord[]): void;
  /** Takes in new marks (`live`, `pinned`, `supersededBy`, `expiresAt`, ...) of rows that are indexed. */
  mark(rows: readonly StoredRecord[]): void;
  /** Takes in a change that another tab made. */
  follow(change: VaultChange): Promise<void>;
  /** The segments that hold bytes of these documents, rewritten without them, for `vault.remove`. Changes nothing by itself. */
  without(seqs: readonly number[]): Promise<readonly SegmentChange[]>;
  /** Drops the documents from memory (after the vault has removed them). */
  drop(seqs: readonly number[]): void;
  /** Seals the tail and merges small segments when it is time; safe to be killed at any await. Needs the maintenance lock. */
  maintain(): Promise<void>;
  readonly size: number;
  stats(): { readonly documents: number; readonly segments: number; readonly tail: number; readonly residentBytes: number };
}

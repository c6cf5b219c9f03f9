import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type {
  IndexEntry,
  PackEntries,
  SegmentChange,
  StoredSegment,
  VaultChange,
} from "../vault/vault.ts";
import type { IndexView } from "./index-view.ts";

/**
 * The packed document index over the records of a vault: postings of words and character n-grams, and the columns that
 * recall filters and ranks by (thread, position, time, role, speaker, slots, scope, hashes, length). It opens from packed
 * segments and a short tail without reading a record, and takes every later change in without re-indexing.
 *
 * The rows of the vault are the truth; the index is a hint that may lag behind them for a moment (a crash between a mark and
 * its note in the index): who shows a record looks at its row again.
 *
 * One per open vault. `createDocumentIndex(deps)` in `packed-index.ts` makes it.
 */
export interface DocumentIndex {
  /** Loads segments and tail; rebuilds damaged segments from the records. */
  open(): Promise<void>;
  /** The bytes that the vault stores beside a new record (its tail entry). */
  entryOf(draft: RecordDraft): Uint8Array<ArrayBuffer>;
  /** The same for many at a time: its bytes are made where they are needed. */
  cut(draft: RecordDraft): IndexEntry;
  /** A segment of many new records, for a vault that stores them without tail entries. Takes entries that `cut` made. */
  readonly pack: PackEntries;
  /** Takes in a segment that `pack` made and that is stored now. */
  takeIn(segment: StoredSegment): void;
  /** To be awaited before `entryOf`, where it can be: fetches what the language of these texts needs. Waits a moment at most. */
  ready(texts: Iterable<string>): Promise<void>;
  /** Takes in rows that were just committed here, without a round trip to the vault. */
  add(rows: readonly StoredRecord[]): void;
  /** Takes in new marks (`live`, `pinned`, `supersededBy`, `expiresAt`, ...) of rows that are indexed. */
  mark(rows: readonly StoredRecord[]): void;
  /** Takes in a change that another tab made. */
  follow(change: VaultChange): Promise<void>;
  /**
   * The segments that hold bytes of these documents, rewritten without them, for `vault.remove`. Changes nothing by itself.
   * Call it and `vault.remove` under the maintenance lock, so that no segment is sealed or merged between the two.
   */
  without(seqs: readonly number[]): Promise<readonly SegmentChange[]>;
  /** Drops the documents from memory (after the vault has removed them, or an edit has given the record a new `seq`). */
  drop(seqs: readonly number[]): void;
  /** Seals the tail, merges small segments and stores marks when it is time. Takes the maintenance lock; safe to be killed at any await. */
  maintain(): Promise<void>;
  /** What recall reads. Good until the next change of the index. */
  view(): IndexView;
  readonly size: number;
  /** Languages other than English (ISO 639-1) that it holds stems of. */
  readonly languages: ReadonlySet<string>;
  stats(): {
    readonly documents: number;
    readonly segments: number;
    readonly tail: number;
    readonly residentBytes: number;
  };
}

import type { Scope } from "../domain/scope.ts";

/**
 * What recall reads of the index. A document is a small whole number, good until the next change of the index: read, rank and
 * note the `seq`s without an `await` between.
 */
export interface IndexView {
  readonly count: number;
  readonly columns: IndexColumns;
  /**
   * The same object as long as documents were only added at the end: what was worked out of the documents up to `count` still holds,
   * but for what expires.
   */
  readonly epoch: object;
  /** One byte a document, the first one for `from` (default 0): 1 where it is live, not expired at `now`, and readable in the scope. */
  readable(scope: Scope, now: number, from?: number): Uint8Array;
  /** What has expired is the same at any time of the span. */
  expirySpan(now: number): ExpirySpan;
  /**
   * Puts the documents that hold this stem, and how often, into `found`, those that `mask` has at 1 only. Their number is the answer.
   * `found` must have room for every document of the mask. With `from` (default 0) only documents from there on are looked for.
   */
  postings(term: string, mask: Uint8Array, found: FoundPostings, from?: number): number;
  /** Other stems of the vault that share runs of letters with this one: share by Dice, 0..1, best first. */
  similarTerms(
    term: string,
    atLeast: number,
    most: number,
  ): readonly { readonly term: string; readonly share: number }[];
  /** The number of a conversation in `columns.thread`; -1 where no document is of it. */
  threadNumber(threadId: string): number;
  /** Lower-case names, by their number in `columns.speaker`. Number 0 is "no name". */
  readonly speakers: readonly string[];
  /** Live neighbour in the same conversation, -1 where there is none. At least `count` long. */
  readonly previous: Int32Array;
  readonly next: Int32Array;
  /** Days that the text speaks of, as days since 1970-01-01. */
  days(document: number): readonly number[];
  /** The document of a `seq`, -1 where there is none. */
  documentOf(seq: number): number;
}

/** Rising documents, each with how often it holds the stem. */
export interface FoundPostings {
  readonly documents: Uint32Array;
  readonly counts: Uint32Array;
}

/** From `since` on (epoch milliseconds), and before `until`. */
export interface ExpirySpan {
  readonly since: number;
  readonly until: number;
}

/** At least `count` long each. */
export interface IndexColumns {
  readonly seq: Float64Array;
  readonly createdAt: Float64Array;
  readonly textHash: Float64Array;
  /** `FLAG` bits. */
  readonly flags: Uint32Array;
  /** `STATE` bits. */
  readonly state: Uint8Array;
  readonly slots: Uint32Array;
  readonly position: Uint32Array;
  /** Tokens of the line that shows it, in sixteenths. */
  readonly tokens: Uint32Array;
  /** Number of stems. */
  readonly length: Uint32Array;
  readonly thread: Uint32Array;
  readonly speaker: Uint32Array;
  readonly scope: Uint32Array;
}

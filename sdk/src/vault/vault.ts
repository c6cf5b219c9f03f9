import type { MemoryFilter } from "../domain/memory-record.ts";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { Scope } from "../domain/scope.ts";
import type { BesideTarget, CopyRow } from "./kept-copy.ts";
import type { SyncStore } from "./sync-store.ts";
import type { SpaceVector, VectorChange, VectorRewrite, VectorStore } from "./vector-store.ts";

/** The open database, which only an adapter's own code looks into. */
export interface VaultInside {
  readonly adapter: "dexie";
}

/**
 * The vault: the one place where memories are kept. All of it is plain data; nothing here knows how recall works: an index
 * entry and an index segment are bytes that the layer above gives and gets back.
 *
 * Contract (`vault.contract.ts` holds it for every adapter):
 * - a change and all that belongs to it (versions, index entry, outbox row, journal row) stand or fall in one transaction;
 * - a promise resolves when the transaction is complete, never at the request's success;
 * - every failure is a `MemoryError` with a `vault/*` code (`usage/not-found` for an id that is not there);
 * - several vaults of one name (tabs, or two in one page) see each other's writes: each is told by `onChange`.
 */
export interface Vault {
  readonly name: string;
  readonly vectors: VectorStore;
  /** What sync keeps here, by code that is loaded with sync. */
  sync(create: (inside: VaultInside) => SyncStore): SyncStore;

  /** Adds records with their index entries, thread and node rows. Rows come back with their `seq`, in the order given. */
  commit(batch: VaultBatch): Promise<readonly StoredRecord[]>;
  /**
   * Reads one record and writes what `change` makes of it, in one transaction, with the state before as a version.
   * `entry` given (the text changed): the record gets a new `seq` and this new index entry, its old document is `touched`.
   * `change` is synchronous and may run again. Returning the same row writes nothing.
   */
  modify(
    id: string,
    change: (row: StoredRecord) => StoredRecord,
    entry?: (row: StoredRecord) => Uint8Array<ArrayBuffer>,
  ): Promise<{ before: StoredRecord; after: StoredRecord }>;
  /**
   * Marks on many rows at once that are no edit (no version is written): `live`, `state`, `supersededBy`, `duplicateOf`.
   * Returns the rows that are there, as they are now; ids that are not there are passed over (forgotten meanwhile).
   */
  mark(marks: readonly RecordMark[]): Promise<readonly StoredRecord[]>;
  /**
   * Removes records for good: rows, versions, tail entries, and the record ids on thread nodes. Threads whose frozen profile
   * may hold their text lose it (all threads of the same user). Earlier states of other records with one of these `textHashes`
   * go too. `segments` replaces index segments that held their bytes, and `vectors` those that held their vectors, in the same
   * transaction. Ids that are not there are passed over. If one of the segments is not there any more, nothing is written and the
   * call rejects (`vault/failed`, retryable): their bytes live on in another segment. What sync keeps beside the records goes along, as
   * far as it is of one of them or says the same; `beside` names more of it.
   */
  remove(
    ids: readonly string[],
    segments: readonly SegmentChange[],
    textHashes?: readonly string[],
    vectors?: readonly VectorRewrite[],
    beside?: BesideTarget,
  ): Promise<RemoveReceipt>;
  /** Copies that sync keeps of memories which left. None where nothing is shared. */
  copies(): Promise<readonly CopyRow[]>;

  /** By id, in the order asked; `null` where there is none. */
  get(ids: readonly string[]): Promise<readonly (StoredRecord | null)[]>;
  /** By `seq`, in the order asked; `null` where there is none (gone meanwhile). */
  bySeq(seqs: readonly number[]): Promise<readonly (StoredRecord | null)[]>;
  /** Newest first. `cursor` is `next` of the page before. Never loads more than it must. Expired records are left out. */
  list(
    query: ListQuery,
  ): Promise<{ readonly rows: readonly StoredRecord[]; readonly next: string | null }>;
  /** Rows with a `seq` of `from` or above in `seq` order, at most `limit`: the next batch starts at the last `seq` + 1. */
  scan(from: number, limit: number): Promise<readonly StoredRecord[]>;
  /** Rows of one user scope whose `textHash`, `nearHash` or one of `factKeys` is among these. */
  matching(
    user: string | undefined,
    by: "textHash" | "nearHash" | "factKeys",
    keys: readonly string[],
  ): Promise<readonly StoredRecord[]>;
  /** Turns of one thread in order of position, live ones only unless `all`. */
  threadRecords(threadId: string, all?: boolean): Promise<readonly StoredRecord[]>;
  /** Records that name one of these ids among their `sources` or as `supersedes` or `duplicateOf`. */
  referring(ids: readonly string[]): Promise<readonly StoredRecord[]>;
  /** States before the present one, newest first. */
  versions(id: string): Promise<readonly StoredVersion[]>;
  /** Earlier states, of any record, whose `textHash` is among these. */
  versionsWithText(textHashes: readonly string[]): Promise<readonly StoredVersion[]>;

  thread(id: string): Promise<ThreadRow | null>;
  /** Nodes with one of these chain hashes, of every thread. */
  nodes(chains: readonly string[]): Promise<readonly TurnNode[]>;
  /** Nodes of the answer that a provider knows by this name, of every thread. */
  nodesOfAnswer(answer: string): Promise<readonly TurnNode[]>;
  /** All nodes of one thread, in no order. */
  threadNodes(threadId: string): Promise<readonly TurnNode[]>;
  /** Reads one thread and writes what `change` makes of it, in one transaction; `null` passed where there is none. */
  modifyThread(
    id: string,
    change: (row: ThreadRow | null) => ThreadRow | null,
  ): Promise<ThreadRow | null>;

  /** The packed index: sealed segments and the tail entries after them. Reads no record. */
  loadIndex(): Promise<StoredIndex>;
  /** Tail entries with a `seq` above this. */
  tailAfter(seq: number): Promise<readonly TailEntry[]>;
  /** Puts sealed segments in the place of tail entries and older segments, in one transaction. */
  replaceSegments(change: SegmentReplacement): Promise<void>;

  stats(): Promise<StoredStats>;
  meta(key: string): Promise<string | null>;
  setMeta(key: string, value: string | null): Promise<void>;

  /** Called for every change, by this vault (`own: true`) or by another of the same name. Returns the way to stop. */
  onChange(listener: (change: VaultChange) => void): () => void;
  /** Called when the vault is taken away: deleted or upgraded elsewhere, evicted, closed by the browser. */
  onLost(listener: (error: Error) => void): () => void;
  close(): Promise<void>;
  /** Closes and deletes all of it. */
  destroy(): Promise<void>;
}

export interface VaultBatch {
  readonly records: readonly {
    readonly draft: RecordDraft;
    readonly entry: Uint8Array<ArrayBuffer>;
    /** Vectors that are there already. Those of a space that is not there are passed over. */
    readonly vectors?: readonly SpaceVector[];
  }[];
  readonly threads?: readonly ThreadPatch[];
  readonly nodes?: readonly TurnNode[];
  /** Marks on rows that are there already, in the same transaction. */
  readonly marks?: readonly RecordMark[];
}

export interface RecordMark {
  readonly id: string;
  readonly live?: boolean;
  readonly state?: NonNullable<StoredRecord["state"]>;
  readonly supersededBy?: string | null;
  readonly supersedes?: string | null;
  readonly duplicateOf?: string | null;
}

export interface ListQuery {
  readonly filter: MemoryFilter;
  /** Isolation: only records readable in this scope; `null`: the whole vault. */
  readonly scope: Scope | null;
  readonly limit: number;
  readonly cursor?: string;
  /** For expiry, epoch milliseconds. */
  readonly now: number;
}

export interface StoredVersion {
  readonly recordId: string;
  readonly row: StoredRecord;
  /** When the next state took its place, epoch milliseconds. */
  readonly until: number;
}

/** A conversation. Its branches are paths in a tree of nodes. */
export interface ThreadRow {
  readonly id: string;
  /** `isolationKey` of the scope. */
  readonly scopeKey: string;
  readonly user?: string;
  /** Chain hash of the last node of the live branch. */
  readonly leaf: string;
  /** The profile text that was put into the thread's first call; absent: not frozen (yet, or thawed by a forget). */
  readonly profile?: string;
  /** Set while a call on the live branch is under way: its id and start (epoch ms). */
  readonly open?: { readonly callId: string; readonly since: number };
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * A change of a thread, merged into the row that is there in the same transaction (so that a profile that a forget has thawed
 * meanwhile does not come back), or a new row.
 */
export interface ThreadPatch {
  readonly id: string;
  readonly scopeKey: string;
  readonly user?: string;
  readonly leaf: string;
  /** Absent: stays as it is. */
  readonly profile?: string;
  /** Absent or `null`: no call is under way any more. */
  readonly open?: ThreadRow["open"] | null;
  /** Sets `updatedAt`, and `createdAt` of a new row. */
  readonly at: number;
}

/**
 * One turn in the tree of a thread: `chain` is the hash of (parent's chain, role, normalised text), seeded by the scope, so
 * equal chains mean equal conversations up to here. Nodes outlive a forgotten record (`recordId: null`): a call that sends the
 * whole history again must not bring the forgotten turn back.
 */
export interface TurnNode {
  readonly chain: string;
  readonly threadId: string;
  readonly parent: string | null;
  readonly depth: number;
  readonly role: "user" | "assistant";
  /** Hash of role and normalised text alone, to find where a shortened history joins the thread. */
  readonly turn: string;
  /** Whether no other node follows it: the end of a branch. */
  readonly leaf: boolean;
  readonly recordId: string | null;
  /** Hash of the provider's id of this answer, by which a later call may follow it without sending it again. */
  readonly answer?: string;
  readonly writtenAt: number;
}

export interface TailEntry {
  readonly seq: number;
  readonly entry: Uint8Array<ArrayBuffer>;
}

/** An entry whose bytes are made when they are asked for. */
export type IndexEntry = () => Uint8Array<ArrayBuffer>;

/** Makes a segment of entries that come many at a time; `null` where nothing of them is searched. */
export type PackEntries = (
  entries: readonly { readonly seq: number; readonly entry: IndexEntry }[],
) => StoredSegment | null;

export interface StoredSegment {
  readonly id: string;
  /** The packed columns and postings, immutable. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What changes afterwards (liveness bits and the like), small. */
  readonly state: Uint8Array<ArrayBuffer>;
}

export interface StoredIndex {
  readonly segments: readonly StoredSegment[];
  readonly tail: readonly TailEntry[];
  /** Ids of segments whose checksum did not hold; the records are still there, so the owner of the format rebuilds them. */
  readonly damaged: readonly string[];
  /**
   * Documents whose marks changed, or that are gone, after their segment or tail entry was written. Their rows tell the truth
   * (`bySeq`: `null` is gone), so an index that reads just these at opening is up to date. Few, where segments are kept up.
   */
  readonly touched: readonly TouchedDocument[];
}

export interface TouchedDocument {
  readonly seq: number;
  /** Grows with every touch, so that a later touch is not settled with an earlier one. */
  readonly at: number;
}

export interface SegmentChange {
  readonly id: string;
  /** `null`: the segment goes. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** `null`: stays as it is. */
  readonly state: Uint8Array<ArrayBuffer> | null;
}

export interface SegmentReplacement {
  readonly put: readonly StoredSegment[];
  /** Segments that go. If one of them is not there any more, nothing is written and the call rejects (`vault/failed`, retryable). */
  readonly drop: readonly string[];
  /**
   * Tail entries that go. If one of them is not there any more (removed, or sealed in another tab), nothing is written and the
   * call rejects (`vault/failed`, retryable), so that a new segment never brings a forgotten text back.
   */
  readonly sealed: readonly number[];
  /** Touches (of `loadIndex`) that the segments in `put` contain. */
  readonly settled?: readonly TouchedDocument[];
}

export interface RemoveReceipt {
  readonly removed: readonly StoredRecord[];
  readonly versions: number;
  /** Copies that sync kept. */
  readonly copies: number;
}

export interface StoredStats {
  readonly records: number;
  readonly turns: number;
  readonly notes: number;
  readonly derived: number;
  readonly threads: number;
  readonly versions: number;
  readonly outbox: number;
  readonly segments: number;
  readonly segmentBytes: number;
  readonly tail: number;
  /** Every scope that holds records, with their number. */
  readonly scopes: readonly { readonly scope: Scope; readonly records: number }[];
}

export interface VaultChange {
  /** Whether this very vault object made it. */
  readonly own: boolean;
  readonly added: readonly number[];
  /** `seq`s that are gone for good, or were replaced by an edit. */
  readonly removed: readonly number[];
  /** `seq`s whose marks changed. */
  readonly marked: readonly number[];
  /** True where segments were replaced (sealed, compacted, rewritten). */
  readonly segments: boolean;
  readonly ids: readonly string[];
  /** Absent where no vector was stored and no segment of vectors replaced. */
  readonly vectors?: readonly VectorChange[];
  /**
   * More happened than the journal still tells (a tab that slept long): whatever is held of this vault is to be loaded again.
   * `added` and `segments` still say what they can.
   */
  readonly missed?: true;
}

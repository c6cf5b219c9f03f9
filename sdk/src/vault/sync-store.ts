import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { KeptCopy } from "./kept-copy.ts";
import type { IndexEntry, PackEntries, StoredSegment, TurnNode } from "./vault.ts";
import type { SpaceVector, VectorChange } from "./vector-store.ts";

/**
 * What sync keeps in the vault, beside the records it is about. To the vault it is plain data: ids, numbers and bytes whose meaning
 * `sync/` knows.
 *
 * Contract (`sync-store.contract.ts` holds it for every adapter):
 * - `apply` writes pulled records, what sync knows of them and the place in the server's row in one transaction; `acknowledge`
 *   removes outbox rows and stores the own head in one;
 * - both, and `seal`, name the outbox rows that they were made from. Where one is another by now (edited or forgotten meanwhile),
 *   nothing is written and the call rejects (`vault/failed`, retryable);
 * - what `apply` writes makes no outbox rows of its own, and reaches the other tabs like any change;
 * - `Vault.remove` takes the texts, tags and names of what is forgotten out of these tables in its own transaction.
 */
export interface SyncStore {
  /** `null`: sync was never on. */
  state(): Promise<SyncStateRow | null>;
  /** All rows of the server that this device holds. */
  dots(): Promise<readonly SyncDotRow[]>;
  /** Rows of these records (their keys). */
  dotsOf(records: readonly string[]): Promise<readonly SyncDotRow[]>;
  /** By key, in the order asked. */
  records(keys: readonly string[]): Promise<readonly (SyncRecordRow | null)[]>;
  /** Of this beginning of their vault ids. */
  recordsNamed(prefix: string): Promise<readonly SyncRecordRow[]>;
  /** Hashes of verified manifests, in the order asked; `null` for one that was never seen. */
  manifests(
    of: readonly { readonly device: string; readonly batchNo: number }[],
  ): Promise<readonly (Uint8Array<ArrayBuffer> | null)[]>;
  /** Changes that wait, oldest first. */
  outbox(limit: number): Promise<readonly OutboxEntry[]>;
  /** In the order asked. */
  outboxOf(ids: readonly string[]): Promise<readonly (OutboxEntry | null)[]>;
  pending(): Promise<number>;
  /** All that is here of these records, in the order asked, as it is at one moment. `id`: of one that sync has no row of. */
  held(of: readonly RecordName[]): Promise<readonly HeldRows[]>;

  /** The batch that was sealed and not acknowledged. */
  sealed(): Promise<SealedBatch | null>;
  /** Stores a sealed batch durably, with the states that it carries. `settled`: outbox rows that have nothing to say. */
  seal(
    batch: SealedBatch | null,
    records: readonly SyncRecordRow[],
    settled: readonly OutboxEntry[],
  ): Promise<void>;
  /** Gives a sealed batch up: it was refused and never stored. */
  unseal(): Promise<void>;
  acknowledge(change: Acknowledgement): Promise<void>;
  /** So many new records get a segment of the index instead of tail entries. */
  readonly packFrom: number;
  /** `pack` makes that segment; `packFrom` records and more are applied under the maintenance lock. */
  apply(change: RemoteChange, pack?: PackEntries): Promise<AppliedRows>;
  /** Changes the state alone. */
  setState(state: SyncStateRow): Promise<void>;
  /** Puts a record that the vault has no row for, and its outbox row. */
  putNamed(record: SyncRecordRow): Promise<void>;
  /** Notes records as changed, where they are not already. */
  requeue(keys: readonly string[]): Promise<void>;
  /** What this device knows of snapshots that it made or read; `null`: nothing. It goes with the server's rows. */
  snapshotNotes(): Promise<SnapshotNotesRow | null>;
  keepSnapshotNotes(notes: SnapshotNotesRow): Promise<void>;
  /** Forgets the server's rows; everything that is held counts as changed. `state` takes the place of the one before. */
  restart(state: SyncStateRow): Promise<void>;
  /** Forgets all that sync knew; everything that is held counts as changed, for a sync that is set up anew. */
  clear(): Promise<void>;
}

export interface RecordName {
  readonly key: string;
  readonly id: string;
}

/** One record in every table that knows of it. */
export interface HeldRows extends RecordName {
  readonly row: SyncRecordRow | null;
  readonly local: LocalMemory | null;
  readonly outbox: OutboxEntry | null;
}

export interface OutboxEntry {
  readonly id: string;
  readonly op: "put" | "remove";
  /** Which change it was: another number is a later one. */
  readonly at: number;
}

/** A record as sync knows it: who wrote what of it when. Its shown text stands in the record alone. */
export interface SyncRecordRow {
  /** recordId in hex. */
  readonly key: string;
  /** The record's id in the vault. */
  readonly id: string;
  /** The encoded state without any text; `null` since the record was forgotten here. */
  readonly shape: Uint8Array<ArrayBuffer> | null;
  /** Hash of the text that is shown. */
  readonly shown: string;
  /** Texts that were written beside the one that is shown. */
  readonly others: readonly OtherText[];
  /** Of an edit of the text that this device sealed: the row that carried it first. */
  readonly wrote?: string;
  /** Where this is no record, but what is kept of one that left. */
  readonly copy?: KeptCopy;
}

export interface OtherText {
  readonly stamp: string;
  readonly text: string;
  readonly textHash: string;
}

export interface SyncDotRow {
  /** deviceId in hex, a colon, devSeq. */
  readonly dot: string;
  /** Key of its record. */
  readonly record: string;
  /** SHA-256 of its envelope. */
  readonly hash: Uint8Array<ArrayBuffer>;
  /** Equal for rows that say the same. */
  readonly digest: string;
  readonly epoch: number;
  readonly tombstone: boolean;
}

/** A row that a manifest named and that was not delivered yet. */
export interface OwedRow {
  readonly dot: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly epoch: number;
  /** Keys of the records whose rows it took the place of. */
  readonly of: readonly string[];
}

export interface ChainRow {
  readonly device: string;
  readonly batchNo: number;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly nextSeq: number;
  readonly logLen: number;
}

export interface SyncStateRow {
  /** Whose it is, both in hex: of another vault it counts for nothing, of another identity of this device everything is read anew. */
  readonly of?: { readonly vault: string; readonly device: string };
  readonly generation: number;
  readonly cursor: { readonly storeId: string; readonly seq: number } | null;
  readonly chains: readonly ChainRow[];
  readonly named: readonly {
    readonly device: string;
    readonly from: number;
    readonly next: number;
  }[];
  /** Dots that were taken out before they were put in. */
  readonly early: readonly string[];
  readonly owed: readonly OwedRow[];
  /** Rows that count as forgotten unless another row of their record is live. */
  readonly orphans: readonly string[];
  /** Records that lost their last row, until the end of the pull says whether another came. */
  readonly bare: readonly string[];
  /** Heads that were told and are not reached yet. */
  readonly claims: readonly {
    readonly device: string;
    readonly batchNo: number;
    readonly hash: Uint8Array<ArrayBuffer>;
  }[];
  /** devSeq of this device's next entry: it outlives generations. */
  readonly nextSeq: number;
  /** Rows of epochs below this are sealed anew though they say nothing new. */
  readonly resealBelow: number;
  readonly lastSyncedAt: number | null;
  /** What devices have said to have seen; rows of before have none. */
  readonly seen?: readonly SeenRow[];
  /** While everything is read anew. */
  readonly reread?: RereadRow | null;
  /** A snapshot that is being taken in. Absent: nobody asked for one yet. `null`: it is done with, or was set aside. */
  readonly bootstrap?: BootstrapRow | null;
}

export interface SeenRow {
  readonly device: string;
  /** Days since 1970-01-01 UTC: when this device last heard of it. */
  readonly day: number;
  /** By device, the devSeq up to which (and without which) its entries were seen. */
  readonly next: Readonly<Record<string, number>>;
}

export interface RereadRow {
  /**
   * - `away`: this device was away for long. - `removed`: a device wrote after it was removed. - `renewed`: this device goes on under
   *   another identity, or came back.
   */
  readonly why: "away" | "removed" | "renewed";
  /** Records whose state counts for nothing until their rows were read. */
  readonly undone: readonly string[];
  /** Records that no row of the server carried when it began. */
  readonly unsent: readonly string[];
}

/** How far a new device is with the snapshot that it begins with. */
export interface BootstrapRow {
  /** As its maker signed it. */
  readonly manifest: Uint8Array<ArrayBuffer>;
  /** The place in the server's row up to which it holds what is live. */
  readonly seq: number;
  /** Whether what members signed up to `seq` was read to its end. */
  readonly isChecked: boolean;
}

/** What was named of each device when a snapshot was made: rows from `next` on are not in it. */
export interface SnapshotReach {
  readonly storeId: string;
  readonly epoch: number;
  readonly named: readonly { readonly device: string; readonly next: number }[];
}

export interface SnapshotNotesRow {
  readonly job: SnapshotJobRow | null;
  /** How far the one is read that the state says is being taken in. */
  readonly reading: { readonly snapshotId: Uint8Array<ArrayBuffer>; readonly blobs: number } | null;
  /** Of the last one that this device made or read. */
  readonly last: SnapshotReach | null;
  /** Epoch ms before which none is begun: the server had no room. */
  readonly notBefore: number;
}

/** A snapshot under way. */
export interface SnapshotJobRow {
  readonly snapshotId: Uint8Array<ArrayBuffer>;
  readonly seq: number;
  readonly generation: number;
  readonly logLen: number;
  readonly logHash: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  readonly root: Uint8Array<ArrayBuffer>;
  readonly heads: readonly {
    readonly device: string;
    readonly batchNo: number;
    readonly hash: Uint8Array<ArrayBuffer>;
  }[];
  readonly reach: SnapshotReach;
  /** Most bytes of a blob that the server takes. */
  readonly blobBytes: number;
  readonly blobs: readonly {
    readonly hash: Uint8Array<ArrayBuffer>;
    readonly bytes: number;
    readonly chunks: number;
  }[];
  /** The last dot in these blobs. */
  readonly after: string | null;
  /** The last of these blobs, while it is not known to be at the server. */
  readonly pending: Uint8Array<ArrayBuffer> | null;
}

export interface SealedBatch {
  /** The body of the push, sent byte for byte until it is answered. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly generation: number;
  readonly items: readonly {
    readonly row: SyncDotRow;
    readonly outbox: OutboxEntry;
    readonly supersedes: readonly string[];
  }[];
}

export interface Acknowledgement {
  readonly sealed: SealedBatch;
  /** Dots that left without a successor. */
  readonly gone?: readonly string[];
  readonly state: SyncStateRow;
  readonly manifest: ManifestRow;
}

export interface ManifestRow {
  readonly device: string;
  readonly batchNo: number;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** What the vault holds of one record, read at one time. */
export interface LocalMemory {
  readonly record: StoredRecord;
  /** Its turn, and the turns right before it of which no record is kept, nearest first. */
  readonly nodes: readonly TurnNode[];
}

export interface RemoteChange {
  /** `null`: it stays. Rows that come count as held from then on, though it says that they are owed. */
  readonly state: SyncStateRow | null;
  readonly manifests: readonly ManifestRow[];
  readonly dots: readonly SyncDotRow[];
  readonly gone: readonly string[];
  readonly records: readonly RemoteRecord[];
}

export interface RemoteRecord {
  readonly row: SyncRecordRow;
  /** `null`: nothing of it stands in the vault (forgotten, or no memory). */
  readonly memory: {
    readonly draft: RecordDraft;
    readonly entry: IndexEntry;
    readonly nodes: readonly TurnNode[];
    readonly vector: SpaceVector | null;
    /** Texts that lost against the one that is shown, and that the history did not have. */
    readonly lost: readonly RecordDraft[];
  } | null;
  /** The outbox row that was merged in; `null`: none. Forgotten records are not compared. */
  readonly from: OutboxEntry | null;
  /** Whether this device has something to say about it. */
  readonly send: boolean;
}

/** What became of the vault's rows, for what is kept beside them. */
export interface AppliedRows {
  readonly added: readonly StoredRecord[];
  /** Of those that have no tail entries. */
  readonly segment: StoredSegment | null;
  /** A new text: the row before and its successor under a new `seq`. */
  readonly replaced: readonly { readonly before: StoredRecord; readonly after: StoredRecord }[];
  readonly marked: readonly StoredRecord[];
  /** Vectors that came with them. */
  readonly vectors: readonly VectorChange[];
}

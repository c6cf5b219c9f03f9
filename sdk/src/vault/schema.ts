import type { Dexie, Table, Transaction } from "dexie";
import type { Scope } from "../domain/scope.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type {
  StoredVersion,
  TailEntry,
  ThreadRow,
  TouchedDocument,
  TurnNode,
  VaultChange,
} from "./vault.ts";
import type {
  ManifestRow,
  SealedBatch,
  SnapshotNotesRow,
  SyncDotRow,
  SyncRecordRow,
} from "./sync-store.ts";
import type { KeptState, OwedPage } from "./kept-state.ts";
import type { PageRow } from "./packed-rows.ts";
import type { VectorPart, VectorRow, VectorSpaceRow } from "./vector-store.ts";

/** What the record indexes need and no caller sees. */
interface RecordKeys {
  /** `ownerKey` of the scope: an absent user is no index key in IndexedDB, so it has a name of its own here. */
  readonly owner: string;
  /** Owner and fact key, so that one user's facts are found without walking over another's. */
  readonly facts: readonly string[];
  /** Every id that the record points at. */
  readonly refs: readonly string[];
}

export type RecordRow = StoredRecord & { readonly keys: RecordKeys };

/** `frozen` is the owner while the thread has a frozen profile, so that a forget finds just those threads. */
export type StoredThread = ThreadRow & { readonly frozen?: string };

/** The bytes stand in a row of their own, so that counting segments does not read them. */
export interface SegmentRow {
  readonly id: string;
  readonly size: number;
  readonly checksum: number;
  readonly state: Uint8Array<ArrayBuffer>;
  readonly stateChecksum: number;
}

export interface ChunkRow {
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The head of a segment of vectors. */
export interface VectorHeadRow {
  readonly id: string;
  readonly space: string;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  readonly dead: Uint8Array<ArrayBuffer>;
  readonly deadChecksum: number;
  readonly parts: Readonly<
    Record<VectorPart, { readonly size: number; readonly checksum: number }>
  >;
}

/** The parts stand in rows of their own, so that one can be read without the other. */
export interface VectorChunkRow {
  readonly id: string;
  readonly part: VectorPart;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One row a record at most: a later change takes the place of an earlier one that was not sent yet. Never any text. */
export interface OutboxRow {
  readonly id: string;
  readonly op: "put" | "remove";
  /** Journal number of the change: a row that was changed again while it was being sent is not taken for sent. */
  readonly at: number;
}

/** One committed change, for the other tabs. Never any text. */
export interface JournalRow extends Omit<VaultChange, "own" | "missed"> {
  readonly n: number;
  /** The vault object that made it. */
  readonly by: string;
  /** Ids in this and all rows before, by which old rows are trimmed. */
  readonly weight: number;
}

export interface TallyRow {
  readonly key: string;
  readonly scope: Scope;
  readonly turn: number;
  readonly note: number;
  readonly derived: number;
}

/** The last numbers given. They stand in a row because a number must never be used again, also after its row is gone. */
export interface Counters {
  readonly seq: number;
  readonly journal: number;
  readonly weight: number;
}

export interface MetaRow {
  readonly key: string;
  readonly value: string | Counters;
}

export interface VaultTables {
  readonly records: Table<RecordRow, number>;
  readonly versions: Table<StoredVersion & { readonly n?: number }, number>;
  readonly threads: Table<StoredThread, string>;
  readonly nodes: Table<TurnNode, [string, string]>;
  readonly tail: Table<TailEntry, number>;
  readonly touched: Table<TouchedDocument, number>;
  readonly segments: Table<SegmentRow, string>;
  readonly chunks: Table<ChunkRow, string>;
  readonly outbox: Table<OutboxRow, string>;
  readonly journal: Table<JournalRow, number>;
  readonly tallies: Table<TallyRow, string>;
  readonly meta: Table<MetaRow, string>;
  readonly vectorSpaces: Table<VectorSpaceRow, string>;
  readonly vectorTail: Table<VectorRow & { readonly space: string }, [string, number]>;
  readonly vectorSegments: Table<VectorHeadRow, string>;
  readonly vectorChunks: Table<VectorChunkRow, [string, string]>;
  readonly vectorGone: Table<{ readonly space: string; readonly seq: number }, [string, number]>;
  readonly syncRecords: Table<StoredSyncRecord, string>;
  readonly syncDots: Table<SyncDotRow, string>;
  readonly syncManifests: Table<ManifestRow, [string, number]>;
  readonly syncState: Table<SyncNoteRow, string>;
  readonly recordPages: Table<PageRow<RecordRow>, number>;
  readonly nodePages: Table<PageRow<TurnNode>, number>;
  readonly syncRecordPages: Table<PageRow<StoredSyncRecord>, number>;
  readonly syncDotPages: Table<PageRow<SyncDotRow>, number>;
}

/** `echoes`: hashes of the texts beside the shown one, so that a forget finds them. */
export type StoredSyncRecord = SyncRecordRow & { readonly echoes: readonly string[] };

/** The state of sync and the rows that are owed, the batch that was sealed last, and what is known of snapshots. */
export type SyncNoteRow =
  | { readonly name: "state"; readonly value: KeptState }
  | { readonly name: `owed:${string}`; readonly value: OwedPage }
  | { readonly name: "sealed"; readonly value: SealedBatch }
  | { readonly name: "snapshots"; readonly value: SnapshotNotesRow };

export type VaultDatabase = Dexie & VaultTables;

/** All indexes on records, by what they answer. */
export const RECORD_INDEX = {
  /** Newest first of one owner, and of all. */
  byOwner: "[keys.owner+createdAt+seq]",
  byTime: "[createdAt+seq]",
} as const;

export interface SchemaVersion {
  /** Counts up by one. */
  readonly version: number;
  /** Tables that are new or whose indexes changed, in Dexie's notation. A table is never dropped: `null` is no value here. */
  readonly stores: Readonly<Record<string, string>>;
  /** Rewrites rows, inside the transaction of the upgrade: it throws, and the vault is as it was. */
  readonly upgrade?: (transaction: Transaction) => PromiseLike<unknown>;
}

/**
 * Every version that was ever released, oldest first. A version that was released is never edited; a change is a new one at the
 * end, and keeps everything that a user put in.
 */
export const SCHEMA_VERSIONS: readonly SchemaVersion[] = [
  {
    version: 1,
    stores: {
      records: `seq, &id, ${RECORD_INDEX.byOwner}, ${RECORD_INDEX.byTime}, threadId, textHash, nearHash, *keys.facts, *keys.refs`,
      versions: "++n, recordId, row.textHash",
      threads: "id, frozen",
      nodes: "[threadId+chain], chain, recordId",
      tail: "seq",
      touched: "seq",
      segments: "id",
      chunks: "id",
      outbox: "id",
      journal: "n, weight",
      tallies: "key",
      meta: "key",
    },
  },
  {
    version: 2,
    stores: {
      nodes: "[threadId+chain], chain, recordId, answer",
      vectorSpaces: "id",
      vectorTail: "[space+seq], seq",
      vectorSegments: "id, space",
      vectorChunks: "[id+part]",
      vectorGone: "[space+seq]",
    },
  },
  {
    version: 3,
    stores: {
      outbox: "id, at",
      syncRecords: "key, id, *echoes",
      syncDots: "dot, record",
      syncManifests: "[device+batchNo]",
      syncState: "name",
    },
  },
  {
    version: 4,
    stores: {
      recordPages: "++n, *keys, [newest+oldest]",
      nodePages: "++n, *keys",
      syncRecordPages: "++n, *keys",
      syncDotPages: "++n, *keys",
    },
  },
];

export const DATABASE_PREFIX = "alcove:";

export function databaseName(vault: string): string {
  return `${DATABASE_PREFIX}${vault}`;
}

/** The database of the keys by which a vault is shared: apart, so that clearing or exporting memories never touches keys. */
export function keysDatabaseName(vault: string): string {
  return `alcove-sync:${vault}`;
}

/** IndexedDB counts in whole numbers; Dexie keeps a decimal place for its own repairs. */
export function nativeVersion(versions: readonly SchemaVersion[]): number {
  return Math.max(...versions.map(({ version }) => version)) * 10;
}

export function declareSchema(db: Dexie, versions: readonly SchemaVersion[]): void {
  for (const { version, stores, upgrade } of versions) {
    const declared = db.version(version).stores({ ...stores });
    if (upgrade) declared.upgrade(upgrade);
  }
}

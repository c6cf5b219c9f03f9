import type { SyncRecord } from "./merge.ts";
import type { RecordDraft } from "../domain/stored-record.ts";
import type { SyncDotRow, SyncRecordRow, SyncStore } from "../vault/sync-store.ts";
import type { IndexEntry, TurnNode } from "../vault/vault.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { VaultAccess } from "./engine-port.ts";
import type * as repairs from "./repairs.ts";
import type { Replica } from "./replica.ts";
import type { VaultPort } from "./vault-port.ts";

export interface PullDeps {
  readonly access: VaultAccess;
  readonly store: SyncStore;
  readonly replica: Replica;
  readonly vault: VaultPort;
  readonly now: () => number;
  /** Reads contents of entries. Throws a `WireError` for what it does not know. */
  readonly decode: (content: Uint8Array) => SyncRecord;
  /** What seldom happens. It is loaded when it does, through here alone: `rare.ts` says why. */
  readonly repairs: () => Promise<typeof repairs>;
}

/** A row that was delivered, verified and read. */
export interface OpenedRow {
  readonly row: SyncDotRow;
  /** `null`: it cannot be taken for a memory, and is set aside. */
  readonly state: SyncRecord | null;
  readonly content: Bytes;
  /** It did not open: `content` is the envelope. */
  readonly sealed?: boolean;
  /** Of an entry that claims to take the place of rows of other records: the keys of these. */
  readonly claims: readonly string[];
  /** What its record would be if nothing else were known of it. */
  readonly shown?: ShownRecord;
}

/** A state as the vault shows it. */
export interface ShownRecord {
  readonly draft: RecordDraft;
  readonly nodes: readonly TurnNode[];
  readonly row: SyncRecordRow;
  readonly entry: IndexEntry;
}

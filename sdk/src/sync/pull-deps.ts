import type { SyncRecord } from "./merge.ts";
import type { SyncDotRow, SyncStore } from "../vault/sync-store.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { VaultAccess } from "./engine-port.ts";
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
}

/** A row that was delivered, verified and read. */
export interface OpenedRow {
  readonly row: SyncDotRow;
  /** `null`: it cannot be taken for a memory, and is set aside. */
  readonly state: SyncRecord | null;
  readonly content: Bytes;
  /** Of an entry that claims to take the place of rows of other records: the keys of these. */
  readonly claims: readonly string[];
}

import type { SyncRecord } from "./merge.ts";
import type { SyncDotRow, SyncStore } from "../vault/sync-store.ts";
import type { VaultAccess } from "./engine-port.ts";
import type { Replica } from "./replica.ts";
import type { VaultPort } from "./vault-port.ts";

export interface PullDeps {
  readonly access: VaultAccess;
  readonly store: SyncStore;
  readonly replica: Replica;
  readonly vault: VaultPort;
  readonly now: () => number;
}

/** A row that was delivered, verified and read. */
export interface OpenedRow {
  readonly row: SyncDotRow;
  readonly state: SyncRecord;
}

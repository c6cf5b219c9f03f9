import type { DeviceKeys } from "../crypto/device-keys.ts";
import type { EpochKey } from "../crypto/key-schedule.ts";
import type { LogState } from "../crypto/member-log.ts";
import type { Suite } from "../crypto/suite.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { Head } from "../wire/dots.ts";
import type { ProcedureInput, ProcedureOutput } from "../wire/procedure-table.ts";
import type { Base64url, LiveEvent } from "../wire/procedures.ts";
import type { SnapshotOutcome, SnapshotStep } from "./snapshot-make.ts";
import type { PlainCopy } from "./sync-types.ts";
import type { CallName } from "./transport.ts";

/** What the side of keys gives to the side of records: who this device is, who else is, and a way to the server. */
export interface VaultAccess {
  readonly suite: Suite;
  readonly vaultId: Bytes;
  readonly device: DeviceKeys;
  /** Heads that the old device had verified when it linked this one: a server that shows less is behind. Empty otherwise. */
  readonly linkedHeads: readonly Head[];
  /** The log as it was last verified. */
  log(): LogState;
  /** Keys of the epochs from the log's lowest to its present one, ascending. */
  epochKeys(): readonly EpochKey[];
  /**
   * Reads and verifies what the log has more at the server, and the keys of new epochs.
   *
   * @throws {@link MemoryError} `sync/vault-fork`, `sync/vault-rollback`, `sync/vault-withheld`, `sync/removed`
   */
  refreshLog(): Promise<LogState>;
  /** Calls with this device's session, which is opened and renewed on the way. Throws as `Transport.call` does. */
  call<Name extends CallName>(
    name: Name,
    input: ProcedureInput<Name>,
    signal?: AbortSignal,
  ): Promise<ProcedureOutput<Name>>;
  /** A blob's bytes from `offset` on, as many as came: at least one. Throws as `Transport.call` does. */
  blob(
    name: { readonly hash: Base64url; readonly offset: number },
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
}

/**
 * The side of records. One call at a time: who calls waits for the call before, and only the leading tab calls.
 *
 * Rejections are of `Transport.call`, or a `MemoryError`: `sync/vault-fork`, `sync/vault-rollback`, `sync/vault-withheld`,
 * `sync/device-forked`, `sync/gap`, `sync/removed`, `sync/full`.
 */
export interface SyncEngine {
  /** Sends what waits in the outbox. */
  push(signal?: AbortSignal): Promise<void>;
  /** The same without asking first what others have written: where somebody has, it is read afterwards. */
  send(signal?: AbortSignal): Promise<void>;
  /** Takes in what the server has more, up to its end. `news`: a hint; nothing is asked where all of it is here. */
  pull(signal?: AbortSignal, news?: LiveEvent): Promise<void>;
  /** Pulls and pushes until there is nothing more to do on either side. */
  now(signal?: AbortSignal): Promise<void>;
  status(): Promise<EngineStatus>;
  /** The newest verified manifest of every device in the present generation: what a revocation pins, and a linked device is told. */
  heads(): Promise<readonly Head[]>;
  /** Names that were given to devices, by the deviceId in hex. They are records of the vault like any other. */
  deviceNames(): Promise<ReadonlyMap<string, string>>;
  renameDevice(deviceId: Bytes, name: string): Promise<void>;
  /** Everything that this device holds counts as not sent, from batch 1 of the log's new generation; `now()` sends it. */
  restart(): Promise<void>;
  /** Seals every live row anew under the log's present epoch. Goes on where it was interrupted. */
  reencrypt(signal?: AbortSignal): Promise<void>;
  /** Copies of memories that left the vault though somebody may want them. They are on this device only. */
  copies(): Promise<readonly PlainCopy[]>;
  discard(ids: readonly string[]): Promise<void>;
  /**
   * Takes this vault up. What this device knows of it from before, under another identity, is compared with what it holds now; of a vault
   * that it does not know, and of one that it knew last, all memories count as not sent.
   */
  adopt(): Promise<void>;
  /** Before this device leaves the vault: copies go. What it knows of the memories stays, for `adopt`. */
  leave(): Promise<void>;
  /** Whether there are so many rows that a new device is better off with a snapshot. */
  isLarge(): boolean;
  /** Goes one step on with a snapshot for new devices, where one is due; what it needs of the server happens between the steps. */
  snapshot(outcome: SnapshotOutcome, signal?: AbortSignal): Promise<SnapshotStep>;
}

export interface EngineStatus {
  /** Changes that wait to be sent. */
  readonly pending: number;
  /** Epoch ms; `null`: never yet. */
  readonly lastSyncedAt: number | null;
  /** Ids of memories that are too large to be sent. They stay on this device until they shrink. */
  readonly tooLarge: readonly string[];
  /** Contents of other devices that this version cannot read. They are kept as they came. */
  readonly aside: number;
  /** Of those the ones that do not open: for each the device that wrote it, in hex. */
  readonly unopened: readonly string[];
  /** Copies that are kept of memories which left. */
  readonly copies: number;
  /** It was away for long, and reads everything anew. */
  readonly away: boolean;
}

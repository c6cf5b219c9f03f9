import type { MemoryError } from "./errors.ts";
import type { Scope } from "./scope.ts";

/** How sync stands. */
export interface SyncStatus {
  /**
   * - `off`: this vault is on this device only;
   * - `idle`: nothing is under way; `problem` may say what is tried again soon;
   * - `offline`: the server does not answer; changes wait;
   * - `stopped`: by `problem`, which does not pass by itself;
   * - `unavailable`: there is no vault here to share.
   */
  readonly state: "unavailable" | "off" | "idle" | "syncing" | "offline" | "stopped";
  /** Changes that wait to be sent; `null` where nobody has counted. */
  readonly pending: number | null;
  /** Epoch ms of the last time at which nothing was missing; `null`: never yet. */
  readonly lastSyncedAt: number | null;
  /** While a device that has just joined fetches what is there; `null` otherwise. */
  readonly progress: SyncProgress | null;
  readonly problem: MemoryError | null;
}

/** A copy of a memory that left the vault. It is on this device only. */
export interface SyncCopy {
  /** Of the copy. */
  readonly id: string;
  /** Of the memory that it was. */
  readonly memoryId: string;
  readonly text: string;
  readonly tags: readonly string[];
  /** Whose it was, and where. */
  readonly scope: Scope;
  /** Epoch ms. */
  readonly updatedAt: number;
  /** Who wrote the text: the id of a {@link SyncDevice}. */
  readonly deviceId: string;
  /** `removed-device`: a device wrote it after it was removed. `forgotten`: its text was edited here, and it was forgotten elsewhere meanwhile. */
  readonly reason: "removed-device" | "forgotten";
}

/** How far the first fetch is. */
export interface SyncProgress {
  /** `checking`: what members have signed is read, which says what there must be. `fetching`: the memories themselves arrive. */
  readonly phase: "checking" | "fetching";
  /** Memories, those that were forgotten among them. */
  readonly done: number;
  /** `null`: nobody knows before the end. */
  readonly total: number | null;
}

/** A device that shares the vault, or did. */
export interface SyncDevice {
  /** 32 hexadecimal digits, of its key. */
  readonly id: string;
  /** As `sync.rename` gave it; only devices can read it. */
  readonly name: string | null;
  readonly isThis: boolean;
  readonly removed: boolean;
  /** Epoch ms of the day (UTC) on which the server saw it last: it stores no times. `null`: never. */
  readonly lastSeenAt: number | null;
}

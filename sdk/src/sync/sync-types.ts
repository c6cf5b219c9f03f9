import type { MemoryErrorCode } from "../domain/errors.ts";
import type { Scope } from "../domain/scope.ts";
import type { SyncProgress } from "../domain/sync-status.ts";
import type { CopyReason } from "../vault/kept-copy.ts";

/** Names in the key database: what this device knows of its vault, and that it was removed from one. */
export const MEMBERSHIP = "membership";
export const REMOVED = "removed";
/** That this device goes on under another identity and has not told it yet, and the keys of one that it is about to take. */
export const RENEWED = "renewed";
export const NEXT_DEVICE = "next-device";
export const KEPT_WHILE_SHARED = [MEMBERSHIP, REMOVED] as const;

/** What is told of sync, as plain cloneable data. */
export interface PlainStatus {
  readonly state: "off" | "idle" | "syncing" | "offline" | "stopped";
  readonly pending: number | null;
  readonly lastSyncedAt: number | null;
  readonly progress: SyncProgress | null;
  readonly problem: PlainProblem | null;
}

export interface PlainProblem {
  readonly code: MemoryErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export interface PlainDevice {
  /** In hex. */
  readonly id: string;
  readonly name: string | null;
  readonly isThis: boolean;
  readonly removed: boolean;
  /** Epoch ms of the day, UTC; the server stores no times. `null`: never yet. */
  readonly lastSeenAt: number | null;
}

export interface PlainCopy {
  readonly id: string;
  readonly memoryId: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly scope: Scope;
  readonly updatedAt: number;
  readonly deviceId: string;
  readonly reason: CopyReason;
}

/** Every call of sync, as the page makes them of the worker. What lives on between two calls is named by `id`. */
export interface SyncCalls {
  status(): Promise<PlainStatus>;
  create(url: string, invite?: string): Promise<{ readonly id: string; readonly phrase: string }>;
  confirm(id: string, words: readonly string[] | "waived"): Promise<void>;
  join(url: string, phrase: string): Promise<void>;
  request(url: string): Promise<{
    readonly id: string;
    readonly qr: string;
    readonly code: string;
    readonly expiresAt: number;
  }>;
  /** Settles when there are digits to show, or there will be none. */
  requestDigits(id: string): Promise<string | null>;
  requestDone(id: string): Promise<{ readonly fingerprint: string }>;
  cancelRequest(id: string): Promise<void>;
  approve(qrOrCode: string): Promise<{
    readonly id: string;
    readonly method: "qr" | "code";
    readonly fingerprint: string;
  }>;
  confirmApproval(id: string, digits?: string): Promise<void>;
  declineApproval(id: string): Promise<void>;
  devices(): Promise<readonly PlainDevice[]>;
  rename(deviceId: string, name: string): Promise<void>;
  revoke(deviceId: string): Promise<void>;
  rotate(reencrypt: boolean): Promise<void>;
  now(): Promise<void>;
  copies(): Promise<readonly PlainCopy[]>;
  discard(ids: readonly string[]): Promise<void>;
  reseed(): Promise<void>;
  disable(destroyRemote: boolean): Promise<void>;
}

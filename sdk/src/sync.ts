import { MemoryError } from "./domain/errors.ts";

/** Sync between devices. This version has none: every call rejects with `sync/unavailable`. */
export interface Sync {
  create(options: { readonly url: string }): Promise<{
    readonly phrase: string;
    confirm(words: readonly string[] | "waived"): Promise<void>;
  }>;
  join(options: { readonly url: string; readonly phrase: string }): Promise<void>;
  readonly link: {
    request(options: { readonly url: string }): Promise<never>;
    approve(qrOrCode: string): Promise<never>;
  };
  status(): SyncStatus;
  devices(): Promise<never>;
  rename(deviceId: string, name: string): Promise<void>;
  revoke(deviceId: string): Promise<void>;
  rotate(options?: { readonly reencrypt?: boolean }): Promise<void>;
  now(): Promise<void>;
  reseed(): Promise<void>;
  disable(options?: { readonly destroyRemote?: boolean }): Promise<void>;
}

export interface SyncStatus {
  readonly state: "unavailable";
  /** Changes that wait to be sent. */
  readonly pending: number | null;
  readonly lastSyncedAt: number | null;
  readonly problem: MemoryError | null;
}

export function createUnavailableSync(): Sync {
  const problem = (): MemoryError =>
    new MemoryError(
      "sync/unavailable",
      "This version of Alcove keeps one vault on one device; sync is not in it yet. Use export() and import() to move a vault.",
    );
  const refuse = async (): Promise<never> => {
    throw problem();
  };
  return {
    create: refuse,
    join: refuse,
    link: { request: refuse, approve: refuse },
    status: () => ({ state: "unavailable", pending: null, lastSyncedAt: null, problem: problem() }),
    devices: refuse,
    rename: refuse,
    revoke: refuse,
    rotate: refuse,
    now: refuse,
    reseed: refuse,
    disable: refuse,
  };
}

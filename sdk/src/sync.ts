import { MemoryError } from "./domain/errors.ts";
import type { SyncCopy, SyncDevice, SyncStatus } from "./domain/sync-status.ts";
import type { PlainStatus, SyncCalls } from "./sync/sync-types.ts";

/**
 * One vault on all devices of a person, through a server that cannot read, forge, swap, or undetectably roll back or fork it.
 *
 * Every call rejects with a {@link MemoryError}: `sync/off` before the vault is shared, `sync/offline` and `sync/busy` (both retryable)
 * where the server cannot do it now, `sync/removed`, `sync/keys-lost`, `sync/vault-fork`, `sync/vault-rollback`,
 * `sync/vault-withheld`, `sync/unavailable`, and what stands with it.
 */
export interface Sync {
  /**
   * Shares this vault. The phrase opens it when all devices are lost: it is shown once and stored nowhere.
   *
   * @throws `sync/on`; `confirm`: `sync/words`, `sync/refused`
   */
  create(options: {
    readonly url: string;
    /** Where the server asks for an invitation. */
    readonly invite?: string;
  }): Promise<{
    readonly phrase: string;
    /**
     * Nothing is sent before this. May be called again after it was rejected.
     *
     * @param words three or more words of the phrase in their order, as the user has typed them; `"waived"`: the user does without
     */
    confirm(words: readonly string[] | "waived"): Promise<void>;
  }>;
  /** Takes part by the phrase. What this device has is merged in. @throws `sync/phrase`, `sync/not-found`, `sync/full`, `sync/on` */
  join(options: { readonly url: string; readonly phrase: string }): Promise<void>;
  readonly link: {
    /** On the new device. @throws `sync/on` */
    request(options: { readonly url: string }): Promise<LinkRequest>;
    /**
     * On a device that has the vault.
     *
     * @param qrOrCode what a camera has read, or the eight characters as typed
     * @throws `sync/link-code`, `sync/link-expired`, `sync/link-forged`
     */
    approve(qrOrCode: string): Promise<LinkApproval>;
  };
  /** As it was last told; `memory.on("sync", ...)` tells every change. */
  status(): SyncStatus;
  /** Removed ones too. */
  devices(): Promise<SyncDevice[]>;
  /** @throws `usage/not-found` */
  rename(deviceId: string, name: string): Promise<void>;
  /** Removes a device. What it has it keeps; what comes later it cannot read. @throws `usage/not-found` */
  revoke(deviceId: string): Promise<void>;
  /**
   * Changes the keys. With `reencrypt` everything is sealed anew and the old keys are let go, so that what somebody kept of the server's
   * data, deleted memories among it, can be read by nobody any more.
   */
  rotate(options?: { readonly reencrypt?: boolean }): Promise<void>;
  /** Sends and fetches until there is nothing more to do. */
  now(): Promise<void>;
  /** Fills the server anew from this device, after it lost or changed what it had. */
  reseed(): Promise<void>;
  /**
   * Copies of memories that left the vault though somebody may want them: texts that were edited here and not sent yet when their memory
   * was forgotten elsewhere, and what a device wrote after it was removed. They stay on this device, and go with a forget that means them, and
   * when sync ends here.
   */
  copies(): Promise<SyncCopy[]>;
  /** Lets copies go, by their own ids. */
  discard(ids: readonly string[]): Promise<void>;
  /**
   * Stops sharing on this device. Memories stay. Where it joins the same vault again, what others forgot meanwhile goes here too, and what was
   * changed here is sent. `destroyRemote`: deletes the vault at the server too, for all devices.
   */
  disable(options?: { readonly destroyRemote?: boolean }): Promise<void>;
}

export interface LinkRequest {
  /** Text of a QR code. It holds a secret: show it to a camera, do not send it. */
  readonly qr: string;
  /** Eight characters to type into the other device instead. */
  readonly code: string;
  /** Epoch ms. */
  readonly expiresAt: number;
  /** Six digits to type into the other device, once it was given the code; `null` where it took the QR. Rejects as `done` does. */
  readonly digits: Promise<string | null>;
  /**
   * Resolves once this device takes part; the fingerprint is the one that the other device shows.
   *
   * @throws `sync/link-expired`, `sync/link-refused`, `sync/link-forged`
   */
  readonly done: Promise<{ readonly fingerprint: string }>;
  cancel(): void;
}

export interface LinkApproval {
  /** `code`: `confirm` needs the digits that the new device shows. */
  readonly method: "qr" | "code";
  /** Twelve characters by which the user sees that both devices mean the same vault. */
  readonly fingerprint: string;
  /** Lets the device in. @throws `sync/link-digits`, after which linking begins anew; `sync/link-code`, `sync/full` */
  confirm(digits?: string): Promise<void>;
  decline(): Promise<void>;
}

/** Calls the worker's part of sync. */
export type CallSync = <Name extends keyof SyncCalls>(
  name: Name,
  ...given: Parameters<SyncCalls[Name]>
) => Promise<Awaited<ReturnType<SyncCalls[Name]>>>;

export interface PageSync {
  readonly sync: Sync;
  /** Takes in what the worker tells. */
  tell(status: PlainStatus): SyncStatus;
  /** Calls off what waits for another device, which would hold up closing. */
  close(): void;
}

export function createSync(call: CallSync): PageSync {
  let status: SyncStatus = {
    state: "off",
    pending: null,
    lastSyncedAt: null,
    progress: null,
    problem: null,
  };
  const cancels = new Set<() => void>();
  const sync: Sync = {
    async create({ url, invite }) {
      const { id, phrase } = await call("create", url, invite);
      return { phrase, confirm: (words) => call("confirm", id, words) };
    },
    join: ({ url, phrase }) => call("join", url, phrase),
    link: {
      async request({ url }) {
        const { id, ...shown } = await call("request", url);
        const digits = call("requestDigits", id);
        const done = call("requestDone", id);
        const cancel = (): void => void call("cancelRequest", id).catch(() => undefined);
        cancels.add(cancel);
        digits.catch(() => undefined);
        done.catch(() => undefined).finally(() => cancels.delete(cancel));
        return { ...shown, digits, done, cancel };
      },
      async approve(qrOrCode) {
        const { id, ...shown } = await call("approve", qrOrCode);
        return {
          ...shown,
          confirm: (digits) => call("confirmApproval", id, digits),
          decline: () => call("declineApproval", id),
        };
      },
    },
    status: () => status,
    devices: async () => [...(await call("devices"))],
    rename: (deviceId, name) => call("rename", deviceId, name),
    revoke: (deviceId) => call("revoke", deviceId),
    rotate: ({ reencrypt = false } = {}) => call("rotate", reencrypt),
    now: () => call("now"),
    reseed: () => call("reseed"),
    copies: async () => [...(await call("copies"))],
    discard: (ids) => call("discard", ids),
    disable: ({ destroyRemote = false } = {}) => call("disable", destroyRemote),
  };
  return {
    sync,
    tell(told) {
      const { problem } = told;
      status = {
        ...told,
        problem: problem && new MemoryError(problem.code, problem.message, { ...problem }),
      };
      return status;
    },
    close() {
      for (const cancel of cancels) cancel();
    },
  };
}

/** Where there is no vault that could be shared. */
export function createUnavailableSync(): Sync {
  const problem = new MemoryError(
    "sync/unavailable",
    "There is no vault here to share (a server, or a browser mode without storage).",
  );
  const { sync } = createSync(() => Promise.reject(problem));
  return {
    ...sync,
    status: () => ({
      state: "unavailable",
      pending: null,
      lastSyncedAt: null,
      progress: null,
      problem,
    }),
  };
}

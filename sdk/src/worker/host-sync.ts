import type { SyncService } from "../sync/sync-service.ts";
import type { SyncCalls } from "../sync/sync-types.ts";

/** Sync as the host serves it: its chunk is loaded by who shares the vault, and by nobody else. */
export interface HostSync {
  call<Name extends keyof SyncCalls>(
    name: Name,
    given: Parameters<SyncCalls[Name]>,
  ): Promise<Awaited<ReturnType<SyncCalls[Name]>>>;
  /** Goes on with sync where this device shares the vault. Never rejects. */
  start(): Promise<void>;
  changed(): void;
  close(): Promise<void>;
}

export interface HostSyncDeps {
  /** Whether this device shares the vault already. */
  readonly isShared: () => Promise<boolean>;
  readonly open: () => Promise<SyncService>;
  readonly report: (error: unknown) => void;
}

export function createHostSync({ isShared, open, report }: HostSyncDeps): HostSync {
  let opening: Promise<SyncService> | null = null;

  return {
    async call(name, given) {
      const opened = await service();
      return (opened[name] as (...all: readonly unknown[]) => Promise<never>)(...given);
    },
    async start() {
      try {
        if (await isShared()) await service();
      } catch (error) {
        report(error);
      }
    },
    changed() {
      void opening?.then(
        (opened) => opened.changed(),
        () => undefined,
      );
    },
    async close() {
      const before = opening;
      opening = null;
      await (await before?.catch(() => null))?.close();
    },
  };

  function service(): Promise<SyncService> {
    opening ??= start().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  async function start(): Promise<SyncService> {
    const opened = await open();
    await opened.start();
    return opened;
  }
}

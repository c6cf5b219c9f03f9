import { MemoryError } from "../domain/errors.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import { createSyncEngine } from "../sync/engine.ts";
import type { VaultPort } from "../sync/vault-port.ts";
import { openSyncService, type SyncMessage, type SyncService } from "../sync/sync-service.ts";
import type { PlainStatus } from "../sync/sync-types.ts";
import { createDexieSyncStore } from "../vault/dexie-sync-store.ts";
import type { Vault } from "../vault/vault.ts";
import { keysDatabaseName } from "../vault/schema.ts";
import type { Forgetter } from "./forget.ts";
import { createSyncVault } from "./sync-vault.ts";
import type { Vectors } from "./vectors.ts";

export interface OpenSyncDeps {
  readonly vault: Vault;
  readonly textHashOf: VaultPort["textHashOf"];
  readonly index: DocumentIndex;
  readonly exclusive: VaultPort["exclusive"];
  readonly forgetter: Forgetter;
  readonly vectors: Pick<Vectors, "follow">;
  readonly onChanged: (ids: readonly string[], kind: "added" | "edited") => void;
  readonly onStatus: (status: PlainStatus) => void;
  /** Told of what is odd and stops nothing. */
  readonly onProblem: (problem: MemoryError) => void;
  readonly now: () => number;
  readonly randomId: () => string;
}

/** Sync of an open vault, with the browser's own means. */
export async function openSync(deps: OpenSyncDeps): Promise<SyncService> {
  const { vault, now, randomId, onStatus, onProblem } = deps;
  if (globalThis.crypto?.subtle === undefined) {
    throw new MemoryError(
      "sync/unavailable",
      "Sync needs a page that was served securely (https, or localhost): browsers give cryptography to no other.",
    );
  }
  const store = vault.sync(createDexieSyncStore);
  const port = createSyncVault(deps);
  const channel = new BroadcastChannel(`alcove:${vault.name}:sync`);
  return openSyncService({
    keysName: keysDatabaseName(vault.name),
    indexedDB,
    crypto,
    createEngine: (access, onProgress, onStanding) =>
      createSyncEngine({ access, store, vault: port, now, onProgress, onStanding, onProblem }),
    lock: (name, signal, work) =>
      navigator.locks
        ? navigator.locks.request(`alcove:${vault.name}:${name}`, signal ? { signal } : {}, work)
        : work(),
    channel: {
      tell: (message) => channel.postMessage(message),
      listen(listener) {
        channel.onmessage = ({ data }: MessageEvent<SyncMessage>) => listener(data);
      },
      close: () => channel.close(),
    },
    onStatus,
    randomId,
    now,
  });
}

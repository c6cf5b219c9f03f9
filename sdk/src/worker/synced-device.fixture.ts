import { textHashOf } from "../capture/text-hash.ts";
import { createDexieSyncStore } from "../vault/dexie-sync-store.ts";
import { createThreadFinder } from "../capture/threads.ts";
import { createTurnStore, type TurnStore } from "../capture/turn-store.ts";
import type { Turn } from "../domain/chat.ts";
import type { Scope } from "../domain/scope.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import { createDocumentIndex } from "../engine/packed-index.ts";
import { createRecallService } from "../recall/recall.ts";
import { createSyncEngine, type SyncEngineDeps } from "../sync/engine.ts";
import type { SyncEngine, VaultAccess } from "../sync/engine-port.ts";
import { openDexieVault } from "../vault/dexie-vault.ts";
import type { Vault } from "../vault/vault.ts";
import { createForgetter, type Forgetter } from "./forget.ts";
import { createRecords, type Records } from "./records.ts";
import { createSyncVault } from "./sync-vault.ts";
import { createVectors } from "./vectors.ts";

/** A device with a vault of its own in this browser, its services, and sync over a server. */
export interface SyncedDevice {
  readonly vault: Vault;
  readonly index: DocumentIndex;
  readonly turns: TurnStore;
  readonly records: Records;
  readonly forgetter: Forgetter;
  readonly engine: SyncEngine;
  /** Ids that were told to listeners, by what became of them. */
  readonly told: { readonly changed: string[]; readonly forgottenElsewhere: string[] };
  say(turns: readonly Turn[], scope?: Scope): ReturnType<TurnStore["storeTurns"]>;
  forget(id: string): Promise<void>;
  find(query: string): Promise<readonly string[]>;
}

export async function openSyncedDevice(
  access: VaultAccess,
  of: Partial<Pick<SyncEngineDeps, "now" | "snapshotRows" | "onProgress" | "onProblem">> = {},
): Promise<SyncedDevice> {
  const { vault } = await openDexieVault({ name: `synced-${crypto.randomUUID()}`, now: Date.now });
  const exclusive = <T>(work: () => Promise<T>): Promise<T> => work();
  const randomId = (): string => crypto.randomUUID();
  const index = createDocumentIndex({ vault, lock: exclusive, newId: randomId });
  await index.open();
  const vectors = createVectors(vault, () => Promise.reject(new Error("no vectors here")));
  const loadRules = () => import("../capture/analyze.ts");
  const recall = createRecallService({
    vault,
    index,
    clock: () => performance.now(),
    loadRequestReader: async () => (await import("../facts/request-reader.ts")).requestReader,
  });
  const threads = createThreadFinder({ vault, now: Date.now, randomId, isBusy: () => false });
  const turns = createTurnStore({
    vault,
    index,
    threads,
    randomId,
    loadRules,
    pause: () => Promise.resolve(),
  });
  const records = createRecords({ vault, index, now: Date.now, loadRules });
  const told = { changed: [] as string[], forgottenElsewhere: [] as string[] };
  const forgetter = createForgetter({
    vault,
    index,
    vectors,
    recall,
    records,
    now: Date.now,
    exclusive,
    onForgotten(ids, elsewhere) {
      if (elsewhere) told.forgottenElsewhere.push(...ids);
    },
  });
  const engine = createSyncEngine({
    now: Date.now,
    ...of,
    access,
    store: vault.sync(createDexieSyncStore),
    vault: createSyncVault({
      textHashOf,
      vault,
      vectors,
      index,
      exclusive,
      forgetter,
      onChanged: (ids) => told.changed.push(...ids),
    }),
  });
  return {
    vault,
    index,
    turns,
    records,
    forgetter,
    engine,
    told,
    async say(said, scope = {}) {
      const place = await threads.find(said, scope);
      return turns.storeTurns({
        place,
        turns: said.slice(place.known),
        scope,
        now: Date.now(),
      });
    },
    async forget(id) {
      await forgetter.forget({
        view: null,
        target: { ids: [id] },
        dryRun: false,
        related: false,
        checkpoint: () => undefined,
        onProgress: () => undefined,
      });
    },
    async find(query) {
      const hits = await recall.search({ query, scope: {}, limit: 10, now: Date.now() });
      return hits.map(({ text }) => text);
    },
  };
}

import { MemoryError } from "../domain/errors.ts";
import { textHashOf } from "../capture/text-hash.ts";
import { createDocumentIndex } from "../engine/packed-index.ts";
import { createRecallService } from "../recall/recall.ts";
import { openDexieVault } from "../vault/dexie-vault.ts";
import { createHost } from "./host.ts";
import { openKeyBox } from "../crypto/key-box.ts";
import { KEPT_WHILE_SHARED } from "../sync/sync-types.ts";
import type { HostApi } from "./host-api.ts";
import { keysDatabaseName } from "../vault/schema.ts";
import { openPrivateFolder, removePrivateFolder } from "../vault/private-folder.ts";
import { createVectors } from "./vectors.ts";

/** The host with its real adapters, for the worker and for the page's own thread. */
export function assembleHost(place: "worker" | "page"): HostApi {
  const loadRequestReader = once(
    async () => (await import("../facts/request-reader.ts")).requestReader,
  );
  const loadStems = once(async () => (await import("../text/snowball-stems.ts")).snowballStems());
  const loadRules = once(() => import("../capture/analyze.ts"));
  const loadContext = once(() => import("../capture/thread-context.ts"));
  const loadObserver = once(() => import("./observe-scope.ts"));
  const loadForgetter = once(() => import("./forget.ts"));
  const pause = createPause();
  return createHost({
    openVault: (name, now) => openDexieVault({ name, now }),
    createIndex: (vault, exclusive) =>
      createDocumentIndex({ vault, lock: exclusive, newId: randomId, loadStems }),
    createRecall: (vault, index, findMeaning) =>
      createRecallService({
        vault,
        index,
        clock: () => performance.now(),
        loadRequestReader,
        loadStems,
        ...(findMeaning ? { findMeaning } : {}),
      }),
    createVectors: (vault, engine, exclusive, report) =>
      createVectors(vault, async () => {
        const { createEngine, createRowFiles } = await import("./vector-engine.ts");
        return createEngine(engine, {
          store: vault.vectors,
          lock: exclusive,
          newId: randomId,
          pause,
          onProblem: report,
          files: createRowFiles({
            openFolder: (create) => openPrivateFolder(vault.name, create),
            lock: (name, work) => lock(`alcove:${vault.name}:${name}`, work),
          }),
        });
      }),
    async loadMeaning({ vectors, ...parts }) {
      const [{ createMeaningTier }, spaces] = await Promise.all([
        import("./meaning-tier.ts"),
        vectors.load(),
      ]);
      return createMeaningTier({ ...parts, spaces, pause, clock: () => performance.now() });
    },
    loadRules,
    loadContext: async () => (await loadContext()).contextBefore,
    loadObserver: async () => (await loadObserver()).observeScope,
    async loadTransfer() {
      try {
        return (await import("./transfer.ts")).createTransfer;
      } catch (cause) {
        throw new MemoryError(
          "engine/load-failed",
          "The chunk that exports and imports could not be loaded. Check that the SDK's files are served together.",
          { cause, retryable: true },
        );
      }
    },
    async loadForgetter() {
      try {
        return (await loadForgetter()).createForgetter;
      } catch (cause) {
        throw new MemoryError(
          "engine/load-failed",
          "The chunk that forgets could not be loaded, and nothing was forgotten. Check that the SDK's files are served together.",
          { cause, retryable: true },
        );
      }
    },
    isShared,
    async openSync(parts) {
      let opened;
      try {
        opened = await import("./open-sync.ts");
      } catch (cause) {
        throw new MemoryError(
          "sync/unavailable",
          "The chunk that shares vaults could not be loaded. Check that the SDK's files are served together.",
          { cause, retryable: true },
        );
      }
      return opened.openSync({ ...parts, textHashOf });
    },
    pause,
    warmUp: async () => (await loadRules()).warmAnalyzer(pause),
    preload: () =>
      void Promise.all([loadRequestReader(), loadRules(), loadStems(), loadForgetter()]).catch(
        () => undefined,
      ),
    lock,
    removeCopies: removePrivateFolder,
    now: Date.now,
    randomId,
    place,
    storage,
  });
}

/** Where the browser does not list databases, that of the keys is opened to see. */
async function isShared(vault: string): Promise<boolean> {
  const database = keysDatabaseName(vault);
  const listed = await indexedDB.databases?.();
  if (listed?.every(({ name }) => name !== database)) return false;
  const keys = await openKeyBox(indexedDB, database);
  try {
    return (await Promise.all(KEPT_WHILE_SHARED.map(keys.get))).some((kept) => kept !== undefined);
  } finally {
    keys.close();
  }
}

/** Without Web Locks (an old browser) a tab holds for itself what it would hold for all. */
function lock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

/**
 * Loads a part of the worker once; one that could not be had is asked for again. Both parts are asked for at opening, so that neither
 * the first recall nor the first capture waits for a file.
 */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

/** A message to ourselves comes after what waits already, and without the delay that browsers put on nested timers. */
function createPause(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}

/** A version 7 UUID (RFC 9562): sorts by time, so rows written together lie together. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(
    0,
    (BigInt(Date.now()) << 16n) | BigInt((bytes[6]! << 8) | bytes[7]!),
  );
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

async function storage(): Promise<{
  usage: number | null;
  quota: number | null;
  persisted: boolean | null;
}> {
  const manager = navigator.storage;
  const [estimate, persisted] = await Promise.all([
    manager?.estimate?.().catch(() => null),
    manager?.persisted?.().catch(() => null),
  ]);
  return {
    usage: estimate?.usage ?? null,
    quota: estimate?.quota ?? null,
    persisted: persisted ?? null,
  };
}

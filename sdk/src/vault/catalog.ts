import { MemoryError } from "../domain/errors.ts";
import type { VaultInfo } from "../domain/stats.ts";
import { removePrivateFolder } from "./private-folder.ts";
import { DATABASE_PREFIX, databaseName, keysDatabaseName } from "./schema.ts";
import { blockedError, vaultError } from "./vault-errors.ts";

/**
 * The vaults of this origin. Beside what the browser lists there is a small database of our own: it serves browsers that do not
 * list, and remembers that a vault held records, so that an empty vault can be told from a lost one.
 *
 * Plain IndexedDB, no Dexie: pages load this without the worker's code.
 */
export interface CatalogDeps {
  /** Default: the realm's own. `undefined` given: there is none. */
  readonly indexedDB?: IDBFactory | undefined;
  /** How long a connection elsewhere may hold up a deletion. Default 4,000. */
  readonly blockedAfterMs?: number;
}

interface CatalogRow {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly held: boolean;
}

const CATALOG = "alcove-catalog";
const VAULTS = "vaults";

/** @throws MemoryError `vault/unavailable` where IndexedDB cannot be used. */
export async function listVaults(deps: CatalogDeps = {}): Promise<VaultInfo[]> {
  const factory = factoryOf(deps);
  const rows = await inCatalog<CatalogRow[]>(
    factory,
    "readonly",
    (store) => store.getAll() as IDBRequest<CatalogRow[]>,
  );
  const byName = new Map<string, VaultInfo>();
  for (const name of (await databaseNames(factory)) ?? rows.map((row) => row.name))
    byName.set(name, { name });
  for (const { name, openedAt } of rows) if (byName.has(name)) byName.set(name, { name, openedAt });
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Deletes a vault from this device. Vaults of this name that are open, here or in other tabs, are closed and hear `onLost`.
 * A vault that is not there is no error.
 *
 * @throws MemoryError `vault/blocked` (retryable) where another tab does not let go; it goes when that tab does.
 */
export async function deleteVault(name: string, deps: CatalogDeps = {}): Promise<void> {
  const factory = factoryOf(deps);
  for (const database of [databaseName(name), keysDatabaseName(name)])
    await deleteDatabase(factory, database, deps.blockedAfterMs ?? 4000);
  await removePrivateFolder(name);
  await inCatalog(factory, "readwrite", (store) => store.delete(name));
}

/** What is remembered of one vault. `held`: it had records when it was last seen. */
export async function recallVault(
  factory: IDBFactory,
  name: string,
): Promise<{ readonly held: boolean }> {
  const row = await inCatalog<CatalogRow | undefined>(
    factory,
    "readonly",
    (store) => store.get(name) as IDBRequest<CatalogRow | undefined>,
  );
  return { held: row?.held ?? false };
}

export async function rememberVault(factory: IDBFactory, row: CatalogRow): Promise<void> {
  await inCatalog(factory, "readwrite", (store) => store.put(row));
}

/**
 * IndexedDB as given, else the realm's own.
 *
 * @throws MemoryError `vault/unavailable` where there is none, or the page may not even look (a sandboxed frame).
 */
export function factoryOf(deps: { readonly indexedDB?: IDBFactory | undefined }): IDBFactory {
  let factory: IDBFactory | undefined;
  try {
    factory = "indexedDB" in deps ? deps.indexedDB : globalThis.indexedDB;
  } catch (error) {
    throw vaultError(error, "open");
  }
  if (!factory)
    throw new MemoryError(
      "vault/unavailable",
      "There is no IndexedDB here (a server, or a browser that blocks site data).",
    );
  return factory;
}

async function databaseNames(factory: IDBFactory): Promise<readonly string[] | null> {
  if (typeof factory.databases !== "function") return null;
  try {
    const found = await factory.databases();
    return found.flatMap(({ name }) =>
      name?.startsWith(DATABASE_PREFIX) ? [name.slice(DATABASE_PREFIX.length)] : [],
    );
  } catch (error) {
    throw vaultError(error, "open");
  }
}

function deleteDatabase(factory: IDBFactory, name: string, blockedAfterMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (run: () => void) => () => {
      clearTimeout(timer);
      run();
    };
    const request = attempt(() => factory.deleteDatabase(name));
    request.onsuccess = settle(resolve);
    request.onerror = settle(() => reject(vaultError(request.error, "open")));
    request.onblocked = () => {
      timer ??= setTimeout(() => reject(blockedError("deleted")), blockedAfterMs);
    };
  });
}

/** One request in one transaction; resolves when the transaction is complete. The connection is held no longer than that. */
async function inCatalog<T>(
  factory: IDBFactory,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = attempt(() => factory.open(CATALOG, 1));
    request.onupgradeneeded = () => request.result.createObjectStore(VAULTS, { keyPath: "name" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      reject(vaultError(request.error, "open"));
    };
  });
  db.onversionchange = () => db.close();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(VAULTS, mode);
      const request = ask(transaction.objectStore(VAULTS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(vaultError(transaction.error, "use"));
    });
  } catch (error) {
    throw vaultError(error, "use");
  } finally {
    db.close();
  }
}

function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw vaultError(error, "open");
  }
}

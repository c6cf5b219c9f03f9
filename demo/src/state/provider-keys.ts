import { signal } from "@preact/signals";
import { KEYED_PROVIDERS, type KeyedProvider } from "./provider-list.ts";
import type { PlainStorage } from "./safe-storage.ts";

/**
 * The person's own keys, one for each provider, so that none ever goes to another. They stay in this page's memory and session
 * storage. Remembered on request, a key is kept sealed with a key that this browser holds and never hands out; it is in no export
 * and in no vault.
 */
export interface ProviderKeys {
  /** The key for a provider; empty where there is none. */
  of(provider: KeyedProvider): string;
  isRemembered(provider: KeyedProvider): boolean;
  load(): Promise<void>;
  set(provider: KeyedProvider, key: string, remember: boolean): Promise<void>;
  forget(provider: KeyedProvider): Promise<void>;
  forgetAll(): Promise<void>;
}

const ITEM = "alcove-demo.provider-keys";
const DATABASE = "alcove-demo-keys";
const STORE = "sealed";

interface Sealed {
  readonly wrapping: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

type Keys = Readonly<Partial<Record<KeyedProvider, string>>>;

export function createProviderKeys(
  session: PlainStorage,
  databases: IDBFactory,
  crypto: Crypto,
): ProviderKeys {
  const keys = signal<Keys>(readSession(session));
  const remembered = signal<ReadonlySet<KeyedProvider>>(new Set());
  const hold = (provider: KeyedProvider, key: string): void => {
    keys.value = { ...keys.value, [provider]: key };
    writeSession(session, keys.value);
  };
  const mark = (provider: KeyedProvider, kept: boolean): void => {
    const others = [...remembered.value].filter((name) => name !== provider);
    remembered.value = new Set(kept ? [...others, provider] : others);
  };
  const erase = async (provider: KeyedProvider): Promise<void> => {
    await withStore(databases, "readwrite", (store) => store.delete(provider));
    mark(provider, false);
  };
  return {
    of: (provider) => keys.value[provider] ?? "",
    isRemembered: (provider) => remembered.value.has(provider),
    async load() {
      const kept = await withStore<IDBValidKey[]>(databases, "readonly", (store) =>
        store.getAllKeys(),
      ).catch((): IDBValidKey[] => []);
      for (const provider of KEYED_PROVIDERS.filter((name) => kept.includes(name))) {
        const sealed = await withStore<Sealed | undefined>(databases, "readonly", (store) =>
          store.get(provider),
        ).catch(() => undefined);
        if (sealed === undefined) continue;
        const bytes = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: sealed.iv },
          sealed.wrapping,
          sealed.bytes,
        );
        keys.value = { ...keys.value, [provider]: new TextDecoder().decode(bytes) };
        mark(provider, true);
      }
    },
    async set(provider, key, remember) {
      hold(provider, key);
      if (!remember) {
        if (remembered.value.has(provider)) await erase(provider);
        return;
      }
      const wrapping = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
        "encrypt",
        "decrypt",
      ]);
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const bytes = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv },
        wrapping,
        new TextEncoder().encode(key),
      );
      const sealed: Sealed = { wrapping, iv, bytes };
      await withStore(databases, "readwrite", (store) => store.put(sealed, provider));
      mark(provider, true);
    },
    async forget(provider) {
      hold(provider, "");
      await erase(provider);
    },
    async forgetAll() {
      keys.value = {};
      writeSession(session, {});
      await withStore<undefined>(databases, "readwrite", (store) => store.clear());
      remembered.value = new Set();
    },
  };
}

function readSession(session: PlainStorage): Keys {
  try {
    const value: unknown = JSON.parse(session.getItem(ITEM) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    const held = new Map<string, unknown>(Object.entries(value));
    const known = KEYED_PROVIDERS.flatMap((provider) => {
      const key = held.get(provider);
      return typeof key === "string" ? [[provider, key]] : [];
    });
    return Object.fromEntries(known) as Keys;
  } catch {
    return {};
  }
}

function writeSession(session: PlainStorage, keys: Keys): void {
  const held = Object.entries(keys).filter(([, key]) => key !== "");
  try {
    if (held.length === 0) session.removeItem(ITEM);
    else session.setItem(ITEM, JSON.stringify(Object.fromEntries(held)));
  } catch {
    // Without session storage the keys last until the page is reloaded.
  }
}

function withStore<T>(
  databases: IDBFactory,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = databases.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error ?? new Error("The key database did not open."));
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        database.close();
        resolve(request.result);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error ?? new Error("The key database did not answer."));
      };
    };
  });
}

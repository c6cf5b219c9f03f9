import { signal, type ReadonlySignal } from "@preact/signals";
import type { PlainStorage } from "./safe-storage.ts";

/**
 * The person's own provider key. It stays in this page's memory and session storage. Remembered on request, it is kept sealed
 * with a key that this browser holds and never hands out; it is in no export and in no vault.
 */
export interface ProviderKey {
  readonly value: ReadonlySignal<string>;
  readonly remembered: ReadonlySignal<boolean>;
  load(): Promise<void>;
  set(key: string, remember: boolean): Promise<void>;
  forget(): Promise<void>;
}

const ITEM = "alcove-demo.provider-key";
const DATABASE = "alcove-demo-keys";
const STORE = "sealed";

interface Sealed {
  readonly wrapping: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

export function createProviderKey(
  session: PlainStorage,
  databases: IDBFactory,
  crypto: Crypto,
): ProviderKey {
  const value = signal(readSession(session));
  const remembered = signal(false);
  return {
    value,
    remembered,
    async load() {
      const sealed = await withStore<Sealed | undefined>(databases, "readonly", (store) =>
        store.get("provider"),
      ).catch(() => undefined);
      if (sealed === undefined) return;
      const bytes = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: sealed.iv },
        sealed.wrapping,
        sealed.bytes,
      );
      value.value = new TextDecoder().decode(bytes);
      remembered.value = true;
    },
    async set(key, remember) {
      value.value = key;
      writeSession(session, key);
      if (!remember) {
        if (remembered.value) await erase(databases);
        remembered.value = false;
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
      await withStore(databases, "readwrite", (store) => store.put(sealed, "provider"));
      remembered.value = true;
    },
    async forget() {
      value.value = "";
      writeSession(session, "");
      await erase(databases);
      remembered.value = false;
    },
  };
}

function readSession(session: PlainStorage): string {
  try {
    return session.getItem(ITEM) ?? "";
  } catch {
    return "";
  }
}

function writeSession(session: PlainStorage, key: string): void {
  try {
    if (key === "") session.removeItem(ITEM);
    else session.setItem(ITEM, key);
  } catch {
    // Without session storage the key lasts until the page is reloaded.
  }
}

function erase(databases: IDBFactory): Promise<void> {
  return withStore<undefined>(databases, "readwrite", (store) => store.clear());
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

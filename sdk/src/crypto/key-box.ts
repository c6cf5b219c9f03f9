/** A place for what structured cloning can carry: keys, above all. */
export interface KeyBox {
  /** `undefined` where nothing is kept, and where the browser can no longer read what it kept. */
  get(name: string): Promise<unknown>;
  /** Resolves once it is on disk. */
  put(name: string, value: unknown): Promise<void>;
  /** All of them or none. */
  putAll(rows: Readonly<Record<string, unknown>>): Promise<void>;
  remove(name: string): Promise<void>;
  close(): void;
}

const STORE = "keys";

/** A database of its own, apart from the vault: clearing or exporting memories never touches keys. */
export async function openKeyBox(indexedDB: IDBFactory, name: string): Promise<KeyBox> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const db = await settled(opening);
  // Another tab that deletes the database would wait for this one.
  db.onversionchange = () => db.close();

  return {
    get: (key) => settled(db.transaction(STORE).objectStore(STORE).get(key)),
    put: (key, value) => write((store) => void store.put(value, key)),
    putAll: (rows) =>
      write((store) => {
        for (const [key, value] of Object.entries(rows)) store.put(value, key);
      }),
    remove: (key) => write((store) => void store.delete(key)),
    close: () => db.close(),
  };

  function write(change: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = db.transaction(STORE, "readwrite", { durability: "strict" });
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("The keys were not kept."));
      // Throws at once for what cannot be cloned, which rejects the promise.
      change(transaction.objectStore(STORE));
    });
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The keys could not be read."));
  });
}

/** A database of this origin under another name, with all its stores, indexes and rows: what copying a profile's files does. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = await opened(indexedDB.open(from));
  const request = indexedDB.open(to, source.version);
  request.onupgradeneeded = () => {
    for (const name of source.objectStoreNames) {
      const store = source.transaction(name).objectStore(name);
      const made = request.result.createObjectStore(name, {
        keyPath: store.keyPath,
        autoIncrement: store.autoIncrement,
      });
      for (const index of store.indexNames) {
        const { keyPath, unique, multiEntry } = store.index(index);
        made.createIndex(index, keyPath, { unique, multiEntry });
      }
    }
  };
  const target = await opened(request);
  for (const name of source.objectStoreNames) {
    const rows = await rowsOf(source, name);
    const transaction = target.transaction(name, "readwrite");
    const store = transaction.objectStore(name);
    for (const { key, value } of rows) {
      if (store.keyPath === null) store.put(value, key);
      else store.put(value);
    }
    await done(transaction);
  }
  source.close();
  target.close();
}

/** Writes every row of a store over, in place. */
export async function changeRows(
  database: string,
  store: string,
  change: (key: IDBValidKey, row: unknown) => unknown,
): Promise<void> {
  const db = await opened(indexedDB.open(database));
  const rows = await rowsOf(db, store);
  const transaction = db.transaction(store, "readwrite");
  for (const { key, value } of rows) transaction.objectStore(store).put(change(key, value), key);
  await done(transaction);
  db.close();
}

export async function putRow(
  database: string,
  store: string,
  key: string,
  row: unknown,
): Promise<void> {
  const db = await opened(indexedDB.open(database));
  const transaction = db.transaction(store, "readwrite");
  transaction.objectStore(store).put(row, key);
  await done(transaction);
  db.close();
}

export async function deleteDatabase(name: string): Promise<void> {
  await opened(indexedDB.deleteDatabase(name));
}

async function rowsOf(
  db: IDBDatabase,
  name: string,
): Promise<readonly { readonly key: IDBValidKey; readonly value: unknown }[]> {
  const store = db.transaction(name).objectStore(name);
  const [keys, values] = await Promise.all([
    opened(store.getAllKeys()),
    opened<unknown[]>(store.getAll()),
  ]);
  return keys.map((key, i) => ({ key, value: values[i] }));
}

function opened<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The database cannot be used."));
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("The copy was not written."));
  });
}

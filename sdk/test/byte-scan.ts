/**
 * Looks for words in all that the origin can read back: every key and value of every IndexedDB database, OPFS, the Cache API, web
 * storage and cookies. Bytes are read as UTF-8, latin1 and UTF-16 (at both offsets), letters of either case count as the same.
 *
 * A packed dictionary may leave the head of a word to its neighbour, so give words whose tail is as unique as the whole.
 */
export async function findInOrigin(words: readonly string[]): Promise<readonly string[]> {
  const needles = words.map((word) => word.toLowerCase());
  const found = new Set<string>();
  const look = async (place: string, value: unknown): Promise<void> => {
    for (const text of await textsOf(value)) {
      const low = text.toLowerCase();
      for (const needle of needles) if (low.includes(needle)) found.add(`${place}: ${needle}`);
    }
  };
  await lookInDatabases(look);
  await lookInFiles(look);
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      await look(`cache ${name}`, request.url);
      await look(`cache ${name}`, await (await cache.match(request))?.arrayBuffer());
    }
  }
  await look("localStorage", JSON.stringify(Object.entries(localStorage)));
  await look("sessionStorage", JSON.stringify(Object.entries(sessionStorage)));
  await look("cookies", document.cookie);
  return [...found];
}

type Look = (place: string, value: unknown) => Promise<void>;

async function lookInDatabases(look: Look): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (name === undefined) continue;
    await look("database names", name);
    const db = await settled(indexedDB.open(name));
    try {
      for (const storeName of db.objectStoreNames) {
        const store = db.transaction(storeName).objectStore(storeName);
        const [keys, values] = await Promise.all([
          settled(store.getAllKeys()),
          settled(store.getAll() as IDBRequest<unknown[]>),
        ]);
        for (const key of keys) await look(`${name}/${storeName} keys`, key);
        for (const value of values) await look(`${name}/${storeName}`, value);
      }
    } finally {
      db.close();
    }
  }
}

async function lookInFiles(look: Look, folder?: FileSystemDirectoryHandle): Promise<void> {
  const here = folder ?? (await navigator.storage.getDirectory());
  for await (const [name, entry] of here.entries()) {
    await look("file names", name);
    if (entry.kind === "directory") await lookInFiles(look, entry);
    else await look(`file ${name}`, await (await entry.getFile()).arrayBuffer());
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Every text in a value, however deep. */
async function textsOf(value: unknown): Promise<readonly string[]> {
  if (typeof value === "string") return [value];
  if (value instanceof Blob) return readings(new Uint8Array(await value.arrayBuffer()));
  if (value instanceof ArrayBuffer) return readings(new Uint8Array(value));
  if (ArrayBuffer.isView(value))
    return readings(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof Map || value instanceof Set) return textsOfAll([...value]);
  if (typeof value === "object" && value !== null) return textsOfAll(Object.entries(value).flat());
  return [];
}

async function textsOfAll(values: readonly unknown[]): Promise<readonly string[]> {
  return (await Promise.all(values.map(textsOf))).flat();
}

function readings(bytes: Uint8Array): readonly string[] {
  return [
    new TextDecoder().decode(bytes),
    new TextDecoder("latin1").decode(bytes),
    new TextDecoder("utf-16le").decode(bytes),
    new TextDecoder("utf-16le").decode(bytes.subarray(1)),
  ];
}

/** What this page needs of web storage. */
export type PlainStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Web storage, or a stand-in that lasts as long as the page where the browser forbids it. */
export function safeStorage(open: () => PlainStorage): PlainStorage {
  try {
    return open();
  } catch {
    const items = new Map<string, string>();
    return {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    };
  }
}

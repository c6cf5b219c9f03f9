import { describe, expect, it } from "vitest";
import { openDexieVault } from "./dexie-vault.ts";
import { databaseName, SCHEMA_VERSIONS } from "./schema.ts";
import { bytes, draft, nodeOf, threadOf } from "./vault-fixtures.ts";

const SECRET = "quince-marmalade-secret";
const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Per table, all that the origin can read back: values, primary keys and the keys of every index, bytes as text. */
async function everythingReadable(name: string): Promise<ReadonlyMap<string, string>> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(databaseName(name));
    request.onsuccess = () => resolve(request.result);
  });
  const found = new Map<string, string>();
  for (const table of db.objectStoreNames) {
    const store = db.transaction(table).objectStore(table);
    const parts: unknown[] = [await all(store.getAll()), await all(store.getAllKeys())];
    for (const index of store.indexNames) parts.push(await indexKeys(store.index(index)));
    found.set(table, readable(parts));
  }
  db.close();
  return found;
}

function all<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
}

function indexKeys(index: IDBIndex): Promise<unknown[]> {
  const keys: unknown[] = [];
  const request = index.openKeyCursor();
  return new Promise((resolve) => {
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve(keys);
      keys.push(cursor.key);
      cursor.continue();
    };
  });
}

/** Bytes are read whole, with the buffer behind a view. */
function readable(value: unknown): string {
  if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value.buffer);
  if (value instanceof ArrayBuffer) return new TextDecoder().decode(value);
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `${key}=${readable(one)}`)
      .join("\n");
  return String(value);
}

const holding = (tables: ReadonlyMap<string, string>): string[] =>
  [...tables].flatMap(([table, text]) => (text.includes(SECRET) ? [table] : []));

describe("forgetting", () => {
  it("leaves no text in any table that the origin can read", async () => {
    const name = `forget-${crypto.randomUUID()}`;
    const { vault } = await openDexieVault({ name, now: () => 1 });
    const packed = encode(`other words ${SECRET} other words`);
    const target = draft({
      text: `I like ${SECRET}`,
      name: SECRET,
      tags: [SECRET],
      metadata: { [SECRET]: SECRET },
      entities: [SECRET],
      factKeys: [`like:${SECRET}`],
      callerId: SECRET,
      threadId: "t1",
      position: 0,
    });
    const sealed = draft({ text: `${SECRET} again` });
    const [, row] = await vault.commit({
      records: [
        { draft: target, entry: packed.subarray(12) },
        { draft: sealed, entry: packed },
        { draft: draft({ text: "stays" }), entry: packed.subarray(0, 5) },
      ],
      threads: [threadOf({ profile: `The user likes ${SECRET}.` })],
      nodes: [nodeOf({ recordId: target.id })],
    });
    await vault.modify(
      target.id,
      (now) => ({ ...now, text: `I love ${SECRET}` }),
      () => packed.subarray(12),
    );
    await vault.mark([{ id: target.id, live: false }]);
    await vault.replaceSegments({
      put: [{ id: "s1", bytes: packed.slice(), state: encode(SECRET) }],
      drop: [],
      sealed: [row!.seq],
    });
    const before = await everythingReadable(name);
    expect([...before.keys()].toSorted()).toEqual(
      [...new Set(SCHEMA_VERSIONS.flatMap(({ stores }) => Object.keys(stores)))].toSorted(),
    );
    expect(holding(before).toSorted()).toEqual([
      "chunks",
      "records",
      "segments",
      "tail",
      "threads",
      "versions",
    ]);

    await vault.remove([target.id, sealed.id], [{ id: "s1", bytes: bytes(1), state: bytes(2) }]);
    const after = await everythingReadable(name);
    expect(holding(after)).toEqual([]);
    expect(after.get("records")).toContain("stays");
    expect(after.get("outbox")).toContain(target.id);
    await vault.close();
    expect(holding(await everythingReadable(name))).toEqual([]);
    await (await openDexieVault({ name, now: () => 1 })).vault.destroy();
  });

  it("writes a change of many records at a speed that an import does not feel", async () => {
    const { vault } = await openDexieVault({ name: `speed-${crypto.randomUUID()}`, now: () => 1 });
    const records = Array.from({ length: 10_000 }, (_, i) => ({
      draft: draft({
        kind: "turn",
        role: "user",
        threadId: `t${i % 20}`,
        position: i,
        text: `Turn ${i} of a long talk about this and that. `.repeat(3),
      }),
      entry: new Uint8Array(400),
    }));
    const started = performance.now();
    const rows = await vault.commit({ records });
    const seconds = (performance.now() - started) / 1000;
    const reading = performance.now();
    await vault.bySeq(rows.filter((_, i) => i % 100 === 0).map(({ seq }) => seq));
    const readMs = performance.now() - reading;
    expect((await vault.stats()).records).toBe(10_000);
    // oxlint-disable-next-line no-console -- a figure for the reader; a shared machine cannot be held to it
    console.info(
      `commit: ${Math.round(10_000 / seconds)} records/s; bySeq of 100: ${readMs.toFixed(1)} ms`,
    );
    await vault.destroy();
  }, 60_000);
});

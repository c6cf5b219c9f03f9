import { afterEach, describe, expect, test } from "vitest";
import { decodeEntry, encodeEntry } from "../src/engine/document-entry.ts";
import { createMemory, type Memory } from "../src/memory.ts";
import { databaseName } from "../src/vault/schema.ts";

const open: Memory[] = [];

const make = (vault: string): Memory => {
  const memory = createMemory({ vault });
  open.push(memory);
  return memory;
};

afterEach(async () => {
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
});

const TOLD = [
  "Ich habe gestern mit meiner Schwester zwei Wohnungen in der Altstadt besichtigt.",
  "Vi har köpt tre gamla tidningar på torget.",
  "My brother keeps two owls in the barn.",
];

/** The first hit for each, where its words say it. */
async function said(memory: Memory, ...queries: string[]): Promise<(string | undefined)[]> {
  return Promise.all(
    queries.map(async (query) => {
      const [hit] = await memory.search(query);
      return hit !== undefined && hit.signals.words > 0 ? hit.text : undefined;
    }),
  );
}

async function tailOf(vault: string): Promise<{
  change(rewrite: (entry: Uint8Array) => Uint8Array): Promise<void>;
  analyzers(): Promise<readonly number[]>;
}> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(databaseName(vault));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const rows = (store: IDBObjectStore): Promise<{ seq: number; entry: Uint8Array }[]> =>
    new Promise((resolve, reject) => {
      const request = store.getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  return {
    async change(rewrite) {
      const writing = db.transaction("tail", "readwrite");
      const store = writing.objectStore("tail");
      for (const row of await rows(store)) store.put({ ...row, entry: rewrite(row.entry) });
      await new Promise((resolve) => (writing.oncomplete = resolve));
      db.close();
    },
    async analyzers() {
      const found = await rows(db.transaction("tail").objectStore("tail"));
      db.close();
      return found.map(({ entry }) => decodeEntry(entry).analyzer);
    },
  };
}

describe("a vault in several languages", () => {
  test("finds words in another form after they were stored, and after opening", async () => {
    const vault = `t-${crypto.randomUUID()}`;
    for (const store of [true, false]) {
      const memory = make(vault);
      if (store) await memory.ingest(TOLD.map((content) => ({ role: "user" as const, content })));
      // On a machine so busy that a stemmer is longer on its way than a request waits, the next one finds them.
      await expect
        .poll(() => said(memory, "Wohnung", "tidning", "owl", "Wo war die Wohnung?"), {
          timeout: 10_000,
        })
        .toEqual([TOLD[0], TOLD[1], TOLD[2], TOLD[0]]);
      if (store) await memory.close();
    }
  });

  test("of an older version opens and answers at once, and is brought up to date though nothing is stored", async () => {
    const vault = `t-${crypto.randomUUID()}`;
    const first = make(vault);
    await first.ingest(TOLD.map((content) => ({ role: "user" as const, content })));
    await first.close();
    const { change } = await tailOf(vault);
    await change((bytes) => {
      const entry = decodeEntry(bytes);
      const terms = new Map([...entry.terms].filter(([term]) => !term.includes(":")));
      return encodeEntry({ ...entry, terms, analyzer: 2 });
    });

    const memory = make(vault);
    expect(await said(memory, "Wohnungen", "tidningar", "owl")).toEqual(TOLD);
    await expect
      .poll(() => said(memory, "Wohnung", "tidning"), { timeout: 10_000 })
      .toEqual([TOLD[0], TOLD[1]]);
    const { analyzers } = await tailOf(vault);
    expect((await analyzers()).filter((analyzer) => analyzer < 4)).toEqual([]);
  });
});

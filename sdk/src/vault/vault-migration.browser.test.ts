import { describe, expect, it } from "vitest";
import { openDexieVault } from "./dexie-vault.ts";
import { databaseName, SCHEMA_VERSIONS, type SchemaVersion } from "./schema.ts";
import { batchOf, bytes, codeOf, draft, nodeOf, threadOf } from "./vault-fixtures.ts";
import type { Vault } from "./vault.ts";

/** What a next version may look like: a new index, a new table, and rows rewritten. */
const NEXT: SchemaVersion = {
  version: SCHEMA_VERSIONS.length + 1,
  stores: { records: `${SCHEMA_VERSIONS[0]?.stores["records"]}, kind`, attachments: "id" },
  upgrade: (transaction) =>
    transaction
      .table("records")
      .toCollection()
      .modify((row: { tags: string[] }) => {
        row.tags = row.tags.map((tag) => tag.toUpperCase());
      }),
};

const openAt = async (name: string, versions: readonly SchemaVersion[]): Promise<Vault> =>
  (await openDexieVault({ name, versions, now: () => 1 })).vault;

async function fill(vault: Vault): Promise<void> {
  const rows = await vault.commit({
    ...batchOf(draft({ id: "a", tags: ["x"] }), draft({ id: "b", text: "before" })),
    threads: [threadOf({ profile: "P" })],
    nodes: [nodeOf({ recordId: "a" })],
  });
  await vault.modify(
    "b",
    (row) => ({ ...row, text: "after" }),
    () => bytes(2),
  );
  await vault.replaceSegments({
    put: [{ id: "s", bytes: bytes(1, 2), state: bytes(3) }],
    drop: [],
    sealed: [rows[0]!.seq],
  });
  await vault.setMeta("setting", "kept");
}

async function everything(vault: Vault): Promise<unknown> {
  const rows = await vault.scan(0, 100);
  return {
    rows,
    versions: await vault.versions("b"),
    thread: await vault.thread("t1"),
    nodes: await vault.threadNodes("t1"),
    index: await vault.loadIndex(),
    stats: await vault.stats(),
    setting: await vault.meta("setting"),
    list: (await vault.list({ filter: {}, scope: {}, limit: 9, now: 0 })).rows,
  };
}

function rawDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName(name));
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The code of the first version is not here any more to write; its rows are known. */
async function writeAsFirstVersion(name: string): Promise<void> {
  const db = await rawDatabase(name);
  const writing = db.transaction(["records", "meta"], "readwrite");
  const keys = { owner: "owner", facts: [], refs: [] };
  writing.objectStore("records").put({ ...draft({ id: "a", text: "kept" }), seq: 5, keys });
  const counters = { seq: 5, journal: 3, weight: 6 };
  writing.objectStore("meta").put({ key: "counters", value: counters });
  await new Promise((resolve) => (writing.oncomplete = resolve));
  db.close();
}

describe("migrations", () => {
  it("brings a vault of the version before to the next one and keeps all of it", async () => {
    const name = `migration-${crypto.randomUUID()}`;
    const old = await openAt(name, SCHEMA_VERSIONS);
    await fill(old);
    const before = await everything(old);
    await old.close();
    const next = await openAt(name, [...SCHEMA_VERSIONS, NEXT]);
    const after = await everything(next);
    expect(JSON.stringify(after)).toBe(JSON.stringify(before).replaceAll('["x"]', '["X"]'));
    expect(JSON.stringify(after)).toContain('["X"]');
    const [row] = await next.commit(batchOf(draft()));
    expect(row!.seq).toBeGreaterThan(3);
    await next.close();
    expect(await codeOf(openAt(name, SCHEMA_VERSIONS))).toBe("vault/newer");
    await (await openAt(name, [...SCHEMA_VERSIONS, NEXT])).destroy();
  });

  it("brings a vault of the first version to the present one and keeps all of it", async () => {
    const name = `migration-${crypto.randomUUID()}`;
    const old = await openAt(name, SCHEMA_VERSIONS.slice(0, 1));
    // What the first version wrote, by the tables it had.
    const raw = await rawDatabase(name);
    expect([...raw.objectStoreNames]).not.toContain("vectorTail");
    raw.close();
    await old.close();
    await writeAsFirstVersion(name);
    const now = await openAt(name, SCHEMA_VERSIONS);
    const [row] = await now.scan(0, 10);
    expect(row).toMatchObject({ id: "a", text: "kept" });
    expect(await now.vectors.spaces()).toEqual([]);
    await now.vectors.putSpace({ id: "s", dimensions: 2, notes: {} });
    expect(await now.vectors.put("s", [{ seq: row!.seq, vector: bytes(1) }])).toEqual([row!.seq]);
    const [next] = await now.commit(batchOf(draft()));
    expect(next!.seq).toBe(6);
    await now.close();
    expect(await codeOf(openAt(name, SCHEMA_VERSIONS.slice(0, 1)))).toBe("vault/newer");
    await (await openAt(name, SCHEMA_VERSIONS)).destroy();
  });

  it("leaves the vault as it was where a migration fails", async () => {
    const name = `migration-${crypto.randomUUID()}`;
    const old = await openAt(name, SCHEMA_VERSIONS);
    await fill(old);
    const before = await everything(old);
    await old.close();
    const broken: SchemaVersion = {
      ...NEXT,
      upgrade: async (transaction) => {
        await transaction.table("records").clear();
        throw new Error("the migration's own fault");
      },
    };
    expect(await codeOf(openAt(name, [...SCHEMA_VERSIONS, broken]))).toBe("vault/failed");
    const again = await openAt(name, SCHEMA_VERSIONS);
    expect(await everything(again)).toEqual(before);
    await again.destroy();
  });

  it("counts versions up by one and drops no table", () => {
    expect(SCHEMA_VERSIONS.map(({ version }) => version)).toEqual(
      SCHEMA_VERSIONS.map((_, i) => i + 1),
    );
    expect(
      SCHEMA_VERSIONS.flatMap(({ stores }) => Object.values(stores)).every(
        (store) => typeof store === "string" && store !== "",
      ),
    ).toBe(true);
  });
});

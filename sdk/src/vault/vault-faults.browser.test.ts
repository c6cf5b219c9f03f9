import { cdp } from "vitest/browser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordDraft } from "../domain/stored-record.ts";
import { deleteVault, listVaults } from "./catalog.ts";
import { openDexieVault, type DexieVaultDeps, type OpenedVault } from "./dexie-vault.ts";
import { databaseName, nativeVersion, SCHEMA_VERSIONS } from "./schema.ts";
import { batchOf, bytes, codeOf, draft } from "./vault-fixtures.ts";
import type { VaultChange } from "./vault.ts";

const NEXT_VERSION = SCHEMA_VERSIONS.length + 1;
const now = (): number => Date.now();
const freshName = (): string => `faults-${crypto.randomUUID()}`;
const unhandled: unknown[] = [];
const note = (event: PromiseRejectionEvent): void => void unhandled.push(event.reason);

beforeEach(() => {
  unhandled.length = 0;
  addEventListener("unhandledrejection", note);
});

afterEach(async () => {
  await pause(20);
  removeEventListener("unhandledrejection", note);
  expect(unhandled).toEqual([]);
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const open = (name: string, over: Partial<DexieVaultDeps> = {}): Promise<OpenedVault> =>
  openDexieVault({ name, now, ...over });

/** A connection that does not let go when it is asked to: an older page, or a debugger. */
async function hold(name: string, version?: number): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName(name), version);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Chromium's own protocol. Its types belong to the test runner's driver, which the SDK's sources do not know. */
function devtools(
  method: string,
  params: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  return (cdp() as { send(method: string, params: object): Promise<unknown> }).send(method, params);
}

async function exists(name: string): Promise<boolean> {
  return (await indexedDB.databases()).some((database) => database.name === databaseName(name));
}

describe("taken away while open", () => {
  it("says once that it was deleted, refuses what comes after, and does not bring the database back", async () => {
    const name = freshName();
    const { vault } = await open(name);
    await vault.commit(batchOf(draft()));
    const lost: unknown[] = [];
    vault.onLost((error) => lost.push(error));
    const writing = vault.commit(batchOf(draft())).then(
      () => "written",
      (error: { code: string }) => error.code,
    );
    await deleteVault(name);
    expect(["written", "vault/closed"]).toContain(await writing);
    expect(lost).toMatchObject([{ code: "vault/closed", details: { reason: "deleted" } }]);
    expect(await codeOf(vault.commit(batchOf(draft())))).toBe("vault/closed");
    expect(await codeOf(vault.modifyThread("t", (row) => row))).toBe("vault/closed");
    expect(await codeOf(vault.list({ filter: {}, scope: {}, limit: 1, now: 0 }))).toBe(
      "vault/closed",
    );
    await vault.close();
    expect(await exists(name)).toBe(false);
  });

  it("lets another tab with a newer version upgrade, and keeps its rows for it", async () => {
    const name = freshName();
    const { vault } = await open(name);
    const [row] = await vault.commit(batchOf(draft()));
    const lost: unknown[] = [];
    vault.onLost((error) => lost.push(error));
    const newer = await open(name, {
      versions: [...SCHEMA_VERSIONS, { version: NEXT_VERSION, stores: { records: "seq, &id" } }],
    });
    expect(lost).toMatchObject([{ code: "vault/closed", details: { reason: "upgraded" } }]);
    expect(await codeOf(vault.stats())).toBe("vault/closed");
    expect(await newer.vault.get([row!.id])).toEqual([row]);
    await newer.vault.destroy();
  });

  it("says so where the browser itself closes the database", async () => {
    const name = freshName();
    const { vault } = await open(name);
    await vault.commit(batchOf(draft()));
    const lost: unknown[] = [];
    vault.onLost((error) => lost.push(error));
    await devtools("IndexedDB.deleteDatabase", {
      securityOrigin: location.origin,
      databaseName: databaseName(name),
    });
    await expect
      .poll(() => lost)
      .toMatchObject([
        { code: "vault/closed", retryable: true, details: { reason: "closed-by-browser" } },
      ]);
    expect(await codeOf(vault.stats())).toBe("vault/closed");
    const again = await open(name);
    expect(again.evicted).toBe(true);
    await again.vault.destroy();
  });

  it("closes every vault of the name when one of them destroys it", async () => {
    const name = freshName();
    const one = await open(name);
    const two = await open(name);
    const lost: unknown[] = [];
    one.vault.onLost(() => lost.push("the one that destroys"));
    two.vault.onLost((error) => lost.push(error));
    await one.vault.destroy();
    expect(lost).toMatchObject([{ code: "vault/closed" }]);
    await two.vault.destroy();
  });
});

describe("blocked", () => {
  it("says that an older connection holds up the opening, leaves no connection behind, and opens when that is gone", async () => {
    const name = freshName();
    await (await open(name)).vault.close();
    const holding = await hold(name);
    const versions = [...SCHEMA_VERSIONS, { version: NEXT_VERSION, stores: { tail: "seq" } }];
    expect(await codeOf(open(name, { versions, blockedAfterMs: 50 }))).toBe("vault/blocked");
    holding.close();
    const { vault } = await open(name, { versions });
    expect((await vault.stats()).records).toBe(0);
    await vault.destroy();
    expect(await exists(name)).toBe(false);
  });

  it("says that a connection holds up the deletion, which happens when that is gone", async () => {
    const name = freshName();
    const { vault } = await open(name, { blockedAfterMs: 50 });
    const holding = await hold(name);
    expect(await codeOf(vault.destroy())).toBe("vault/blocked");
    holding.close();
    await expect.poll(() => exists(name)).toBe(false);
    await deleteVault(name);
  });
});

describe("not to be opened", () => {
  it("leaves a vault of a newer version exactly as it is", async () => {
    const name = freshName();
    const newer = [
      ...SCHEMA_VERSIONS,
      { version: NEXT_VERSION, stores: { records: "seq, &id, kind", later: "id" } },
    ];
    const first = await open(name, { versions: newer });
    const [row] = await first.vault.commit(batchOf(draft()));
    await first.vault.close();
    expect(await codeOf(open(name))).toBe("vault/newer");
    const raw = await hold(name);
    expect(raw.version).toBe(nativeVersion(newer));
    expect([...raw.transaction("records").objectStore("records").indexNames].toSorted()).toEqual([
      "id",
      "kind",
    ]);
    raw.close();
    const again = await open(name, { versions: newer });
    expect(await again.vault.get([row!.id])).toEqual([row]);
    await again.vault.destroy();
  });

  it("says that there is no IndexedDB, or that it is denied", async () => {
    expect(await codeOf(open(freshName(), { indexedDB: undefined }))).toBe("vault/unavailable");
    for (const name of ["SecurityError", "UnknownError", "InvalidStateError"]) {
      const denied = denyAll(() => new DOMException("denied", name));
      expect(await codeOf(open(freshName(), { indexedDB: denied }))).toBe("vault/unavailable");
      expect(await codeOf(listVaults({ indexedDB: denied }))).toBe("vault/unavailable");
      expect(await codeOf(deleteVault("any", { indexedDB: denied }))).toBe("vault/unavailable");
    }
  });
});

describe("no room left", () => {
  it("says so, writes nothing of the batch, and still opens and reads", async () => {
    const name = freshName();
    // A storage bucket is Chromium's own way to a quota that is really enforced, and to none but this test.
    const bucket = await storageBuckets().open(name, { quota: 3_000_000 });
    const { vault } = await open(name, { indexedDB: bucket.indexedDB });
    const big = (): RecordDraft =>
      draft({ text: crypto.getRandomValues(new Uint8Array(20_000)).join(" ") });
    const [kept] = await vault.commit(batchOf(...Array.from({ length: 10 }, big)));
    const before = await vault.stats();
    const changes: VaultChange[] = [];
    vault.onChange((change) => changes.push(change));
    const full = vault.commit(batchOf(...Array.from({ length: 100 }, big)));
    await expect(full).rejects.toMatchObject({ code: "vault/quota", retryable: true });
    expect(await vault.stats()).toEqual(before);
    expect(changes).toEqual([]);
    expect(await vault.get([kept!.id])).toEqual([kept]);
    await vault.close();
    const again = await open(name, { indexedDB: bucket.indexedDB });
    expect(await again.vault.get([kept!.id])).toEqual([kept]);
    await again.vault.close();
    await storageBuckets().delete(name);
  });
});

describe("lost between two visits", () => {
  const remove = (name: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(databaseName(name));
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });

  it("tells a lost vault from a new one and from a deleted one", async () => {
    const name = freshName();
    const first = await open(name);
    expect(first.evicted).toBe(false);
    await first.vault.commit(batchOf(draft()));
    await first.vault.close();
    const second = await open(name);
    expect(second.evicted).toBe(false);
    await second.vault.close();
    await remove(name);
    const third = await open(name);
    expect(third.evicted).toBe(true);
    await third.vault.close();
    await remove(name);
    const fourth = await open(name);
    expect(fourth.evicted, "it never held anything after the loss").toBe(false);
    await fourth.vault.commit(batchOf(draft()));
    await fourth.vault.destroy();
    const fifth = await open(name);
    expect(fifth.evicted).toBe(false);
    await fifth.vault.destroy();
  });

  it("asks the marker too, for the day when all of IndexedDB is gone, and lives with one that fails", async () => {
    const name = freshName();
    let held = true;
    const marker = { read: () => held, write: (value: boolean) => void (held = value) };
    const { vault, evicted } = await open(name, { marker });
    expect(evicted).toBe(true);
    await vault.destroy();
    expect(held).toBe(false);
    const fail = (): never => {
      throw new Error("denied");
    };
    const other = await open(name, { marker: { read: fail, write: fail } });
    expect(other.evicted).toBe(false);
    await other.vault.commit(batchOf(draft()));
    await other.vault.destroy();
  });

  it("lists the vaults of the origin, also where the browser does not", async () => {
    const [one, two] = [freshName(), freshName()].toSorted() as [string, string];
    const vaults = [await open(one, { now: () => 1234 }), await open(two, { now: () => 5678 })];
    for (const { vault } of vaults) await vault.close();
    const ours = async (factory: IDBFactory): Promise<unknown> =>
      (await listVaults({ indexedDB: factory })).filter(({ name }) => name === one || name === two);
    expect(await ours(indexedDB)).toEqual([
      { name: one, openedAt: 1234 },
      { name: two, openedAt: 5678 },
    ]);
    const silent = {
      open: indexedDB.open.bind(indexedDB),
      deleteDatabase: indexedDB.deleteDatabase.bind(indexedDB),
      cmp: indexedDB.cmp.bind(indexedDB),
    } as unknown as IDBFactory;
    expect(await ours(silent)).toEqual(await ours(indexedDB));
    await deleteVault(one);
    expect(await ours(indexedDB)).toEqual([{ name: two, openedAt: 5678 }]);
    await deleteVault(two);
    await deleteVault("a vault that never was");
  });
});

describe("rotten bytes", () => {
  it("names the segments whose bytes or state are not what was written, and gives the others", async () => {
    const name = freshName();
    const { vault } = await open(name);
    const put = ["whole", "bytes", "state", "missing"].map((id) => ({
      id,
      bytes: bytes(1, 2, 3),
      state: bytes(4),
    }));
    await vault.replaceSegments({ put, drop: [], sealed: [] });
    const raw = await hold(name);
    const transaction = raw.transaction(["segments", "chunks"], "readwrite");
    transaction.objectStore("chunks").put({ id: "bytes", bytes: bytes(1, 2, 2) });
    transaction.objectStore("chunks").delete("missing");
    const states = transaction.objectStore("segments");
    states.get("state").onsuccess = ({ target }) =>
      states.put({ ...(target as IDBRequest<object>).result, state: bytes(5) });
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    raw.close();
    const { segments, damaged } = await vault.loadIndex();
    expect(segments.map(({ id }) => id)).toEqual(["whole"]);
    expect(damaged.toSorted()).toEqual(["bytes", "missing", "state"]);
    await vault.replaceSegments({
      put: [{ id: "anew", bytes: bytes(1), state: bytes() }],
      drop: damaged,
      sealed: [],
    });
    expect(await vault.loadIndex()).toMatchObject({
      damaged: [],
      segments: [{ id: "anew" }, { id: "whole" }],
    });
    await vault.destroy();
  });

  it("names a segment that the browser cannot read any more, and gives the others", async () => {
    const name = freshName();
    const { vault } = await open(name);
    const put = ["fine", "lost"].map((id) => ({ id, bytes: bytes(1, 2, 3), state: bytes(4) }));
    await vault.replaceSegments({ put, drop: [], sealed: [] });
    // A lost file cannot be made from a page, so the two calls that would meet it fail as they do then.
    const { getAll, get } = IDBObjectStore.prototype;
    const lost = (): never => {
      throw new DOMException("Failed to read large IndexedDB value", "DataError");
    };
    IDBObjectStore.prototype.getAll = function (...asked) {
      return this.name === "chunks" ? lost() : getAll.apply(this, asked);
    };
    IDBObjectStore.prototype.get = function (key) {
      return this.name === "chunks" && key === "lost" ? lost() : get.call(this, key);
    };
    try {
      const { segments, damaged } = await vault.loadIndex();
      expect([segments.map(({ id }) => id), damaged]).toEqual([["fine"], ["lost"]]);
    } finally {
      Object.assign(IDBObjectStore.prototype, { getAll, get });
    }
    await vault.destroy();
  });
});

interface StorageBuckets {
  open(
    name: string,
    options: { readonly quota: number },
  ): Promise<{ readonly indexedDB: IDBFactory }>;
  delete(name: string): Promise<void>;
}

function storageBuckets(): StorageBuckets {
  return (navigator as unknown as { readonly storageBuckets: StorageBuckets }).storageBuckets;
}

function denyAll(reason: () => DOMException): IDBFactory {
  const deny = (): never => {
    throw reason();
  };
  return { open: deny, deleteDatabase: deny, databases: () => Promise.reject(reason()), cmp: deny };
}

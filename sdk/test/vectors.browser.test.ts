import * as Comlink from "comlink";
import { afterEach, describe, expect, test } from "vitest";
import type { MemoryError } from "../src/domain/errors.ts";
import { loadKernels } from "../src/engine/kernels/load-kernels.ts";
import { createExactVectorIndex } from "../src/engine/vectors/exact-vector-index.ts";
import { rowOf, unitVectors } from "../src/engine/vectors/vector-samples.ts";
import { createVectorSpaces, type VectorSpaces } from "../src/engine/vectors/vector-spaces.ts";
import type { VectorSpace } from "../src/engine/vectors/vector-space.ts";
import { openDexieVault, type DexieVaultDeps } from "../src/vault/dexie-vault.ts";
import { removePrivateFolder } from "../src/vault/private-folder.ts";
import { databaseName } from "../src/vault/schema.ts";
import { bytes, draft } from "../src/vault/vault-fixtures.ts";
import type { Vault } from "../src/vault/vault.ts";
import type { VectorWorkerApi } from "./vector-worker.fixture.ts";

const DIMENSIONS = 64;
const SPACE = "model@1";
/** Milliseconds, on a busy machine. */
const SLOW = 30_000;

interface Tab {
  readonly vault: Vault;
  readonly spaces: VectorSpaces;
  readonly space: VectorSpace;
  readonly problems: MemoryError[];
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup().catch(() => undefined);
});

const freshName = (): string => `vectors-${crypto.randomUUID()}`;

/** `locked: false`: this tab goes without a lock, as in a browser that has no Web Locks. */
async function openTab(
  name: string,
  { locked = true, ...over }: Partial<DexieVaultDeps> & { readonly locked?: boolean } = {},
): Promise<Tab> {
  const { vault } = await openDexieVault({ name, now: Date.now, ...over });
  cleanups.push(() => vault.destroy());
  const problems: MemoryError[] = [];
  const spaces = createVectorSpaces({
    store: vault.vectors,
    loadKernels,
    lock: <T>(work: () => Promise<T>): Promise<T> =>
      locked ? (navigator.locks.request(name, work) as Promise<T>) : work(),
    newId: () => crypto.randomUUID(),
    pause: () => Promise.resolve(),
    onProblem: (error) => problems.push(error),
  });
  vault.onChange((change) => {
    if (!change.own) void spaces.follow(change).catch(() => undefined);
  });
  return { vault, spaces, space: await spaces.open(SPACE, DIMENSIONS), problems };
}

/** Stores so many memories with their vectors, in transactions of 1,000. */
async function fill(
  { vault, space }: Tab,
  vectors: Float32Array,
): Promise<readonly { readonly id: string; readonly seq: number }[]> {
  const rows: { readonly id: string; readonly seq: number }[] = [];
  const count = vectors.length / DIMENSIONS;
  for (let from = 0; from < count; from += 1_000) {
    const part = vectors.slice(from * DIMENSIONS, (from + 1_000) * DIMENSIONS);
    const stored = await vault.commit({
      records: Array.from({ length: part.length / DIMENSIONS }, (_, at) => ({
        draft: draft(),
        entry: bytes(1),
        vectors: [space.packed(rowOf(part, at, DIMENSIONS))],
      })),
    });
    space.add(
      stored.map(({ seq }) => seq),
      part,
    );
    rows.push(...stored);
  }
  return rows;
}

async function expectAll(
  { space, problems }: Tab,
  seqs: readonly number[],
  vectors: Float32Array,
): Promise<void> {
  expect(space.missing(seqs)).toEqual([]);
  expect(space.size).toBe(seqs.length);
  expect(problems).toEqual([]);
  const exact = createExactVectorIndex(DIMENSIONS);
  exact.add(seqs, vectors);
  for (const at of [0, 9, 77]) {
    const query = rowOf(vectors, at, DIMENSIONS);
    const [found, wanted] = [await space.search(query, 10), await exact.search(query, 10)];
    expect(found.keys[0]).toBe(seqs[at]);
    found.scores.forEach((score, rank) =>
      expect(Math.abs(score - (wanted.scores[rank] ?? 0))).toBeLessThan(0.01),
    );
  }
}

/** Names of tables that hold these bytes, of everything that the origin can read of a vault. */
async function tablesHolding(name: string, wanted: Uint8Array): Promise<readonly string[]> {
  const request = indexedDB.open(databaseName(name));
  const db = await new Promise<IDBDatabase>((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  const found: string[] = [];
  for (const table of db.objectStoreNames) {
    const rows = await new Promise<unknown[]>((resolve) => {
      const all = db.transaction(table).objectStore(table).getAll();
      all.onsuccess = () => resolve(all.result as unknown[]);
    });
    if (holds(rows, wanted)) found.push(table);
  }
  db.close();
  return found;
}

function holds(value: unknown, wanted: Uint8Array): boolean {
  if (ArrayBuffer.isView(value)) return contains(new Uint8Array(value.buffer), wanted);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((part) => holds(part, wanted));
}

function contains(all: Uint8Array, wanted: Uint8Array): boolean {
  for (let at = all.indexOf(wanted[0] ?? 0); at >= 0; at = all.indexOf(wanted[0] ?? 0, at + 1))
    if (wanted.every((byte, offset) => all[at + offset] === byte)) return true;
  return false;
}

/** What a vector looks like where it is kept: float32 in the tail, int8 in a segment and in the copy. */
async function tracesOf(vector: Float32Array): Promise<readonly Uint8Array[]> {
  const { values } = (await loadKernels()).createSpace(DIMENSIONS).quantizeInt8(vector);
  return [new Uint8Array(vector.slice().buffer), new Uint8Array(values.slice().buffer)];
}

describe("vectors in a real vault", () => {
  for (const locked of [true, false])
    test(`stay whole where two tabs seal and compact at once, ${locked ? "with" : "without"} a lock`, async () => {
      const name = freshName();
      const [one, two] = [await openTab(name, { locked }), await openTab(name, { locked })];
      const vectors = unitVectors(5_000, DIMENSIONS, 1);
      const rows = await fill(one, vectors);
      const edited = rows.filter((_, at) => at % 3 === 0);
      await Promise.all([one.spaces.maintain(true), two.spaces.maintain(true)]);
      for (const { id } of edited.slice(0, 50))
        await one.vault.modify(
          id,
          (row) => ({ ...row, text: "edited" }),
          () => bytes(2),
        );
      await one.spaces.forgotten(edited.slice(0, 50).map(({ seq }) => seq));
      await Promise.all([one.spaces.maintain(true), two.spaces.maintain(true)]);
      const gone = new Set(edited.slice(0, 50).map(({ seq }) => seq));
      const left = rows.filter(({ seq }) => !gone.has(seq));
      const kept = new Float32Array(left.length * DIMENSIONS);
      left.forEach(({ id }, at) =>
        kept.set(
          rowOf(
            vectors,
            rows.findIndex((row) => row.id === id),
            DIMENSIONS,
          ),
          at * DIMENSIONS,
        ),
      );
      const seqs = left.map(({ seq }) => seq);
      await expectAll(await openTab(name), seqs, kept);
      await expect.poll(() => two.space.size).toBe(seqs.length);
      for (const tab of [one, two]) await expectAll(tab, seqs, kept);
    });

  test(
    "lose nothing where the vault is closed at any moment of sealing",
    { timeout: SLOW },
    async () => {
      const vectors = unitVectors(1_200, DIMENSIONS, 2);
      for (let moment = 0; moment < 12; moment += 1) {
        const name = freshName();
        const tab = await openTab(name);
        const rows = await fill(tab, vectors);
        const sealing = tab.spaces.maintain(true).catch(() => undefined);
        for (let turn = 0; turn < moment * 3; turn += 1) await Promise.resolve();
        if (moment > 5) await new Promise((resolve) => setTimeout(resolve, moment));
        await tab.vault.close();
        tab.spaces.close();
        await sealing;
        const again = await openTab(name);
        await expectAll(
          again,
          rows.map(({ seq }) => seq),
          vectors,
        );
      }
    },
  );

  test("are told as damaged where bytes in IndexedDB were altered, and taken in again", async () => {
    const name = freshName();
    const tab = await openTab(name);
    const vectors = unitVectors(700, DIMENSIONS, 3);
    const seqs = (await fill(tab, vectors)).map(({ seq }) => seq);
    await tab.spaces.maintain(true);
    for (const part of ["sketch", "rows"]) {
      const { segments } = await tab.vault.vectors.load(SPACE);
      const request = indexedDB.open(databaseName(name));
      const db = await new Promise<IDBDatabase>((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
      const writing = db.transaction("vectorChunks", "readwrite");
      const store = writing.objectStore("vectorChunks");
      const key = [segments[0]?.id ?? "", part];
      store.get(key).onsuccess = ({ target }) => {
        const row = (target as IDBRequest<{ bytes: Uint8Array }>).result;
        row.bytes[row.bytes.length - 9] = (row.bytes[row.bytes.length - 9] ?? 0) ^ 4;
        store.put(row);
      };
      await new Promise((resolve) => (writing.oncomplete = resolve));
      db.close();
      const again = await openTab(name);
      expect(again.space.missing(seqs)).toEqual(seqs);
      expect(again.problems).toMatchObject([{ code: "engine/damaged", retryable: true }]);
      await expect.poll(async () => (await again.vault.vectors.load(SPACE)).segments).toEqual([]);
      await again.space.put(seqs, vectors);
      await again.spaces.maintain(true);
      await expectAll(await openTab(name), seqs, vectors);
      again.spaces.close();
    }
  });

  test("lose nothing where there is no room to seal", async () => {
    const name = freshName();
    const bucket = await storageBuckets().open(name, { quota: 8_000_000 });
    cleanups.push(() => storageBuckets().delete(name));
    const tab = await openTab(name, { indexedDB: bucket.indexedDB });
    const vectors = unitVectors(3_000, DIMENSIONS, 4);
    const seqs = (await fill(tab, vectors)).map(({ seq }) => seq);
    const noise = (): string => crypto.getRandomValues(new Uint8Array(20_000)).join(" ");
    const full = async (): Promise<void> => {
      for (;;)
        await tab.vault.commit({ records: [{ draft: draft({ text: noise() }), entry: bytes(1) }] });
    };
    await expect(full()).rejects.toMatchObject({ code: "vault/quota" });
    const codes = await tab.spaces.maintain(true).then(
      () => "sealed",
      (error: MemoryError) => error.code,
    );
    expect(["sealed", "vault/quota"]).toContain(codes);
    await expectAll(tab, seqs, vectors);
    await tab.vault.close();
    await expectAll(await openTab(name, { indexedDB: bucket.indexedDB }), seqs, vectors);
  });

  test("leave no bytes behind when they are forgotten, sealed or not, in every space", async () => {
    const name = freshName();
    const tab = await openTab(name);
    const vectors = unitVectors(602, DIMENSIONS, 5);
    const rows = await fill(tab, vectors.subarray(0, 601 * DIMENSIONS));
    const other = await tab.spaces.open("model@2", DIMENSIONS);
    const seqs = rows.map(({ seq }) => seq);
    await other.put(seqs, vectors.subarray(0, 601 * DIMENSIONS));
    await tab.spaces.maintain(true);
    const [late] = await fill(tab, vectors.subarray(601 * DIMENSIONS));
    const targets = [
      { row: rows[17], vector: rowOf(vectors, 17, DIMENSIONS) },
      { row: late, vector: rowOf(vectors, 601, DIMENSIONS) },
    ];
    for (const { row, vector } of targets) {
      const traces = await tracesOf(vector);
      const before = await Promise.all(traces.map((trace) => tablesHolding(name, trace)));
      expect(before.flat()).not.toEqual([]);
      const gone = [row?.seq ?? 0];
      const rewrites = await tab.spaces.without(gone);
      await tab.vault.remove([row?.id ?? ""], [], [], rewrites);
      await tab.spaces.forgotten(gone);
      const after = await Promise.all(traces.map((trace) => tablesHolding(name, trace)));
      expect(after.flat()).toEqual([]);
      expect(tab.space.missing(gone)).toEqual(gone);
    }
    expect([tab.space.size, other.size]).toEqual([600, 600]);
  });
});

describe("rows in the origin's private files", () => {
  const openWorker = (): { remote: Comlink.Remote<VectorWorkerApi>; end(): void } => {
    const worker = new Worker(new URL("./vector-worker.fixture.ts", import.meta.url), {
      type: "module",
    });
    return { remote: Comlink.wrap<VectorWorkerApi>(worker), end: () => worker.terminate() };
  };

  const copies = async (name: string): Promise<Uint8Array[]> => {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle("alcove")).getDirectoryHandle(name);
    const files: Uint8Array[] = [];
    for await (const entry of folder.values())
      if (entry.kind === "file")
        files.push(new Uint8Array(await (await entry.getFile()).arrayBuffer()));
    return files;
  };

  test(
    "answer as memory does, survive a tab that dies, and are wiped by a forget in another",
    { timeout: SLOW },
    async () => {
      const name = freshName();
      const vectors = unitVectors(6_000, DIMENSIONS, 6);
      const writer = await openTab(name);
      const rows = await fill(writer, vectors);
      await writer.spaces.maintain(true);
      writer.spaces.close();
      const [one, two] = [openWorker(), openWorker()];
      cleanups.push(() => removePrivateFolder(name));
      const budget = 100_000;
      expect(await one.remote.open(name, SPACE, DIMENSIONS, budget)).toMatchObject({
        tier: "on-demand",
        rows: 6_000,
      });
      expect(await two.remote.open(name, SPACE, DIMENSIONS, budget)).toMatchObject({
        tier: "on-demand",
      });
      await one.remote.maintain();
      const exact = createExactVectorIndex(DIMENSIONS);
      exact.add(
        rows.map(({ seq }) => seq),
        vectors,
      );
      const agrees = async (remote: Comlink.Remote<VectorWorkerApi>): Promise<void> => {
        const query = rowOf(vectors, 77, DIMENSIONS);
        const wanted = await exact.search(query, 5);
        const found = await remote.search(query, 5);
        expect(found?.keys[0]).toBe(wanted.keys[0]);
        expect(Math.abs((found?.scores[4] ?? 0) - (wanted.scores[4] ?? 0))).toBeLessThan(0.05);
      };
      await agrees(one.remote);
      await agrees(two.remote);
      const [, trace] = await tracesOf(rowOf(vectors, 5, DIMENSIONS));
      const copied = async (): Promise<boolean> =>
        (await copies(name)).some((file) => contains(file, trace ?? new Uint8Array(1)));
      expect(await copied()).toBe(true);
      one.end();
      await two.remote.forget(rows[5]?.id ?? "", rows[5]?.seq ?? 0);
      expect(await copied()).toBe(false);
      expect(await tablesHolding(name, trace ?? new Uint8Array(1))).toEqual([]);
      await agrees(two.remote);
      await two.remote.close();
      const three = openWorker();
      expect(await three.remote.open(name, SPACE, DIMENSIONS, budget)).toMatchObject({
        rows: 5_999,
      });
      await agrees(three.remote);
      await three.remote.close();
      two.end();
      three.end();
    },
  );
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

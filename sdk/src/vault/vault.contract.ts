import { afterEach, describe, expect, it } from "vitest";
import { isMemoryError } from "../domain/errors.ts";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { ThreadPatch, TurnNode, Vault, VaultBatch, VaultChange } from "./vault.ts";

/** Opens a vault of this name: the same name gives another object over the same data. */
export type OpenVault = (name: string) => Promise<Vault>;

let lastId = 0;

/** A draft with every required field. Ids are unique in a run. */
export function draft(over: Partial<RecordDraft> = {}): RecordDraft {
  lastId += 1;
  const text = over.text ?? `Memory number ${lastId}`;
  return {
    id: `id-${lastId}`,
    kind: "note",
    text,
    scope: {},
    tags: [],
    metadata: {},
    origin: "app",
    pinned: false,
    createdAt: 1_700_000_000_000 + lastId,
    updatedAt: 1_700_000_000_000 + lastId,
    sources: [],
    live: true,
    textHash: `text:${text}`,
    nearHash: `near:${text}`,
    slots: [],
    factKeys: [],
    dates: [],
    entities: [],
    ...over,
  };
}

export function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values);
}

export function batchOf(...drafts: RecordDraft[]): VaultBatch {
  return { records: drafts.map((one, i) => ({ draft: one, entry: bytes(1, 2, 3, i & 255) })) };
}

export function nodeOf(over: Partial<TurnNode> = {}): TurnNode {
  return {
    chain: "c1",
    threadId: "t1",
    parent: null,
    depth: 0,
    role: "user",
    turn: "h1",
    leaf: true,
    recordId: null,
    writtenAt: 1,
    ...over,
  };
}

export function threadOf(over: Partial<ThreadPatch> = {}): ThreadPatch {
  return { id: "t1", scopeKey: "[null,null,null]", leaf: "c1", at: 1, ...over };
}

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return isMemoryError(error) ? error.code : `no MemoryError: ${String(error)}`;
  }
  return "no error";
}

/** What every vault must do. An adapter runs it with its own `open`; names are unique to each test. */
export function runVaultContract(open: OpenVault): void {
  const opened: Vault[] = [];
  const openOne = async (name: string): Promise<Vault> => {
    const vault = await open(name);
    opened.push(vault);
    return vault;
  };
  const fresh = (): Promise<Vault> => openOne(`contract-${crypto.randomUUID()}`);
  const add = async (vault: Vault, ...drafts: RecordDraft[]): Promise<readonly StoredRecord[]> =>
    vault.commit(batchOf(...drafts));

  afterEach(async () => {
    for (const vault of opened.splice(0)) await vault.destroy();
  });

  describe("records", () => {
    it("gives rows back with a growing seq, in the order given, and keeps every field", async () => {
      const vault = await fresh();
      const full = draft({
        kind: "turn",
        text: "Zażółć \u{1f9c0} \u0000 \ud800",
        role: "user",
        name: "Ann",
        scope: { user: "u", agent: "a", thread: "t", run: "r", container: "c" },
        tags: ["x", "slot:diet"],
        metadata: { deep: { list: [1, null, "two"] } },
        expiresAt: 9_999_999_999_999,
        supersedes: "older",
        threadId: "t1",
        position: 3,
        state: "answered",
        callerId: "mine",
        duplicateOf: "other",
        duplicate: "near",
        slots: ["diet"],
        factKeys: ["diet:cheese"],
        dates: ["2026-01-02"],
        entities: ["Ann"],
      });
      const rows = await add(vault, full, draft());
      expect(rows[1]!.seq).toBeGreaterThan(rows[0]!.seq);
      expect(rows[0]).toEqual({ ...full, seq: rows[0]!.seq });
      expect(await vault.get([full.id])).toEqual([rows[0]]);
      expect(await vault.bySeq([rows[1]!.seq, 99_999, rows[0]!.seq])).toEqual([
        rows[1],
        null,
        rows[0],
      ]);
    });

    it("answers in the order asked, with null where there is none, and takes one id twice", async () => {
      const vault = await fresh();
      const [a, b] = await add(vault, draft(), draft());
      expect(await vault.get([b!.id, "nowhere", a!.id, b!.id])).toEqual([b, null, a, b]);
      expect(await vault.get([])).toEqual([]);
      expect(await vault.bySeq([])).toEqual([]);
    });

    it("never gives a seq twice, also after the newest record has gone and the vault was reopened", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const vault = await openOne(name);
      const [first] = await add(vault, draft());
      await vault.remove([first!.id], []);
      await vault.close();
      const again = await openOne(name);
      const [second] = await add(again, draft());
      expect(second!.seq).toBeGreaterThan(first!.seq);
    });

    it("takes an empty batch and an empty removal as nothing", async () => {
      const vault = await fresh();
      const changes: VaultChange[] = [];
      vault.onChange((change) => changes.push(change));
      expect(await vault.commit({ records: [] })).toEqual([]);
      expect(await vault.mark([])).toEqual([]);
      expect((await vault.remove(["nobody"], [])).removed).toEqual([]);
      expect(changes).toEqual([]);
    });

    it("writes all of a batch or nothing of it", async () => {
      const vault = await fresh();
      const [there] = await add(vault, draft());
      const before = await vault.stats();
      const changes: VaultChange[] = [];
      vault.onChange((change) => changes.push(change));
      const bad: VaultBatch = {
        records: [draft(), draft({ id: there!.id }), draft()].map((one) => ({
          draft: one,
          entry: bytes(1),
        })),
        nodes: [nodeOf()],
        threads: [threadOf()],
        marks: [{ id: there!.id, live: false }],
      };
      expect(await codeOf(vault.commit(bad))).toBe("vault/failed");
      expect(await vault.stats()).toEqual(before);
      expect(await vault.nodes(["c1"])).toEqual([]);
      expect(await vault.thread("t1")).toBeNull();
      expect((await vault.get([there!.id]))[0]!.live).toBe(true);
      expect(changes).toEqual([]);
      expect((await vault.loadIndex()).tail).toHaveLength(1);
    });

    it("writes nothing where a value cannot be stored", async () => {
      const vault = await fresh();
      const bad = { ...draft(), metadata: { f: (() => 1) as unknown as string } };
      expect(await codeOf(add(vault, draft(), bad))).toBe("vault/failed");
      expect((await vault.stats()).records).toBe(0);
    });
  });

  describe("edits and marks", () => {
    it("keeps the state before an edit as a version, newest first", async () => {
      const vault = await fresh();
      const [row] = await add(vault, draft({ text: "one" }));
      await vault.modify(row!.id, (now) => ({ ...now, pinned: true }));
      const { before, after } = await vault.modify(
        row!.id,
        (now) => ({ ...now, text: "two" }),
        () => bytes(9, 9),
      );
      expect(before).toMatchObject({ text: "one", pinned: true, seq: row!.seq });
      expect(after.seq).toBeGreaterThan(row!.seq);
      expect(after.id).toBe(row!.id);
      expect(await vault.bySeq([row!.seq, after.seq])).toEqual([null, after]);
      const versions = await vault.versions(row!.id);
      expect(versions.map(({ row: { text, pinned } }) => [text, pinned])).toEqual([
        ["one", true],
        ["one", false],
      ]);
      const { tail, touched } = await vault.loadIndex();
      expect(tail).toEqual([{ seq: after.seq, entry: bytes(9, 9) }]);
      expect(touched.map(({ seq }) => seq)).toEqual([row!.seq]);
    });

    it("writes nothing where the change gives the same row, and refuses an unknown id", async () => {
      const vault = await fresh();
      const [row] = await add(vault, draft());
      await vault.modify(row!.id, (now) => now);
      expect(await vault.versions(row!.id)).toEqual([]);
      expect(await codeOf(vault.modify("nobody", (now) => now))).toBe("usage/not-found");
    });

    it("leaves the row alone where the change throws, and stays usable", async () => {
      const vault = await fresh();
      const [row] = await add(vault, draft({ text: "safe" }));
      const failing = vault.modify(row!.id, () => {
        throw new Error("the change's own fault");
      });
      expect(await codeOf(failing)).toBe("vault/failed");
      expect((await vault.get([row!.id]))[0]!.text).toBe("safe");
      expect(await vault.versions(row!.id)).toEqual([]);
    });

    it("loses no edit of many at once", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const one = await openOne(name);
      const two = await openOne(name);
      const [row] = await add(one, draft({ metadata: { n: 0 } }));
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? one : two).modify(row!.id, (now) => ({
            ...now,
            metadata: { n: Number(now.metadata["n"]) + 1 },
          })),
        ),
      );
      expect((await two.get([row!.id]))[0]!.metadata).toEqual({ n: 20 });
      expect(await one.versions(row!.id)).toHaveLength(20);
    });

    it("marks rows without a version, clears with null, and passes over what is gone", async () => {
      const vault = await fresh();
      const [a, b] = await add(vault, draft(), draft());
      const marked = await vault.mark([
        { id: a!.id, live: false, supersededBy: b!.id },
        { id: b!.id, supersedes: a!.id, state: "incomplete" },
        { id: "nobody", live: false },
      ]);
      expect(marked).toHaveLength(2);
      expect((await vault.get([a!.id]))[0]).toMatchObject({ live: false, supersededBy: b!.id });
      expect(await vault.referring([a!.id])).toMatchObject([{ id: b!.id }]);
      await vault.mark([{ id: b!.id, supersedes: null }]);
      expect((await vault.get([b!.id]))[0]).not.toHaveProperty("supersedes");
      expect(await vault.referring([a!.id])).toEqual([]);
      expect(await vault.versions(a!.id)).toEqual([]);
    });
  });

  describe("looking up", () => {
    it("finds by hash and fact key within one user only", async () => {
      const vault = await fresh();
      const shared = { textHash: "T", nearHash: "N", factKeys: ["place:home", "work:job"] };
      const [own, ann] = await add(
        vault,
        draft(shared),
        draft({ ...shared, scope: { user: "ann" } }),
        draft({ scope: { user: "owner" } }),
      );
      for (const by of ["textHash", "nearHash", "factKeys"] as const) {
        const key = { textHash: "T", nearHash: "N", factKeys: "work:job" }[by];
        expect(await vault.matching(undefined, by, [key, "else"])).toEqual([own]);
        expect(await vault.matching("ann", by, [key, key])).toEqual([ann]);
        expect(await vault.matching("owner", by, [key])).toEqual([]);
        expect(await vault.matching("ann", by, [])).toEqual([]);
      }
    });

    it("gives a thread's turns by position, live ones unless all are asked for", async () => {
      const vault = await fresh();
      await add(
        vault,
        draft({ threadId: "t1", position: 1, text: "b" }),
        draft({ threadId: "t1", position: 0, text: "a" }),
        draft({ threadId: "t1", position: 1, text: "left", live: false }),
        draft({ threadId: "t2", position: 0 }),
        draft(),
      );
      expect((await vault.threadRecords("t1")).map(({ text }) => text)).toEqual(["a", "b"]);
      expect((await vault.threadRecords("t1", true)).map(({ text }) => text)).toEqual([
        "a",
        "b",
        "left",
      ]);
      expect(await vault.threadRecords("none")).toEqual([]);
    });

    it("scans all rows in batches by seq", async () => {
      const vault = await fresh();
      const rows = await add(vault, ...Array.from({ length: 7 }, () => draft()));
      const seen: StoredRecord[] = [];
      for (let from = 0; ;) {
        const batch = await vault.scan(from, 3);
        if (batch.length === 0) break;
        seen.push(...batch);
        from = batch.at(-1)!.seq + 1;
      }
      expect(seen).toEqual(rows);
    });

    it("finds who refers to an id, by source, renewal or repetition", async () => {
      const vault = await fresh();
      const [base] = await add(vault, draft());
      const id = base!.id;
      await add(
        vault,
        draft({ kind: "derived", sources: [id, id], text: "d" }),
        draft({ supersedes: id, text: "s" }),
        draft({ duplicateOf: id, text: "x" }),
        draft(),
      );
      expect((await vault.referring([id, "other"])).map(({ text }) => text)).toEqual([
        "d",
        "s",
        "x",
      ]);
    });
  });

  describe("threads and nodes", () => {
    it("merges a patch into the thread that is there", async () => {
      const vault = await fresh();
      await vault.commit({
        records: [],
        threads: [threadOf({ user: "ann", profile: "P", open: { callId: "x", since: 5 } })],
      });
      expect(await vault.thread("t1")).toEqual({
        id: "t1",
        scopeKey: "[null,null,null]",
        user: "ann",
        leaf: "c1",
        profile: "P",
        open: { callId: "x", since: 5 },
        createdAt: 1,
        updatedAt: 1,
      });
      await vault.commit({ records: [], threads: [threadOf({ user: "ann", leaf: "c2", at: 8 })] });
      expect(await vault.thread("t1")).toEqual({
        id: "t1",
        scopeKey: "[null,null,null]",
        user: "ann",
        leaf: "c2",
        profile: "P",
        createdAt: 1,
        updatedAt: 8,
      });
    });

    it("finds nodes by chain in every thread, and all of one thread", async () => {
      const vault = await fresh();
      const nodes = [
        nodeOf(),
        nodeOf({ chain: "c2", parent: "c1", depth: 1 }),
        nodeOf({ threadId: "t2" }),
      ];
      await vault.commit({ records: [], nodes });
      expect(await vault.nodes(["c1", "none"])).toHaveLength(2);
      expect(await vault.threadNodes("t1")).toEqual(nodes.slice(0, 2));
    });

    it("changes a thread in one transaction: nothing is lost between two vaults", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const one = await openOne(name);
      const two = await openOne(name);
      const row = { id: "t1", scopeKey: "k", leaf: "", createdAt: 0, updatedAt: 0 };
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? one : two).modifyThread("t1", (now) => ({
            ...(now ?? row),
            updatedAt: (now?.updatedAt ?? 0) + 1,
          })),
        ),
      );
      expect((await one.thread("t1"))!.updatedAt).toBe(20);
      expect(await one.modifyThread("t1", () => null)).toBeNull();
      expect(await two.thread("t1")).toBeNull();
    });
  });

  describe("forgetting", () => {
    it("removes rows, versions and tail entries, empties nodes, thaws the user's profiles only", async () => {
      const vault = await fresh();
      const ann = { user: "ann" };
      const [gone, kept] = await add(vault, draft({ scope: ann }), draft({ scope: ann }));
      await vault.modify(gone!.id, (now) => ({ ...now, pinned: true }));
      await vault.commit({
        records: [],
        threads: [
          threadOf({ user: "ann", profile: "of Ann" }),
          threadOf({ id: "t2", profile: "of the owner" }),
        ],
        nodes: [nodeOf({ recordId: gone!.id }), nodeOf({ chain: "c2", recordId: kept!.id })],
      });
      const receipt = await vault.remove([gone!.id, "nobody"], []);
      expect(receipt).toMatchObject({ versions: 1, removed: [{ id: gone!.id }] });
      expect(await vault.get([gone!.id, kept!.id])).toEqual([null, kept]);
      expect(await vault.versions(gone!.id)).toEqual([]);
      expect((await vault.loadIndex()).tail.map(({ seq }) => seq)).toEqual([kept!.seq]);
      expect((await vault.threadNodes("t1")).map(({ recordId }) => recordId)).toEqual([
        null,
        kept!.id,
      ]);
      expect(await vault.thread("t1")).not.toHaveProperty("profile");
      expect((await vault.thread("t2"))!.profile).toBe("of the owner");
      expect((await vault.stats()).records).toBe(1);
    });

    it("does not let a node that was read before bring the forgotten id back", async () => {
      const vault = await fresh();
      const [row] = await add(vault, draft());
      const node = nodeOf({ recordId: row!.id });
      await vault.commit({ records: [], nodes: [node] });
      await vault.remove([row!.id], []);
      await vault.commit({ records: [], nodes: [{ ...node, leaf: false }] });
      expect(await vault.threadNodes("t1")).toEqual([{ ...node, leaf: false, recordId: null }]);
    });

    it("rewrites segments with the removal, and removes nothing where one of them is gone", async () => {
      const vault = await fresh();
      const [a] = await add(vault, draft());
      await vault.replaceSegments({
        put: [
          { id: "s1", bytes: bytes(1, 2), state: bytes(0) },
          { id: "s2", bytes: bytes(3), state: bytes(0) },
        ],
        drop: [],
        sealed: [a!.seq],
      });
      expect(
        await codeOf(vault.remove([a!.id], [{ id: "s9", bytes: bytes(1), state: null }])),
      ).toBe("vault/failed");
      expect(await vault.get([a!.id])).toEqual([a]);
      await vault.remove(
        [a!.id],
        [
          { id: "s1", bytes: bytes(7), state: null },
          { id: "s2", bytes: null, state: null },
        ],
      );
      expect((await vault.loadIndex()).segments).toEqual([
        { id: "s1", bytes: bytes(7), state: bytes(0) },
      ]);
    });
  });

  describe("the stored index", () => {
    it("puts sealed segments in the place of tail entries, and gives all back at opening", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const vault = await openOne(name);
      const rows = await add(vault, draft(), draft(), draft());
      await vault.replaceSegments({
        put: [{ id: "s1", bytes: bytes(5, 6), state: bytes(1) }],
        drop: [],
        sealed: [rows[0]!.seq, rows[1]!.seq],
      });
      await vault.close();
      const { segments, tail, damaged } = await (await openOne(name)).loadIndex();
      expect(segments).toEqual([{ id: "s1", bytes: bytes(5, 6), state: bytes(1) }]);
      expect(tail.map(({ seq }) => seq)).toEqual([rows[2]!.seq]);
      expect(damaged).toEqual([]);
    });

    it("refuses a replacement that rests on what is gone, and writes nothing of it", async () => {
      const vault = await fresh();
      const [a, b] = await add(vault, draft(), draft());
      await vault.remove([b!.id], []);
      const put = [{ id: "s1", bytes: bytes(1), state: bytes() }];
      expect(await codeOf(vault.replaceSegments({ put, drop: [], sealed: [a!.seq, b!.seq] }))).toBe(
        "vault/failed",
      );
      expect(await codeOf(vault.replaceSegments({ put, drop: ["s0"], sealed: [] }))).toBe(
        "vault/failed",
      );
      expect(await vault.loadIndex()).toMatchObject({ segments: [], tail: [{ seq: a!.seq }] });
    });

    it("gives tail entries above a seq, and stores only the bytes of the entry itself", async () => {
      const vault = await fresh();
      const large = bytes(...Array.from({ length: 100 }, (_, i) => i));
      const rows = await vault.commit({
        records: [draft(), draft()].map((one, i) => ({
          draft: one,
          entry: large.subarray(i, i + 2),
        })),
      });
      const tail = await vault.tailAfter(rows[0]!.seq);
      expect(tail).toEqual([{ seq: rows[1]!.seq, entry: bytes(1, 2) }]);
      expect(tail[0]!.entry.buffer.byteLength).toBe(2);
    });

    it("names documents that were marked or edited after their entry was written, until they are settled", async () => {
      const vault = await fresh();
      const [a, b] = await add(vault, draft(), draft());
      await vault.mark([{ id: a!.id, live: false }]);
      const { touched } = await vault.loadIndex();
      expect(touched.map(({ seq }) => seq)).toEqual([a!.seq]);
      await vault.mark([{ id: a!.id, live: true }]);
      await vault.replaceSegments({
        put: [{ id: "s1", bytes: bytes(1), state: bytes() }],
        drop: [],
        sealed: [a!.seq, b!.seq],
        settled: touched,
      });
      const later = (await vault.loadIndex()).touched;
      expect(later.map(({ seq }) => seq)).toEqual([a!.seq]);
      await vault.replaceSegments({
        put: [{ id: "s1", bytes: bytes(1), state: bytes(2) }],
        drop: ["s1"],
        sealed: [],
        settled: later,
      });
      expect((await vault.loadIndex()).touched).toEqual([]);
    });
  });

  describe("changes", () => {
    it("tells own changes before the promise resolves, and others' in order", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const one = await openOne(name);
      const two = await openOne(name);
      const own: VaultChange[] = [];
      const theirs: VaultChange[] = [];
      one.onChange((change) => own.push(change));
      two.onChange((change) => theirs.push(change));
      const [a, b] = await add(one, draft(), draft());
      expect(own).toEqual([
        {
          own: true,
          added: [a!.seq, b!.seq],
          removed: [],
          marked: [],
          segments: false,
          ids: [a!.id, b!.id],
        },
      ]);
      const { after } = await one.modify(
        a!.id,
        (now) => ({ ...now, text: "new" }),
        () => bytes(1),
      );
      await one.mark([{ id: b!.id, live: false }]);
      await one.remove([b!.id], []);
      await one.replaceSegments({
        put: [{ id: "s", bytes: bytes(), state: bytes() }],
        drop: [],
        sealed: [after.seq],
      });
      await expect.poll(() => theirs.length).toBe(5);
      expect(theirs).toEqual(own.map((change) => ({ ...change, own: false })));
      expect(theirs.slice(1)).toMatchObject([
        { added: [after.seq], removed: [a!.seq], ids: [a!.id] },
        { marked: [b!.seq] },
        { removed: [b!.seq] },
        { segments: true, ids: [] },
      ]);
    });

    it("tells every change once where both write at the same time", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const vaults = [await openOne(name), await openOne(name)];
      const heard = vaults.map(() => [] as number[]);
      vaults.forEach((vault, i) => vault.onChange(({ added }) => heard[i]!.push(...added)));
      await Promise.all(
        Array.from({ length: 30 }, (_, i) => vaults[i % 2]!.commit(batchOf(draft()))),
      );
      const all = (await vaults[0]!.scan(0, 100)).map(({ seq }) => seq);
      await expect.poll(() => heard.map((seqs) => seqs.length)).toEqual([30, 30]);
      expect(heard).toEqual([all, all]);
    });

    it("stops telling, and outlives a listener that throws", async () => {
      const vault = await fresh();
      const heard: VaultChange[] = [];
      const stop = vault.onChange((change) => heard.push(change));
      await add(vault, draft());
      stop();
      await add(vault, draft());
      expect(heard).toHaveLength(1);
    });
  });

  describe("settings, figures and the end", () => {
    it("keeps settings, and null takes one away", async () => {
      const vault = await fresh();
      await vault.setMeta("counters", "mine");
      expect(await vault.meta("counters")).toBe("mine");
      await add(vault, draft());
      expect(await vault.meta("counters")).toBe("mine");
      await vault.setMeta("counters", null);
      expect(await vault.meta("counters")).toBeNull();
    });

    it("counts by kind and by what scopes isolate", async () => {
      const vault = await fresh();
      const [first] = await add(
        vault,
        draft({ scope: { user: "u", thread: "x" }, kind: "turn" }),
        draft({ scope: { user: "u", thread: "y" }, kind: "turn" }),
        draft({ kind: "derived", sources: ["s"] }),
      );
      await vault.modify(first!.id, (now) => ({ ...now, kind: "note" }));
      const stats = await vault.stats();
      expect(stats).toMatchObject({
        records: 3,
        turns: 1,
        notes: 1,
        derived: 1,
        versions: 1,
        tail: 3,
        outbox: 3,
        segments: 0,
      });
      expect(stats.scopes.toSorted((a, b) => a.records - b.records)).toEqual([
        { scope: {}, records: 1 },
        { scope: { user: "u" }, records: 2 },
      ]);
      await vault.remove([first!.id], []);
      expect((await vault.stats()).scopes.map(({ records }) => records)).toEqual([1, 1]);
    });

    it("finishes what was begun, then refuses everything", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const vault = await openOne(name);
      const writing = add(vault, draft(), draft());
      const closing = vault.close();
      expect(await codeOf(add(vault, draft()))).toBe("vault/closed");
      expect(await writing).toHaveLength(2);
      await closing;
      await vault.close();
      expect(await codeOf(vault.get(["x"]))).toBe("vault/closed");
      expect((await (await openOne(name)).stats()).records).toBe(2);
    });

    it("is empty after it was destroyed", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const vault = await openOne(name);
      await add(vault, draft());
      await vault.destroy();
      expect(await codeOf(vault.stats())).toBe("vault/closed");
      expect((await (await openOne(name)).stats()).records).toBe(0);
    });
  });
}

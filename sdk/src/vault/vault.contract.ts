import { afterEach, describe, expect, it } from "vitest";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import { batchOf, bytes, codeOf, draft, nodeOf, threadOf } from "./vault-fixtures.ts";
import { describeKeeping } from "./vault-keeping.contract.ts";
import { describeListing } from "./vault-list.contract.ts";
import { describeVectors } from "./vector-store.contract.ts";
import type { Vault, VaultBatch, VaultChange } from "./vault.ts";

/** Opens a vault of this name: the same name gives another object over the same data. */
export type OpenVault = (name: string) => Promise<Vault>;

/** What every part of the contract works with. Each vault that it opens is destroyed after its test. */
export interface VaultContractContext {
  /** A vault that no test has seen. */
  fresh(): Promise<Vault>;
  /** The same name gives another object over the same data. */
  openOne(name: string): Promise<Vault>;
  add(vault: Vault, ...drafts: RecordDraft[]): Promise<readonly StoredRecord[]>;
}

/** What every vault must do. An adapter runs it with its own `open`; names are unique to each test. */
export function runVaultContract(open: OpenVault): void {
  const opened: Vault[] = [];
  const context: VaultContractContext = {
    fresh: () => context.openOne(`contract-${crypto.randomUUID()}`),
    async openOne(name) {
      const vault = await open(name);
      opened.push(vault);
      return vault;
    },
    add: (vault, ...drafts) => vault.commit(batchOf(...drafts)),
  };
  afterEach(async () => {
    for (const vault of opened.splice(0)) await vault.destroy();
  });
  describeRecords(context);
  describeListing(context);
  describeKeeping(context);
  describeVectors(context);
}

function describeRecords({ fresh, openOne, add }: VaultContractContext): void {
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
      expect(await vault.nodesOfAnswer("a1")).toEqual([]);
      await vault.commit({ records: [], nodes: [{ ...nodes[1]!, answer: "a1" }] });
      expect(await vault.nodesOfAnswer("a1")).toEqual([{ ...nodes[1]!, answer: "a1" }]);
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
}

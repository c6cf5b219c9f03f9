import { describe, expect, it } from "vitest";
import { batchOf, bytes, codeOf, draft, nodeOf, threadOf } from "./vault-fixtures.ts";
import type { VaultContractContext } from "./vault.contract.ts";
import type { VaultChange } from "./vault.ts";

/** The part of the contract about what stays, what goes, and who is told. */
export function describeKeeping({ fresh, openOne, add }: VaultContractContext): void {
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
      const recordOf = (await vault.threadNodes("t1")).map((node) => [node.chain, node.recordId]);
      expect(Object.fromEntries(recordOf)).toEqual({ c1: null, c2: kept!.id });
      expect(await vault.thread("t1")).not.toHaveProperty("profile");
      expect((await vault.thread("t2"))!.profile).toBe("of the owner");
      expect((await vault.stats()).records).toBe(1);
    });

    it("removes what other records once said where its text is named, and leaves those records", async () => {
      const vault = await fresh();
      const [gone, other, third] = await add(
        vault,
        draft({ text: "the same", textHash: "same" }),
        draft({ text: "the same", textHash: "same" }),
        draft({ text: "another", textHash: "another" }),
      );
      for (const row of [other!, third!])
        await vault.modify(
          row.id,
          (now) => ({ ...now, text: "new", textHash: "new" }),
          () => bytes(1),
        );
      expect(
        (await vault.versionsWithText(["same", "nothing"])).map(({ recordId }) => recordId),
      ).toEqual([other!.id]);
      expect(await vault.remove([gone!.id], [], ["same"])).toMatchObject({ versions: 1 });
      expect(await vault.versionsWithText(["same"])).toEqual([]);
      expect(await vault.versions(third!.id)).toHaveLength(1);
      expect((await vault.get([other!.id]))[0]).toMatchObject({ text: "new" });
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

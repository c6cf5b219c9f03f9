import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordDraft } from "../domain/stored-record.ts";
import type {
  OutboxEntry,
  RemoteRecord,
  SealedBatch,
  SnapshotNotesRow,
  SyncDotRow,
  SyncRecordRow,
  SyncStateRow,
  SyncStore,
} from "./sync-store.ts";
import type { CopyReason } from "./kept-copy.ts";
import type { PackEntries } from "./vault.ts";
import { bytes, codeOf, draft } from "./vault-fixtures.ts";

/** A vault and what its user does in it. */
export interface SyncStoreHarness {
  readonly store: SyncStore;
  add(draft: RecordDraft): Promise<void>;
  edit(id: string, text: string): Promise<void>;
  /** `why`: another device did, or took it back. */
  remove(id: string, why?: CopyReason): Promise<void>;
  /** All that is left of everybody. */
  removeAll(): Promise<void>;
  textOf(id: string): Promise<string | null>;
  close(): Promise<void>;
}

const hash = (n: number) => new Uint8Array(32).fill(n);

const state = (over: Partial<SyncStateRow> = {}): SyncStateRow => ({
  generation: 0,
  cursor: null,
  chains: [{ device: "d1", batchNo: 1, hash: hash(1), nextSeq: 2, logLen: 1 }],
  named: [],
  early: [],
  owed: [],
  orphans: [],
  bare: [],
  claims: [],
  nextSeq: 1,
  resealBelow: 0,
  lastSyncedAt: null,
  ...over,
});

const known = (id: string, over: Partial<SyncRecordRow> = {}): SyncRecordRow => ({
  key: `key-${id}`,
  id,
  shape: bytes(1, 2, 3),
  shown: "shown",
  others: [],
  ...over,
});

const dot = (record: string, n: number): SyncDotRow => ({
  dot: `d1:${n}`,
  record,
  hash: hash(n),
  digest: `digest-${n}`,
  epoch: 1,
  tombstone: false,
});

const batch = (outbox: OutboxEntry, row: SyncDotRow, supersedes: string[] = []): SealedBatch => ({
  body: bytes(9, 9, 9),
  generation: 0,
  items: [{ row, outbox, supersedes }],
});

const remote = (memory: RecordDraft, over: Partial<RemoteRecord> = {}): RemoteRecord => ({
  row: known(memory.id),
  memory: { draft: memory, entry: () => bytes(1), nodes: [], vector: null, lost: [] },
  from: null,
  send: false,
  ...over,
});

const PLACE = { state: state(), manifests: [], dots: [], gone: [] };

export function runSyncStoreContract(open: () => Promise<SyncStoreHarness>): void {
  describe("what sync keeps", () => {
    let vault: SyncStoreHarness;
    beforeEach(async () => {
      vault = await open();
    });
    afterEach(() => vault.close());

    async function changeOf(id: string): Promise<OutboxEntry> {
      const [held] = await vault.store.held([{ key: `key-${id}`, id }]);
      if (!held?.outbox) throw new Error("nothing waits");
      return held.outbox;
    }

    it("is nothing at first, while every change waits in the order made", async () => {
      const [one, two] = [draft(), draft()];
      await vault.add(one);
      await vault.add(two);
      await vault.edit(one.id, "edited");
      expect(await vault.store.state()).toBeNull();
      expect(await vault.store.sealed()).toBeNull();
      expect((await vault.store.outbox(10)).map(({ id }) => id)).toEqual([two.id, one.id]);
      expect(await vault.store.outbox(1)).toHaveLength(1);
      expect(await vault.store.pending()).toBe(2);
      const held = await vault.store.held([one.id, "none"].map((id) => ({ key: `key-${id}`, id })));
      expect(held.map(({ row, local }) => [row, local?.record.text])).toEqual([
        [null, "edited"],
        [null, undefined],
      ]);
    });

    it("lets rows go that a batch without entries has purged", async () => {
      await vault.store.apply({ ...PLACE, dots: [dot("key-a", 1), dot("key-b", 2)], records: [] });
      const sealed = { body: bytes(9), generation: 0, items: [] };
      await vault.store.seal(sealed, [], []);
      const manifest = { device: "d1", batchNo: 2, hash: hash(6) };
      await vault.store.acknowledge({ sealed, state: state(), manifest, gone: ["d1:1"] });
      expect((await vault.store.dots()).map((row) => row.dot)).toEqual(["d1:2"]);
      expect(await vault.store.sealed()).toBeNull();
    });

    it("keeps what is set aside under its own name, queues it with all else, and lets it go", async () => {
      const kept = { key: "aside:1:2", id: "aside:1:2", shape: bytes(7), shown: "", others: [] };
      const record = (shape: typeof kept.shape | null) => ({
        row: { ...kept, shape },
        memory: null,
        from: null,
        send: false,
      });
      await vault.store.apply({ ...PLACE, records: [record(kept.shape)] });
      expect(await vault.store.recordsNamed("aside:")).toEqual([kept]);
      expect(await vault.store.pending()).toBe(0);
      await vault.store.requeue([kept.key]);
      expect((await vault.store.outbox(5)).map(({ id }) => id)).toEqual([kept.id]);
      await vault.store.apply({ ...PLACE, records: [record(null)] });
      expect(await vault.store.recordsNamed("aside:")).toEqual([{ ...kept, shape: null }]);
      expect(await vault.store.pending()).toBe(0);
    });

    it("asks for a segment where very many records are new, and for none where few are", async () => {
      const asked: (readonly number[])[] = [];
      const pack: PackEntries = (entries) => {
        asked.push(entries.map(({ seq }) => seq));
        return { id: "packed", bytes: bytes(1), state: bytes(2) };
      };
      // A store that packs nothing asks for none, however many there are.
      const length = Math.min(vault.store.packFrom, 10_000);
      const many = Array.from({ length }, () => remote(draft()));
      const { added, segment } = await vault.store.apply({ ...PLACE, records: many }, pack);
      const few = await vault.store.apply({ ...PLACE, records: [remote(draft())] }, pack);
      expect(added).toHaveLength(length);
      expect(few.segment).toBeNull();
      if (segment) expect(asked).toEqual([added.map(({ seq }) => seq)]);
    });

    it("keeps a sealed batch until it is acknowledged, and then the own head and no change", async () => {
      const one = draft();
      await vault.add(one);
      const sealed = batch(await changeOf(one.id), dot(`key-${one.id}`, 1));
      await vault.store.seal(sealed, [known(one.id)], []);
      expect(await vault.store.sealed()).toEqual(sealed);
      expect(await vault.store.pending()).toBe(1);
      const next = state({ nextSeq: 2 });
      const manifest = { device: "d1", batchNo: 1, hash: hash(5) };
      await vault.store.acknowledge({ sealed, state: next, manifest });
      expect(await vault.store.sealed()).toBeNull();
      expect(await vault.store.pending()).toBe(0);
      expect(await vault.store.state()).toEqual(next);
      expect(await vault.store.dotsOf([`key-${one.id}`])).toEqual([dot(`key-${one.id}`, 1)]);
      expect(await vault.store.manifests([manifest, { device: "d1", batchNo: 2 }])).toEqual([
        hash(5),
        null,
      ]);
    });

    it("keeps a change that was made while its batch was under way", async () => {
      const one = draft();
      await vault.add(one);
      const sealed = batch(await changeOf(one.id), dot(`key-${one.id}`, 1));
      await vault.store.seal(sealed, [known(one.id)], []);
      await vault.edit(one.id, "meanwhile");
      await vault.store.acknowledge({
        sealed,
        state: state(),
        manifest: { device: "d1", batchNo: 1, hash: hash(5) },
      });
      expect(await vault.store.pending()).toBe(1);
    });

    it("seals nothing that changed since it was read", async () => {
      const one = draft();
      await vault.add(one);
      const before = await changeOf(one.id);
      await vault.edit(one.id, "meanwhile");
      const sealed = batch(before, dot(`key-${one.id}`, 1));
      expect(await codeOf(vault.store.seal(sealed, [known(one.id)], []))).toBe("vault/failed");
      expect(await codeOf(vault.store.seal(null, [], [before]))).toBe("vault/failed");
      expect(await vault.store.sealed()).toBeNull();
      expect(await vault.store.pending()).toBe(1);
      expect(await vault.store.records([`key-${one.id}`])).toEqual([null]);
    });

    it("writes pulled records with the place in the server's row, and no change of its own", async () => {
      const one = draft({ text: "from elsewhere" });
      const place = { ...PLACE, dots: [dot(`key-${one.id}`, 1)] };
      const applied = await vault.store.apply({ ...place, records: [remote(one)] });
      expect(applied.added.map(({ id }) => id)).toEqual([one.id]);
      expect(await vault.textOf(one.id)).toBe("from elsewhere");
      expect(await vault.store.pending()).toBe(0);
      const again = await vault.store.apply({
        ...PLACE,
        gone: ["d1:1"],
        records: [remote({ ...one, text: "edited elsewhere" }, { send: true })],
      });
      expect(again.replaced).toHaveLength(1);
      expect(await vault.textOf(one.id)).toBe("edited elsewhere");
      expect(await vault.store.dots()).toEqual([]);
      expect(await vault.store.pending()).toBe(1);
    });

    it("writes nothing of a page over a change that it was not merged with", async () => {
      const [one, two] = [draft({ text: "mine" }), draft()];
      await vault.add(one);
      const before = await changeOf(one.id);
      await vault.edit(one.id, "mine, edited");
      const records = [remote(two), remote({ ...one, text: "theirs" }, { from: before })];
      expect(await codeOf(vault.store.apply({ ...PLACE, records }))).toBe("vault/failed");
      expect(await vault.textOf(one.id)).toBe("mine, edited");
      expect(await vault.textOf(two.id)).toBeNull();
      expect(await vault.store.state()).toBeNull();
    });

    it("loses what it knew of a record that is forgotten here, but not that it was there", async () => {
      const one = draft();
      await vault.add(one);
      const change = await changeOf(one.id);
      const row = known(one.id, { others: [{ stamp: "s", text: "beside", textHash: "h" }] });
      const sealed = batch(change, dot(row.key, 1));
      await vault.store.seal(sealed, [row], []);
      await vault.store.acknowledge({
        sealed,
        state: state(),
        manifest: { device: "d1", batchNo: 1, hash: hash(5) },
      });
      await vault.remove(one.id);
      expect(await vault.store.records([row.key])).toEqual([
        { key: row.key, id: one.id, shape: null, shown: "", others: [] },
      ]);
      expect(await changeOf(one.id)).toMatchObject({ op: "remove" });
      expect(await vault.store.dotsOf([row.key])).toHaveLength(1);
    });

    describe("beside the records", () => {
      const keyOf = (n: number) => n.toString(16).padStart(32, "0");
      const beside = (key: string, over: Partial<SyncRecordRow>): RemoteRecord => ({
        row: { key, id: key, shape: null, shown: "", others: [], ...over },
        memory: null,
        from: null,
        send: false,
      });
      const copyOf = (of: RecordDraft, n: number, why: CopyReason): RemoteRecord =>
        beside(`copy:${keyOf(n)}:aa`, { copy: { draft: of, why, by: "d1" } });
      const asideOf = (n: number): RemoteRecord =>
        beside(`aside:${keyOf(n)}:bb`, { shape: bytes(7, n) });
      const copies = async () =>
        (await vault.store.recordsNamed("copy:")).flatMap(({ copy }) =>
          copy ? [copy.draft.text] : [],
        );
      const asides = async () =>
        (await vault.store.recordsNamed("aside:")).flatMap(({ shape }) => (shape ? [shape] : []));

      it("loses copies of a record that is forgotten here, and of all that say the same", async () => {
        const one = draft();
        const said = {
          ...draft({ text: "said again", textHash: one.textHash }),
          metadata: { a: 1 },
        };
        await vault.add(one);
        await vault.store.apply({
          ...PLACE,
          records: [
            copyOf({ ...one, text: "edited", textHash: "other" }, 1, "forgotten"),
            copyOf({ ...one, text: "undone", textHash: "another" }, 2, "removed-device"),
            copyOf(said, 3, "forgotten"),
            copyOf(draft({ text: "of another" }), 4, "forgotten"),
          ],
        });
        expect(await vault.store.recordsNamed(`copy:${keyOf(3)}`)).toMatchObject([
          { copy: { draft: said, why: "forgotten", by: "d1" } },
        ]);
        expect(await copies()).toHaveLength(4);
        await vault.remove(one.id);
        expect(await copies()).toEqual(["of another"]);
      });

      it("keeps the edit that was not seen where its memory was forgotten, and nothing else of it", async () => {
        const one = draft();
        await vault.add(one);
        await vault.store.apply({
          ...PLACE,
          records: [
            copyOf({ ...one, text: "edited here" }, 1, "forgotten"),
            copyOf({ ...one, text: "undone before", textHash: "x" }, 2, "removed-device"),
            copyOf(draft({ text: "the same", textHash: one.textHash }), 3, "forgotten"),
          ],
        });
        await vault.remove(one.id, "forgotten");
        expect(await copies()).toEqual(["edited here"]);
      });

      it("keeps all copies when a record is only taken back", async () => {
        const one = draft();
        await vault.add(one);
        await vault.store.apply({
          ...PLACE,
          records: [
            copyOf(one, 1, "removed-device"),
            copyOf(draft({ text: "the same", textHash: one.textHash }), 2, "removed-device"),
          ],
        });
        await vault.remove(one.id, "removed-device");
        expect(await copies()).toHaveLength(2);
      });

      it("loses what was set aside of a record with it, which then no batch is sealed of", async () => {
        const one = draft();
        await vault.add(one);
        const row = { ...known(one.id), key: keyOf(1) };
        await vault.store.seal(null, [row], [await changeOf(one.id)]);
        await vault.store.apply({ ...PLACE, records: [asideOf(1), asideOf(2)] });
        const name = asideOf(1).row.key;
        await vault.store.requeue([name]);
        const [waits] = await vault.store.outboxOf([name]);
        await vault.remove(one.id);
        expect(await asides()).toEqual([bytes(7, 2)]);
        const sealed = batch(waits!, dot(name, 1));
        expect(await codeOf(vault.store.seal(sealed, [asideOf(1).row], []))).toBe("vault/failed");
        expect(await asides()).toEqual([bytes(7, 2)]);
      });

      it("loses all of it with everything, and asks for a tombstone of what cannot be read", async () => {
        const [one, two] = [draft(), draft()];
        await vault.add(one);
        await vault.add(two);
        const of = draft({ text: "of somebody", scope: { user: "ann" } });
        await vault.store.apply({ ...PLACE, records: [copyOf(of, 1, "forgotten"), asideOf(2)] });
        await vault.remove(one.id);
        expect([await copies(), await asides()]).toEqual([["of somebody"], [bytes(7, 2)]]);
        await vault.removeAll();
        expect([await copies(), await asides()]).toEqual([[], []]);
        expect(await vault.store.outboxOf([asideOf(2).row.key])).toMatchObject([{ op: "remove" }]);
      });
    });

    it("leaves the place where it is, where a change names none", async () => {
      const one = draft();
      await vault.store.setState(state({ nextSeq: 7 }));
      const records = [remote(one)];
      await vault.store.apply({ ...PLACE, state: null, dots: [dot(`key-${one.id}`, 1)], records });
      expect(await vault.store.state()).toEqual(state({ nextSeq: 7 }));
      expect(await vault.store.dots()).toHaveLength(1);
      expect(await vault.textOf(one.id)).toBe(one.text);
    });

    it("keeps what is known of snapshots until it begins anew", async () => {
      expect(await vault.store.snapshotNotes()).toBeNull();
      const last = { storeId: "store", epoch: 1, named: [{ device: "d1", next: 9 }] };
      const notes: SnapshotNotesRow = {
        last,
        reading: { snapshotId: bytes(9), blobs: 3 },
        notBefore: 5,
        job: {
          snapshotId: bytes(1),
          seq: 7,
          generation: 0,
          logLen: 1,
          logHash: hash(1),
          rows: 2,
          root: hash(2),
          heads: [{ device: "d1", batchNo: 1, hash: hash(3) }],
          reach: last,
          blobBytes: 100,
          blobs: [{ hash: hash(4), bytes: 3, chunks: 1 }],
          after: "d1:1",
          pending: bytes(1, 2, 3),
        },
      };
      await vault.store.keepSnapshotNotes(notes);
      expect(await vault.store.snapshotNotes()).toEqual(notes);
      await vault.store.setState(state());
      expect(await vault.store.snapshotNotes()).toEqual(notes);
      await vault.store.restart(state({ generation: 1 }));
      expect(await vault.store.snapshotNotes()).toBeNull();
    });

    it("counts everything as changed when it begins anew", async () => {
      const [one, two] = [draft(), draft()];
      await vault.add(one);
      await vault.store.seal(null, [], [await changeOf(one.id)]);
      await vault.store.apply({
        ...PLACE,
        dots: [dot(`key-${two.id}`, 1)],
        records: [remote(two)],
      });
      await vault.store.putNamed(known("device:1"));
      await vault.store.restart(state({ generation: 1 }));
      expect((await vault.store.outbox(10)).map(({ id }) => id).toSorted()).toEqual(
        [one.id, two.id, "device:1"].toSorted(),
      );
      expect(await vault.store.dots()).toEqual([]);
      expect(await vault.store.state()).toMatchObject({ generation: 1 });
      expect((await vault.store.recordsNamed("device:")).map(({ id }) => id)).toEqual(["device:1"]);
      await vault.store.clear();
      expect(await vault.store.state()).toBeNull();
      expect(await vault.store.recordsNamed("device:")).toEqual([]);
      expect(await vault.store.pending()).toBe(3);
    });
  });
}

import { describe, expect, it } from "vitest";
import type { StoredRecord } from "../domain/stored-record.ts";
import { bytes, codeOf, draft } from "./vault-fixtures.ts";
import type { VaultContractContext } from "./vault.contract.ts";
import type { VectorRow, VectorSegment, VectorSpaceRow } from "./vector-store.ts";
import type { Vault, VaultChange } from "./vault.ts";

const SPACE: VectorSpaceRow = { id: "space a", dimensions: 2, notes: {} };
const OTHER: VectorSpaceRow = { id: "space b", dimensions: 3, notes: { recall: 0.5 } };

const vectorOf = ({ seq }: StoredRecord): VectorRow => ({ seq, vector: bytes(seq, 7) });

function segmentOf(
  id: string,
  rows: readonly StoredRecord[],
  over: Partial<VectorSegment> = {},
): VectorSegment {
  const seqs = rows.map(({ seq }) => seq);
  return {
    id,
    rows: rows.length,
    first: Math.min(...seqs),
    last: Math.max(...seqs),
    dead: bytes(),
    parts: { sketch: bytes(1, ...seqs), rows: bytes(2, ...seqs) },
    ...over,
  };
}

/** What every `VectorStore` must do, with the vault it belongs to. */
export function describeVectors({ fresh, openOne, add }: VaultContractContext): void {
  const withSpace = async (): Promise<Vault> => {
    const vault = await fresh();
    await vault.vectors.putSpace(SPACE);
    return vault;
  };
  const tailOf = async (vault: Vault, space = SPACE.id): Promise<readonly number[]> =>
    (await vault.vectors.load(space)).tail.map(({ seq }) => seq);

  describe("vectors", () => {
    it("keeps spaces, and drops one with all that is in it", async () => {
      const vault = await withSpace();
      await vault.vectors.putSpace(OTHER);
      await vault.vectors.putSpace({ ...SPACE, notes: { recall: 1 } });
      expect(await vault.vectors.spaces()).toEqual([{ ...SPACE, notes: { recall: 1 } }, OTHER]);
      const rows = await add(vault, draft(), draft(), draft());
      for (const { id } of [SPACE, OTHER]) {
        await vault.vectors.put(id, rows.map(vectorOf));
        await vault.vectors.replace({
          space: id,
          put: [segmentOf(`of ${id}`, rows.slice(0, 2))],
          drop: [],
          sealed: [rows[0]!.seq, rows[1]!.seq],
        });
      }
      await vault.vectors.dropSpace(SPACE.id);
      expect(await vault.vectors.spaces()).toEqual([OTHER]);
      expect(await vault.vectors.load(SPACE.id)).toEqual({
        segments: [],
        tail: [],
        gone: [],
        damaged: [],
      });
      expect(await vault.vectors.parts(["of space a"], "rows")).toEqual([null]);
      expect(await tailOf(vault, OTHER.id)).toEqual([rows[2]!.seq]);
      expect((await vault.vectors.load(OTHER.id)).segments).toHaveLength(1);
    });

    it("stores vectors with their records, and those of spaces that are there only", async () => {
      const vault = await withSpace();
      const shared = bytes(...Array.from({ length: 50 }, (_, at) => at));
      const [row] = await vault.commit({
        records: [
          {
            draft: draft(),
            entry: bytes(1),
            vectors: [
              { space: SPACE.id, vector: shared.subarray(3, 5) },
              { space: "not there", vector: bytes(9) },
            ],
          },
        ],
      });
      const { tail } = await vault.vectors.load(SPACE.id);
      expect(tail).toEqual([{ seq: row!.seq, vector: bytes(3, 4) }]);
      expect(tail[0]!.vector.buffer.byteLength).toBe(2);
      expect(await tailOf(vault, "not there")).toEqual([]);
      expect(await vault.vectors.tail(SPACE.id, [row!.seq, 999])).toEqual(tail);
    });

    it("passes over vectors that come after their record went or was edited", async () => {
      const vault = await withSpace();
      const [kept, gone, edited] = await add(vault, draft(), draft(), draft());
      await vault.remove([gone!.id], []);
      await vault.modify(
        edited!.id,
        (row) => ({ ...row, text: "new" }),
        () => bytes(1),
      );
      expect(await vault.vectors.put(SPACE.id, [kept!, gone!, edited!].map(vectorOf))).toEqual([
        kept!.seq,
      ]);
      expect(await vault.vectors.put("not there", [vectorOf(kept!)])).toEqual([]);
      expect(await tailOf(vault)).toEqual([kept!.seq]);
    });

    it("takes vectors out of every tail with the record that goes or is edited", async () => {
      const vault = await withSpace();
      await vault.vectors.putSpace(OTHER);
      const [a, b, c] = await add(vault, draft(), draft(), draft());
      for (const { id } of [SPACE, OTHER]) await vault.vectors.put(id, [a!, b!, c!].map(vectorOf));
      await vault.remove([a!.id], []);
      await vault.modify(
        b!.id,
        (row) => ({ ...row, text: "new" }),
        () => bytes(1),
      );
      await vault.modify(c!.id, (row) => ({ ...row, pinned: true }));
      for (const { id } of [SPACE, OTHER]) {
        expect(await tailOf(vault, id)).toEqual([c!.seq]);
        expect((await vault.vectors.load(id)).gone).toEqual([]);
      }
    });

    it("seals, gives the parts back at opening, and tells what is gone from a segment", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const vault = await openOne(name);
      await vault.vectors.putSpace(SPACE);
      const rows = await add(vault, draft(), draft(), draft(), draft());
      await vault.vectors.put(SPACE.id, rows.map(vectorOf));
      await vault.vectors.replace({
        space: SPACE.id,
        put: [segmentOf("s", rows.slice(0, 3))],
        drop: [],
        sealed: rows.slice(0, 3).map(({ seq }) => seq),
      });
      await vault.remove([rows[1]!.id, rows[3]!.id], []);
      await vault.close();
      const { vectors } = await openOne(name);
      const stored = await vectors.load(SPACE.id);
      expect(stored).toMatchObject({ tail: [], gone: [rows[1]!.seq], damaged: [] });
      expect(stored.segments).toMatchObject([
        { id: "s", rows: 3, first: rows[0]!.seq, last: rows[2]!.seq, dead: bytes() },
      ]);
      expect(stored.segments[0]!.sizes).toEqual({ sketch: 4, rows: 4 });
      const { sketch } = segmentOf("s", rows.slice(0, 3)).parts;
      expect(await vectors.parts(["s", "none"], "sketch")).toEqual([sketch, null]);
      await vectors.replace({
        space: SPACE.id,
        put: [],
        drop: [],
        sealed: [],
        dead: [{ id: "s", dead: bytes(2) }],
        settled: stored.gone,
      });
      expect(await vectors.load(SPACE.id)).toMatchObject({
        segments: [{ id: "s", dead: bytes(2) }],
        gone: [],
      });
    });

    it("refuses a layout that rests on what is gone, and writes nothing of it", async () => {
      const vault = await withSpace();
      const rows = await add(vault, draft(), draft());
      await vault.vectors.put(SPACE.id, rows.map(vectorOf));
      const put = [segmentOf("s", rows)];
      const none = { space: SPACE.id, put, drop: [], sealed: [] };
      await vault.remove([rows[1]!.id], []);
      for (const change of [
        { ...none, sealed: rows.map(({ seq }) => seq) },
        { ...none, drop: ["nothing"] },
        { ...none, dead: [{ id: "nothing", dead: bytes(1) }] },
      ])
        expect(await codeOf(vault.vectors.replace(change))).toBe("vault/failed");
      expect(await vault.vectors.load(SPACE.id)).toMatchObject({ segments: [] });
      expect(await tailOf(vault)).toEqual([rows[0]!.seq]);
    });

    it("rewrites segments with the removal of records, and removes nothing where one is gone", async () => {
      const vault = await withSpace();
      const rows = await add(vault, draft(), draft(), draft());
      await vault.vectors.put(SPACE.id, rows.map(vectorOf));
      await vault.vectors.replace({
        space: SPACE.id,
        put: [segmentOf("s", rows)],
        drop: [],
        sealed: rows.map(({ seq }) => seq),
      });
      const rewrite = (drop: string) => [
        { space: SPACE.id, drop, put: segmentOf("t", [rows[0]!, rows[2]!]) },
      ];
      const ids = [rows[1]!.id];
      expect(await codeOf(vault.remove(ids, [], [], rewrite("other")))).toBe("vault/failed");
      expect(await vault.get(ids)).toEqual([rows[1]]);
      await vault.remove(ids, [], [], rewrite("s"));
      const stored = await vault.vectors.load(SPACE.id);
      expect(stored).toMatchObject({ segments: [{ id: "t", rows: 2 }], gone: [] });
      expect(await vault.vectors.parts(["s", "t"], "rows")).toEqual([
        null,
        bytes(2, rows[0]!.seq, rows[2]!.seq),
      ]);
      await vault.remove([rows[0]!.id], [], [], [{ space: SPACE.id, drop: "t", put: null }]);
      expect((await vault.vectors.load(SPACE.id)).segments).toEqual([]);
    });

    it("tells other vaults of the name what came and moved", async () => {
      const name = `contract-${crypto.randomUUID()}`;
      const [here, there] = [await openOne(name), await openOne(name)];
      const heard: VaultChange[] = [];
      there.onChange((change) => heard.push(change));
      await here.vectors.putSpace(SPACE);
      const [row] = await add(here, draft());
      await here.vectors.put(SPACE.id, [vectorOf(row!)]);
      await here.vectors.replace({
        space: SPACE.id,
        put: [segmentOf("s", [row!])],
        drop: [],
        sealed: [row!.seq],
      });
      await expect
        .poll(() => heard.flatMap(({ vectors = [] }) => vectors))
        .toEqual([
          { space: SPACE.id, added: [], layout: true },
          { space: SPACE.id, added: [row!.seq], layout: false },
          { space: SPACE.id, added: [], layout: true },
        ]);
    });
  });
}

import type { Collection, Table } from "dexie";
import { checksum } from "./checksum.ts";
import { ownBytes } from "./record-row.ts";
import type { JournalRow, VaultDatabase, VectorChunkRow, VectorHeadRow } from "./schema.ts";
import { conflictError, vaultError } from "./vault-errors.ts";
import {
  VECTOR_PARTS,
  type SpaceVector,
  type StoredVectors,
  type VectorPart,
  type VectorRewrite,
  type VectorRow,
  type VectorSegment,
  type VectorSegmentHead,
  type VectorStore,
} from "./vector-store.ts";
import type { PackedTables } from "./packed-tables.ts";
import { writeTransaction, type WriteNotes } from "./write-transaction.ts";

export interface DexieVectorStoreDeps {
  readonly db: VaultDatabase;
  readonly records: PackedTables["records"];
  readonly self: string;
  readonly announce: (row: JournalRow) => Promise<void>;
}

/** A range may hold so many times as many records as are asked for. */
const CLOSE = 20;

/** Nothing here catches or translates an error, but for a part that cannot be read: that is the caller's, in one place. */
export function createDexieVectorStore(deps: DexieVectorStoreDeps): VectorStore {
  const { db, records, self, announce } = deps;
  const write = async <T>(body: (notes: WriteNotes) => PromiseLike<T>): Promise<T> => {
    const { result, journal } = await writeTransaction(db, self, body);
    if (journal) await announce(journal);
    return result;
  };

  return {
    spaces: () => db.vectorSpaces.toArray(),

    putSpace: (row) =>
      write(async (notes) => {
        const known = await db.vectorSpaces.get(row.id);
        await db.vectorSpaces.put(row);
        if (!known) notes.vectorsMoved(row.id);
      }),

    dropSpace: (space) =>
      write(async (notes) => {
        const ids = await db.vectorSegments.where("space").equals(space).primaryKeys();
        await Promise.all([
          db.vectorSpaces.delete(space),
          db.vectorSegments.bulkDelete(ids),
          db.vectorChunks.bulkDelete(chunkKeys(ids)),
          ofSpace(db.vectorTail, space).delete(),
          ofSpace(db.vectorGone, space).delete(),
        ]);
        notes.vectorsMoved(space);
      }),

    load: (space) =>
      db.transaction("r", [db.vectorSegments, db.vectorTail, db.vectorGone], async () => {
        const [heads, tail, gone] = await Promise.all([
          db.vectorSegments.where("space").equals(space).toArray(),
          ofSpace(db.vectorTail, space).toArray(),
          ofSpace(db.vectorGone, space).primaryKeys(),
        ]);
        return toStored(
          heads,
          tail.map(({ seq, vector }) => ({ seq, vector })),
          gone.map(([, seq]) => seq),
        );
      }),

    async parts(ids, part) {
      const heads = await db.vectorSegments.bulkGet([...ids]);
      const chunks = await readChunks(ids, part);
      return ids.map((_, i) => {
        const head = heads[i]?.parts[part];
        const bytes = chunks[i]?.bytes;
        const whole =
          head !== undefined &&
          bytes?.byteLength === head.size &&
          checksum(bytes) === head.checksum;
        return whole ? bytes : null;
      });
    },

    async tail(space, seqs) {
      const rows = await db.vectorTail.bulkGet(seqs.map((seq): [string, number] => [space, seq]));
      return rows.flatMap((row) => (row ? [{ seq: row.seq, vector: row.vector }] : []));
    },

    put: (space, vectors) =>
      write(async (notes) => {
        const there = await presentRecords(vectors.map(({ seq }) => seq));
        const kept = vectors.filter(({ seq }) => there.has(seq));
        return putTail(
          db,
          kept.map(({ seq, vector }) => ({ seq, space, vector })),
          notes,
        );
      }),

    replace: ({ space, put, drop, sealed, settled = [], dead = [] }) =>
      write(async (notes) => {
        const heads = await requireSegments([...drop, ...dead.map(({ id }) => id)]);
        const keys = sealed.map((seq): [string, number] => [space, seq]);
        await requireTail(space, sealed);
        await Promise.all([
          db.vectorSegments.bulkDelete([...drop]),
          db.vectorChunks.bulkDelete(chunkKeys(drop)),
          putSegments(db, space, put),
          db.vectorSegments.bulkPut(
            dead.flatMap((change) => {
              const head = heads.get(change.id);
              return head ? [withDead(head, change.dead)] : [];
            }),
          ),
          db.vectorTail.bulkDelete(keys),
          db.vectorGone.bulkDelete(settled.map((seq): [string, number] => [space, seq])),
        ]);
        notes.vectorsMoved(space);
      }),
  };

  async function readChunks(
    ids: readonly string[],
    part: VectorPart,
  ): Promise<readonly (VectorChunkRow | undefined)[]> {
    const keys = ids.map((id): [string, string] => [id, part]);
    try {
      return await db.vectorChunks.bulkGet(keys);
    } catch {
      // Browsers keep large values in files of their own, and one that is lost fails the reading of all.
      const chunks: (VectorChunkRow | undefined)[] = [];
      for (const key of keys) {
        try {
          chunks.push(await db.vectorChunks.get(key));
        } catch (error) {
          if (vaultError(error, "use").code !== "vault/failed") throw error;
          chunks.push(undefined);
        }
      }
      return chunks;
    }
  }

  /** Keys alone: the rows of records are large. Those that lie close are read as one range, which is much faster than one by one. */
  async function presentRecords(seqs: readonly number[]): Promise<ReadonlySet<number>> {
    const ordered = seqs.toSorted((a, b) => a - b);
    const [first = 0] = ordered;
    const last = ordered.at(-1) ?? 0;
    const close = last - first < seqs.length * CLOSE;
    const where = db.records.where("seq");
    const alone = new Set(
      await (close ? where.between(first, last, true, true) : where.anyOf(ordered)).primaryKeys(),
    );
    const rest = ordered.filter((seq) => !alone.has(seq));
    const paged = rest.length === 0 ? [] : await records.get("seq", rest);
    return new Set([...alone, ...paged.flatMap((row) => row?.seq ?? [])]);
  }

  async function requireSegments(
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, VectorHeadRow>> {
    const heads = new Map<string, VectorHeadRow>();
    for (const head of await db.vectorSegments.bulkGet([...ids])) {
      if (!head) throw conflictError("A segment of the vectors");
      heads.set(head.id, head);
    }
    return heads;
  }

  async function requireTail(space: string, seqs: readonly number[]): Promise<void> {
    if (seqs.length === 0) return;
    const keys = await ofSpace(db.vectorTail, space).primaryKeys();
    const there = new Set(keys.map(([, seq]) => seq));
    if (!seqs.every((seq) => there.has(seq))) throw conflictError("The tail of the vectors");
  }
}

/** Adds vectors to the tails of spaces that are there, inside a transaction that has made sure of their records. */
export async function putTail(
  db: VaultDatabase,
  vectors: readonly (VectorRow & SpaceVector)[],
  notes: WriteNotes,
): Promise<readonly number[]> {
  if (vectors.length === 0) return [];
  const spaces = new Set(await db.vectorSpaces.toCollection().primaryKeys());
  const rows = vectors
    .filter(({ space }) => spaces.has(space))
    .map(({ space, seq, vector }) => ({ space, seq, vector: ownBytes(vector) }));
  await db.vectorTail.bulkPut(rows);
  for (const { space, seq } of rows) notes.vectorAdded(space, seq);
  return rows.map(({ seq }) => seq);
}

/**
 * Takes the vectors of records that go, or got a new `seq`, out of every tail, puts rewritten segments in their places, and notes
 * what other segments may still hold.
 */
export async function removeVectors(
  db: VaultDatabase,
  seqs: readonly number[],
  rewrites: readonly VectorRewrite[],
  notes: WriteNotes,
): Promise<void> {
  const dropped = rewrites.map(({ drop }) => drop);
  const present = await db.vectorSegments.bulkGet(dropped);
  if (present.includes(undefined)) throw conflictError("A segment of the vectors");
  await Promise.all([
    db.vectorSegments.bulkDelete(dropped),
    db.vectorChunks.bulkDelete(chunkKeys(dropped)),
    db.vectorTail
      .where("seq")
      .anyOf([...seqs])
      .delete(),
    ...rewrites.map(({ space, put }) => (put === null ? null : putSegments(db, space, [put]))),
  ]);
  for (const { space } of rewrites) notes.vectorsMoved(space);
  const rewritten = new Set(rewrites.map(({ put }) => put?.id));
  const others = (await db.vectorSegments.toArray()).filter(({ id }) => !rewritten.has(id));
  const gone = others.flatMap(({ space, first, last }) =>
    seqs.filter((seq) => seq >= first && seq <= last).map((seq) => ({ space, seq })),
  );
  await db.vectorGone.bulkPut(gone);
}

async function putSegments(
  db: VaultDatabase,
  space: string,
  segments: readonly VectorSegment[],
): Promise<void> {
  const heads = segments.map(({ id, rows, first, last, dead, parts }): VectorHeadRow => ({
    id,
    space,
    rows,
    first,
    last,
    dead: ownBytes(dead),
    deadChecksum: checksum(dead),
    parts: {
      sketch: { size: parts.sketch.byteLength, checksum: checksum(parts.sketch) },
      rows: { size: parts.rows.byteLength, checksum: checksum(parts.rows) },
    },
  }));
  const chunks = segments.flatMap(({ id, parts }) =>
    VECTOR_PARTS.map((part): VectorChunkRow => ({ id, part, bytes: ownBytes(parts[part]) })),
  );
  await Promise.all([db.vectorSegments.bulkPut(heads), db.vectorChunks.bulkPut(chunks)]);
}

function withDead(head: VectorHeadRow, dead: Uint8Array<ArrayBuffer>): VectorHeadRow {
  return { ...head, dead: ownBytes(dead), deadChecksum: checksum(dead) };
}

function toStored(
  heads: readonly VectorHeadRow[],
  tail: readonly VectorRow[],
  gone: readonly number[],
): StoredVectors {
  const segments: VectorSegmentHead[] = [];
  const damaged: string[] = [];
  for (const { id, rows, first, last, dead, deadChecksum, parts } of heads) {
    const whole =
      checksum(dead) === deadChecksum && (dead.length === 0 || dead.length === (rows + 7) >> 3);
    if (whole)
      segments.push({
        id,
        rows,
        first,
        last,
        dead,
        sizes: { sketch: parts.sketch.size, rows: parts.rows.size },
      });
    else damaged.push(id);
  }
  return { segments: segments.toSorted((a, b) => a.first - b.first), tail, gone, damaged };
}

function chunkKeys(ids: readonly string[]): [string, string][] {
  return ids.flatMap((id) => VECTOR_PARTS.map((part): [string, string] => [id, part]));
}

/** All rows of a space, of a table that is keyed by space and `seq`. */
function ofSpace<T>(
  table: Table<T, [string, number]>,
  space: string,
): Collection<T, [string, number]> {
  return table.where("[space+seq]").between([space, -Infinity], [space, Infinity], true, true);
}

import { MemoryError } from "../domain/errors.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import { putSegments } from "./index-segments.ts";
import { fromRow, ownBytes, ownerKey, toRow } from "./record-row.ts";
import type { JournalRow, SegmentRow, StoredThread, VaultDatabase } from "./schema.ts";
import { conflictError } from "./vault-errors.ts";
import { putTail, removeVectors } from "./dexie-vector-store.ts";
import type { PackedTable } from "./packed-rows.ts";
import type { PackedTables } from "./packed-tables.ts";
import { forgetBeside } from "./beside.ts";
import { forgetSyncTexts } from "./sync-texts.ts";
import { appKey, fromThread } from "./vault-reading.ts";
import type {
  RecordMark,
  SegmentChange,
  TailEntry,
  ThreadPatch,
  ThreadRow,
  TurnNode,
  Vault,
} from "./vault.ts";
import type { SpaceVector, VectorRow } from "./vector-store.ts";
import { writeTransaction, type WriteNotes } from "./write-transaction.ts";

export type VaultWriting = Pick<
  Vault,
  "commit" | "modify" | "mark" | "remove" | "modifyThread" | "replaceSegments" | "setMeta"
>;

export interface VaultWritingDeps {
  readonly db: VaultDatabase;
  readonly packed: PackedTables;
  /** This vault object, as it signs its journal rows. */
  readonly self: string;
  readonly now: () => number;
  /** Told after a transaction is complete and before its promise resolves. */
  readonly announce: (row: JournalRow) => Promise<void>;
}

/** The writing half of a vault. Nothing here catches or translates an error: that is the caller's, in one place. */
export function createVaultWriting(deps: VaultWritingDeps): VaultWriting {
  const { db, packed, self, now, announce } = deps;
  return {
    commit: (batch) =>
      write(async (notes) => {
        const tail: TailEntry[] = [];
        const vectors: (VectorRow & SpaceVector)[] = [];
        const rows = batch.records.map(({ draft, entry, vectors: own = [] }): StoredRecord => {
          const seq = notes.nextSeq();
          for (const { space, vector } of own) vectors.push({ seq, space, vector });
          tail.push({ seq, entry: ownBytes(entry) });
          return { ...draft, seq };
        });
        await Promise.all([
          addRecords(rows),
          db.tail.bulkAdd(tail),
          patchThreads(batch.threads ?? []),
          putNodes(packed.nodes, batch.nodes ?? []),
          putTail(db, vectors, notes),
        ]);
        for (const row of rows) notes.added(row);
        await applyMarks(batch.marks ?? [], notes);
        return rows;
      }),

    modify: (id, change, entry) =>
      write(async (notes) => {
        const [stored] = await packed.records.find("id", [id]);
        if (!stored) throw new MemoryError("usage/not-found", "There is no memory with this id.");
        const before = fromRow(stored);
        const changed = change(before);
        if (changed === before) return { before, after: before };
        const after: StoredRecord = { ...changed, id, seq: entry ? notes.nextSeq() : before.seq };
        await db.versions.add({ recordId: id, row: before, until: now() });
        if (entry) {
          // In this order: the id is unique, so the new row can only come after the old one has gone.
          await packed.records.remove([id]);
          await Promise.all([
            db.tail.delete(before.seq),
            db.records.add(toRow(after)),
            db.tail.add({ seq: after.seq, entry: ownBytes(entry(after)) }),
            removeVectors(db, [before.seq], [], notes),
          ]);
          notes.removed(before, false);
          notes.added(after);
        } else {
          await packed.records.put([toRow(after)]);
          notes.recount(before, after);
          notes.marked(after);
        }
        return { before, after };
      }),

    mark: (marks) => write((notes) => applyMarks(marks, notes)),

    remove: (ids, segments, textHashes = [], vectors = [], beside = {}) =>
      write(async (notes) => {
        const rows = (await packed.records.find("id", ids)).map(fromRow);
        const gone = rows.map(({ id }) => id);
        const seqs = rows.map(({ seq }) => seq);
        const [own, echoes] = await Promise.all([
          db.versions.where("recordId").anyOf(gone).delete(),
          db.versions
            .where("row.textHash")
            .anyOf([...textHashes])
            .filter(({ recordId }) => !gone.includes(recordId))
            .delete(),
          packed.records.remove(gone),
          db.tail.bulkDelete(seqs),
          emptyNodes(gone),
          thaw(new Set(rows.map(({ scope }) => ownerKey(scope.user)))),
          rewriteSegments(segments, notes),
          removeVectors(db, seqs, vectors, notes),
          forgetSyncTexts(packed.syncRecords, gone, textHashes),
        ]);
        const copies = await forgetBeside(deps, { ids, rows, textHashes }, beside);
        for (const row of rows) notes.removed(row, true);
        // So that who tells of copies looks again: no record may have changed.
        if (copies > 0) notes.segmentsChanged();
        return { removed: rows, versions: own + echoes, copies };
      }),

    modifyThread: (id, change) =>
      db.transaction("rw", db.threads, async () => {
        const stored = await db.threads.get(id);
        const before = stored ? fromThread(stored) : null;
        const after = change(before);
        if (after === before) return before;
        if (after === null) await db.threads.delete(id);
        else await db.threads.put(toThread({ ...after, id }));
        return after;
      }),

    async replaceSegments({ put, drop, sealed, settled = [] }) {
      const { journal } = await writeTransaction(db, self, async (notes) => {
        await requireSegments(drop);
        await requireTail(sealed);
        const touches = await db.touched.bulkGet(settled.map(({ seq }) => seq));
        const dropped = drop.filter((id) => !put.some((segment) => segment.id === id));
        await Promise.all([
          db.segments.bulkDelete(dropped),
          db.chunks.bulkDelete(dropped),
          putSegments(db, put),
          db.tail.bulkDelete([...sealed]),
          db.touched.bulkDelete(
            settled.flatMap(({ seq, at }, i) => (touches[i]?.at === at ? [seq] : [])),
          ),
        ]);
        notes.segmentsChanged();
      });
      if (journal) await announce(journal);
    },

    async setMeta(key, value) {
      if (value === null) await db.meta.delete(appKey(key));
      else await db.meta.put({ key: appKey(key), value });
    },
  };

  async function write<T>(body: (notes: WriteNotes) => PromiseLike<T>): Promise<T> {
    const { result, journal } = await writeTransaction(db, self, body);
    if (journal) await announce(journal);
    return result;
  }

  async function applyMarks(
    marks: readonly RecordMark[],
    notes: WriteNotes,
  ): Promise<readonly StoredRecord[]> {
    if (marks.length === 0) return [];
    const stored = await packed.records.find(
      "id",
      marks.map(({ id }) => id),
    );
    const rows = new Map(stored.map((row) => [row.id, fromRow(row)]));
    const changed = new Set<string>();
    for (const mark of marks) {
      const row = rows.get(mark.id);
      if (!row) continue;
      const next = withMark(row, mark);
      if (next === row) continue;
      rows.set(mark.id, next);
      changed.add(mark.id);
    }
    const written = [...rows.values()].filter((row) => changed.has(row.id));
    await packed.records.put(written.map(toRow));
    for (const row of written) notes.marked(row);
    return [...rows.values()];
  }

  async function addRecords(rows: readonly StoredRecord[]): Promise<void> {
    // What is written here is what is recalled next: each row alone. The table itself refuses an id that another of its rows has.
    if (await packed.records.isPaged(rows.map(({ id }) => id)))
      throw conflictError("A record of this id");
    await db.records.bulkAdd(rows.map(toRow));
  }

  async function emptyNodes(gone: readonly string[]): Promise<void> {
    const found = await packed.nodes.find("recordId", gone);
    await packed.nodes.put(found.map((node) => ({ ...node, recordId: null })));
  }

  async function patchThreads(patches: readonly ThreadPatch[]): Promise<void> {
    for (const patch of patches) {
      const stored = await db.threads.get(patch.id);
      await db.threads.put(toThread(patched(stored ? fromThread(stored) : null, patch)));
    }
  }

  async function thaw(owners: ReadonlySet<string>): Promise<void> {
    for (const owner of owners) {
      await db.threads
        .where("frozen")
        .equals(owner)
        .modify((row, ref) => {
          const { profile: _, frozen: __, ...thawed } = row;
          ref.value = thawed;
        });
    }
  }

  async function rewriteSegments(
    changes: readonly SegmentChange[],
    notes: WriteNotes,
  ): Promise<void> {
    if (changes.length === 0) return;
    const heads = await requireSegments(changes.map(({ id }) => id));
    const gone = changes.flatMap(({ id, bytes }) => (bytes === null ? [id] : []));
    await Promise.all([
      db.segments.bulkDelete(gone),
      db.chunks.bulkDelete(gone),
      putSegments(
        db,
        changes.flatMap(({ id, bytes, state }) =>
          bytes === null
            ? []
            : [{ id, bytes, state: state ?? heads.get(id)?.state ?? new Uint8Array() }],
        ),
      ),
    ]);
    notes.segmentsChanged();
  }

  async function requireSegments(ids: readonly string[]): Promise<ReadonlyMap<string, SegmentRow>> {
    const heads = new Map<string, SegmentRow>();
    for (const head of await db.segments.bulkGet([...ids])) {
      if (!head) throw conflictError("A segment of the index");
      heads.set(head.id, head);
    }
    return heads;
  }

  async function requireTail(seqs: readonly number[]): Promise<void> {
    if (seqs.length === 0) return;
    const ordered = seqs.toSorted((a, b) => a - b);
    const there = new Set(
      await db.tail.where("seq").between(ordered[0], ordered.at(-1), true, true).primaryKeys(),
    );
    if (!seqs.every((seq) => there.has(seq))) throw conflictError("The tail of the index");
  }
}

/** A node that is there keeps its `null`: its record was forgotten, and the caller may have read the node before that. */
async function putNodes(table: PackedTable<TurnNode>, nodes: readonly TurnNode[]): Promise<void> {
  if (nodes.length === 0) return;
  const present = await table.find(
    "chain",
    nodes.map(({ chain }) => chain),
  );
  const emptied = new Set(
    present
      .filter(({ recordId }) => recordId === null)
      .map(({ threadId, chain }) => `${threadId}\0${chain}`),
  );
  await table.put(
    nodes.map((node) =>
      emptied.has(`${node.threadId}\0${node.chain}`) ? { ...node, recordId: null } : node,
    ),
  );
}

function withMark(row: StoredRecord, mark: RecordMark): StoredRecord {
  const next: Record<string, unknown> = { ...row };
  let changed = false;
  for (const field of ["live", "state", "supersededBy", "supersedes", "duplicateOf"] as const) {
    const value = mark[field];
    if (value === undefined || (value ?? undefined) === row[field]) continue;
    changed = true;
    if (value === null) delete next[field];
    else next[field] = value;
  }
  return changed ? (next as unknown as StoredRecord) : row;
}

function toThread(row: ThreadRow): StoredThread {
  return row.profile === undefined ? row : { ...row, frozen: ownerKey(row.user) };
}

function patched(row: ThreadRow | null, patch: ThreadPatch): ThreadRow {
  const profile = patch.profile ?? row?.profile;
  return {
    id: patch.id,
    scopeKey: patch.scopeKey,
    ...(patch.user === undefined ? {} : { user: patch.user }),
    leaf: patch.leaf,
    ...(profile === undefined ? {} : { profile }),
    ...(patch.open ? { open: patch.open } : {}),
    createdAt: row?.createdAt ?? patch.at,
    updatedAt: patch.at,
  };
}

import type { StoredRecord } from "../domain/stored-record.ts";
import { putTail, removeVectors } from "./dexie-vector-store.ts";
import { fromRow, ownBytes, toRow } from "./record-row.ts";
import type { JournalRow, StoredSyncRecord, VaultDatabase } from "./schema.ts";
import type {
  AppliedRows,
  LocalMemory,
  OutboxEntry,
  RemoteRecord,
  SyncRecordRow,
  SyncStateRow,
  SyncStore,
} from "./sync-store.ts";
import { rebuildThreads } from "./thread-rebuild.ts";
import type { StoredVersion, TailEntry, TurnNode } from "./vault.ts";
import { conflictError } from "./vault-errors.ts";
import { rowsById } from "./vault-reading.ts";
import { putNodes } from "./vault-writing.ts";
import type { SpaceVector } from "./vector-store.ts";
import { lastJournalNumber, writeTransaction, type WriteNotes } from "./write-transaction.ts";

export interface DexieSyncStoreDeps {
  readonly db: VaultDatabase;
  readonly self: string;
  readonly now: () => number;
  /** The vault's door: keeps zones apart, translates errors, refuses after the end. */
  readonly run: <T>(work: () => PromiseLike<T>) => Promise<T>;
  readonly announce: (row: JournalRow) => Promise<void>;
}

/** Turns without a record that travel with the one after them. */
const MOST_ABOVE = 16;

export function createDexieSyncStore(deps: DexieSyncStoreDeps): SyncStore {
  const { db, run } = deps;
  return {
    state: () => run(readState),
    dots: () => run(() => db.syncDots.toArray()),
    dotsOf: (records) =>
      run(() =>
        db.syncDots
          .where("record")
          .anyOf([...records])
          .toArray(),
      ),
    records: (keys) =>
      run(async () =>
        (await db.syncRecords.bulkGet([...keys])).map((row) => row && fromStored(row)).map(orNull),
      ),
    recordsNamed: (prefix) =>
      run(async () =>
        (await db.syncRecords.where("id").startsWith(prefix).toArray()).map(fromStored),
      ),
    manifests: (of) =>
      run(async () => {
        const rows = await db.syncManifests.bulkGet(
          of.map(({ device, batchNo }): [string, number] => [device, batchNo]),
        );
        return rows.map((row) => row?.hash ?? null);
      }),
    outbox: (limit) => run(() => db.outbox.orderBy("at").limit(limit).toArray()),
    outboxOf: (ids) => run(async () => (await db.outbox.bulkGet([...ids])).map(orNull)),
    pending: () => run(() => db.outbox.count()),
    locals: (ids) => run(() => db.transaction("r", [db.records, db.nodes], () => readLocals(ids))),

    sealed: () =>
      run(async () => {
        const row = await db.syncState.get("sealed");
        return row?.name === "sealed" ? row.value : null;
      }),
    seal: (batch, records, settled) =>
      run(() =>
        write(async () => {
          await requireOutbox([...(batch?.items ?? []).map(({ outbox }) => outbox), ...settled]);
          await Promise.all([
            db.syncRecords.bulkPut(records.map(toStored)),
            db.outbox.bulkDelete(settled.map(({ id }) => id)),
            batch && db.syncState.put({ name: "sealed", value: batch }),
          ]);
        }),
      ),
    unseal: () => run(() => db.syncState.delete("sealed")),
    acknowledge: ({ sealed, state, manifest }) =>
      run(() =>
        write(async () => {
          const outbox = await db.outbox.bulkGet(sealed.items.map((item) => item.outbox.id));
          await Promise.all([
            db.outbox.bulkDelete(
              sealed.items.flatMap((item, i) =>
                outbox[i]?.at === item.outbox.at ? [item.outbox.id] : [],
              ),
            ),
            db.syncDots
              .bulkDelete(sealed.items.flatMap(({ supersedes }) => supersedes))
              .then(() => db.syncDots.bulkPut(sealed.items.map(({ row }) => row))),
            db.syncManifests.put(manifest),
            db.syncState.put({ name: "state", value: state }),
            db.syncState.delete("sealed"),
          ]);
        }),
      ),
    apply: (change) =>
      run(() =>
        write(async (notes) => {
          const applied = await applyRecords(change.records, notes);
          await Promise.all([
            db.syncRecords.bulkPut(change.records.map(({ row }) => toStored(row))),
            db.syncDots
              .bulkDelete([...change.gone])
              .then(() => db.syncDots.bulkPut([...change.dots])),
            db.syncManifests.bulkPut([...change.manifests]),
            db.syncState.put({ name: "state", value: change.state }),
          ]);
          return applied;
        }),
      ),
    setState: (value) =>
      run(() => db.syncState.put({ name: "state", value }).then(() => undefined)),
    putNamed: (row) =>
      run(() =>
        write(async () => {
          await db.syncRecords.put(toStored(row));
          await queue([row.id]);
        }),
      ),
    requeue: (keys) =>
      run(() =>
        write(async () => {
          const rows = await db.syncRecords.bulkGet([...keys]);
          const ids = rows.flatMap((row) => (row ? [row.id] : []));
          const there = await db.outbox.bulkGet(ids);
          await queue(ids.filter((_, i) => there[i] === undefined));
        }),
      ),
    restart: (state) =>
      run(() =>
        write(async () => {
          await forgetServer();
          await db.syncState.put({ name: "state", value: state });
        }),
      ),
    clear: () =>
      run(() =>
        write(async () => {
          await forgetServer();
          await db.syncRecords.clear();
        }),
      ),
  };

  async function write<T>(body: (notes: WriteNotes) => PromiseLike<T>): Promise<T> {
    const { result, journal } = await writeTransaction(db, deps.self, body);
    if (journal) await deps.announce(journal);
    return result;
  }

  async function readState(): Promise<SyncStateRow | null> {
    const row = await db.syncState.get("state");
    return row?.name === "state" ? row.value : null;
  }

  async function forgetServer(): Promise<void> {
    const [known, held, there] = await Promise.all([
      db.syncRecords.orderBy("id").keys(),
      db.records.orderBy("id").keys(),
      db.outbox.toCollection().primaryKeys(),
    ]);
    const waiting = new Set(there);
    const ids = new Set([...known, ...held] as string[]);
    await queue([...ids].filter((id) => !waiting.has(id)));
    await Promise.all([db.syncDots.clear(), db.syncManifests.clear(), db.syncState.clear()]);
  }

  /** Numbered like the newest change: a later one gets a number of its own. */
  async function queue(ids: readonly string[]): Promise<void> {
    const at = await lastJournalNumber(db);
    await db.outbox.bulkPut(ids.map((id) => ({ id, op: "put" as const, at })));
  }

  async function requireOutbox(entries: readonly OutboxEntry[]): Promise<void> {
    const rows = await db.outbox.bulkGet(entries.map(({ id }) => id));
    if (entries.some(({ at, op }, i) => rows[i]?.at !== at || rows[i].op !== op))
      throw conflictError("A change that was being sent");
  }

  async function readLocals(ids: readonly string[]): Promise<readonly (LocalMemory | null)[]> {
    const rows = new Map((await rowsById(db, ids)).map((row) => [row.id, fromRow(row)]));
    const turns = [...rows.values()].filter(({ threadId }) => threadId !== undefined);
    const nodes = new Map(
      (
        await db.nodes
          .where("recordId")
          .anyOf(turns.map(({ id }) => id))
          .toArray()
      ).map((node) => [node.recordId, node]),
    );
    return Promise.all(
      ids.map(async (id) => {
        const record = rows.get(id);
        if (!record) return null;
        const node = nodes.get(id);
        return {
          record,
          nodes: node ? [node, ...(await silentAbove(node))] : [],
        };
      }),
    );
  }

  async function silentAbove(node: TurnNode): Promise<readonly TurnNode[]> {
    const above: TurnNode[] = [];
    let { parent } = node;
    while (parent !== null && above.length < MOST_ABOVE) {
      const next: TurnNode | undefined = await db.nodes.get([node.threadId, parent]);
      if (!next || next.recordId !== null) break;
      above.push(next);
      ({ parent } = next);
    }
    return above;
  }

  async function applyRecords(
    records: readonly RemoteRecord[],
    notes: WriteNotes,
  ): Promise<AppliedRows> {
    const ids = records.map(({ row }) => row.id);
    const [rows, outbox] = await Promise.all([rowsById(db, ids), db.outbox.bulkGet(ids)]);
    const present = new Map(rows.map((row) => [row.id, fromRow(row)]));
    const written = createGathered();
    for (const [i, { row, memory, from }] of records.entries()) {
      if (memory === null) continue;
      if (outbox[i]?.at !== from?.at) throw conflictError("A record");
      notes.fromElsewhere(row.id);
      gather(memory, present.get(row.id), notes, written);
    }
    const { added, replaced, marked, nodes, vectors, versions, tail } = written;
    const left = replaced.map(({ before }) => before.seq);
    // Ids are unique, so new rows can only come after the old ones have gone.
    await Promise.all([
      db.records.bulkDelete(left),
      db.tail.bulkDelete(left),
      left.length > 0 && removeVectors(db, left, [], notes),
    ]);
    await Promise.all([
      db.records.bulkPut([...added, ...replaced.map(({ after }) => after), ...marked].map(toRow)),
      db.tail.bulkAdd(tail),
      db.versions.bulkAdd(versions),
      putNodes(db, nodes),
    ]);
    await rebuildThreads(db, nodes);
    const stored = new Set(await putTail(db, vectors, notes));
    await settleOutbox(records, outbox.map(orNull));
    const bySpace = new Map<string, number[]>();
    for (const { space, seq } of vectors)
      if (stored.has(seq)) bySpace.set(space, [...(bySpace.get(space) ?? []), seq]);
    const moved = [...bySpace].map(([space, of]) => ({ space, added: of, layout: false }));
    return { added, replaced, marked, vectors: moved };
  }

  function gather(
    { draft, entry, lost, nodes, vector }: NonNullable<RemoteRecord["memory"]>,
    before: StoredRecord | undefined,
    notes: WriteNotes,
    to: Gathered,
  ): void {
    const isNew = before === undefined || before.text !== draft.text;
    const after: StoredRecord = { ...draft, seq: isNew ? notes.nextSeq() : before.seq };
    const { seq } = after;
    const until = deps.now();
    to.versions.push(...lost.map((row) => ({ recordId: draft.id, row: { ...row, seq }, until })));
    if (before !== undefined && isEdit(before, after))
      to.versions.push({ recordId: draft.id, row: before, until });
    if (isNew) {
      to.tail.push({ seq, entry: ownBytes(entry) });
      if (before === undefined) to.added.push(after);
      else {
        notes.removed(before, false);
        to.replaced.push({ before, after });
      }
      notes.added(after);
    } else {
      notes.recount(before, after);
      notes.marked(after);
      to.marked.push(after);
    }
    to.nodes.push(...nodes);
    if (vector) to.vectors.push({ seq, ...vector });
  }

  async function settleOutbox(
    records: readonly RemoteRecord[],
    outbox: readonly (OutboxEntry | null)[],
  ): Promise<void> {
    const quiet = records.flatMap(({ row, send }) => (send ? [] : [row.id]));
    const loud = records.flatMap(({ row, send }, i) => (send && !outbox[i] ? [row.id] : []));
    await db.outbox.bulkDelete(quiet);
    await queue(loud);
  }
}

interface Gathered {
  readonly added: StoredRecord[];
  readonly replaced: { readonly before: StoredRecord; readonly after: StoredRecord }[];
  readonly marked: StoredRecord[];
  readonly versions: StoredVersion[];
  readonly tail: TailEntry[];
  readonly nodes: TurnNode[];
  readonly vectors: (SpaceVector & { readonly seq: number })[];
}

function createGathered(): Gathered {
  return { added: [], replaced: [], marked: [], versions: [], tail: [], nodes: [], vectors: [] };
}

/** What a user would call an edit. Marks alone are none. */
function isEdit(before: StoredRecord, after: StoredRecord): boolean {
  return (["text", "tags", "metadata", "pinned", "expiresAt"] as const).some(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
}

function toStored(row: SyncRecordRow): StoredSyncRecord {
  return { ...row, echoes: row.others.map(({ textHash }) => textHash) };
}

function fromStored(stored: StoredSyncRecord): SyncRecordRow {
  const { echoes: _, ...row } = stored;
  return row;
}

function orNull<T>(value: T | undefined): T | null {
  return value ?? null;
}

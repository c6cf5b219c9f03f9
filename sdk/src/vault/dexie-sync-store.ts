import type { StoredRecord } from "../domain/stored-record.ts";
import { putTail, removeVectors } from "./dexie-vector-store.ts";
import { putSegments } from "./index-segments.ts";
import { createKeptStates } from "./kept-state.ts";
import { fromRow, ownBytes, toRow } from "./record-row.ts";
import type { JournalRow, StoredSyncRecord, VaultDatabase } from "./schema.ts";
import type {
  AppliedRows,
  HeldRows,
  LocalMemory,
  OutboxEntry,
  RecordName,
  RemoteRecord,
  SyncDotRow,
  SyncRecordRow,
  SyncStore,
} from "./sync-store.ts";
import type { PackedTables } from "./packed-tables.ts";
import { deleteNear, rowsNear } from "./rows-near.ts";
import { putThreads } from "./thread-rebuild.ts";
import type { IndexEntry, PackEntries, StoredVersion, TurnNode, VaultInside } from "./vault.ts";
import { conflictError } from "./vault-errors.ts";
import type { SpaceVector } from "./vector-store.ts";
import { lastJournalNumber, writeTransaction, type WriteNotes } from "./write-transaction.ts";

export interface DexieSyncStoreDeps extends VaultInside {
  readonly db: VaultDatabase;
  readonly packed: PackedTables;
  readonly self: string;
  readonly now: () => number;
  /** The vault's door: keeps zones apart, translates errors, refuses after the end. */
  readonly run: <T>(work: () => PromiseLike<T>) => Promise<T>;
  readonly announce: (row: JournalRow) => Promise<void>;
}

const PACK_FROM = 1_000;
/** Turns without a record that travel with the one after them. */
const MOST_ABOVE = 16;

/** @param inside `DexieSyncStoreDeps` */
export function createDexieSyncStore(inside: VaultInside): SyncStore {
  const deps = inside as DexieSyncStoreDeps;
  const { db, packed, run } = deps;
  const kept = createKeptStates(db, deps.self);
  return {
    state: () => run(() => db.transaction("r", db.syncState, async () => kept.read())),
    dots: () => readDots(),
    async dotsOf(records) {
      const wanted = new Set(records);
      return (await readDots()).filter(({ record }) => wanted.has(record));
    },
    records: (keys) =>
      run(() =>
        readRecords(async () => {
          const found = await recordsByKey(keys);
          return keys.map((key) => orNull(found.get(key)));
        }),
      ),
    recordsNamed: (prefix) =>
      run(() =>
        readRecords(async () => (await packed.syncRecords.findNamed("id", prefix)).map(fromStored)),
      ),
    manifests: (of) =>
      run(async () => {
        const rows = await db.syncManifests.bulkGet(
          of.map(({ device, batchNo }): [string, number] => [device, batchNo]),
        );
        return rows.map((row) => row?.hash ?? null);
      }),
    outbox: (limit) => run(() => db.outbox.orderBy("at").limit(limit).toArray()),
    outboxOf: (ids) =>
      run(async () => (await db.outbox.bulkGet([...ids])).map((row) => row ?? null)),
    pending: () => run(() => db.outbox.count()),
    held: (of) =>
      run(() =>
        // Dexie keeps a transaction open over awaits in functions that it sees to be async.
        db.transaction(
          "r",
          [
            db.syncRecords,
            db.syncRecordPages,
            db.records,
            db.recordPages,
            db.nodes,
            db.nodePages,
            db.outbox,
          ],
          async () => readHeld(of),
        ),
      ),

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
            packed.syncRecords.put(records.map(toStored)),
            deleteNear(
              db.outbox,
              settled.map(({ id }) => id),
            ),
            batch && db.syncState.put({ name: "sealed", value: batch }),
          ]);
        }),
      ),
    unseal: () => run(() => db.syncState.delete("sealed")),
    acknowledge: ({ sealed, state, manifest, gone = [] }) =>
      run(() =>
        write(async () => {
          const sent = sealed.items.map((item) => item.outbox);
          const waiting = await waitingOf(sent.map(({ id }) => id));
          await Promise.all([
            deleteNear(
              db.outbox,
              sent.flatMap(({ id, at }) => (waiting.get(id)?.at === at ? [id] : [])),
            ),
            putDots(
              sealed.items.map(({ row }) => row),
              [...sealed.items.flatMap(({ supersedes }) => supersedes), ...gone],
            ),
            db.syncManifests.put(manifest),
            kept.put(state),
            db.syncState.delete("sealed"),
          ]);
        }),
      ),
    packFrom: PACK_FROM,
    apply: (change, pack) =>
      run(() =>
        write(async (notes) => {
          const applied = await applyRecords(change.records, notes, pack);
          await Promise.all([
            packed.syncRecords.put(change.records.map(({ row }) => toStored(row))),
            putDots(change.dots, change.gone),
            db.syncManifests.bulkPut([...change.manifests]),
            change.state && kept.put(change.state),
          ]);
          return applied;
        }),
      ),
    setState: (value) => run(() => db.transaction("rw", db.syncState, async () => kept.put(value))),
    putNamed: (row) =>
      run(() =>
        write(async () => {
          await packed.syncRecords.put([toStored(row)]);
          await queue([row.id]);
        }),
      ),
    requeue: (keys) =>
      run(() =>
        write(async () => {
          const ids = [...(await recordsByKey(keys)).values()].map(({ id }) => id);
          const there = await db.outbox.bulkGet(ids);
          await queue(ids.filter((_, i) => there[i] === undefined));
        }),
      ),
    snapshotNotes: () =>
      run(async () => {
        const row = await db.syncState.get("snapshots");
        return row?.name === "snapshots" ? row.value : null;
      }),
    keepSnapshotNotes: (value) =>
      run(() => db.syncState.put({ name: "snapshots", value }).then(() => undefined)),
    restart: (state) =>
      run(() =>
        write(async () => {
          await forgetServer();
          await kept.put(state);
        }),
      ),
    clear: () =>
      run(() =>
        write(async () => {
          await forgetServer();
          await packed.syncRecords.clear();
        }),
      ),
  };

  async function write<T>(body: (notes: WriteNotes) => PromiseLike<T>): Promise<T> {
    const { result, journal } = await writeTransaction(db, deps.self, body);
    if (journal) await deps.announce(journal);
    return result;
  }

  async function forgetServer(): Promise<void> {
    const [known, held, there] = await Promise.all([
      packed.syncRecords.all(),
      packed.records.values("id"),
      db.outbox.toCollection().primaryKeys(),
    ]);
    const waiting = new Set(there);
    const ids = new Set([...known.map(({ id }) => id), ...(held as string[])]);
    await queue([...ids].filter((id) => !waiting.has(id)));
    await Promise.all([packed.syncDots.clear(), db.syncManifests.clear(), db.syncState.clear()]);
  }

  /** Numbered like the newest change: a later one gets a number of its own. */
  async function queue(ids: readonly string[]): Promise<void> {
    const at = await lastJournalNumber(db);
    await db.outbox.bulkPut(ids.map((id) => ({ id, op: "put" as const, at })));
  }

  async function putDots(rows: readonly SyncDotRow[], gone: readonly string[]): Promise<void> {
    await packed.syncDots.remove(gone);
    await packed.syncDots.put(rows);
  }

  function readDots(): Promise<readonly SyncDotRow[]> {
    return run(() =>
      db.transaction("r", [db.syncDots, db.syncDotPages], async () => packed.syncDots.all()),
    );
  }

  function readRecords<T>(work: () => Promise<T>): PromiseLike<T> {
    return db.transaction("r", [db.syncRecords, db.syncRecordPages], work);
  }

  async function recordsByKey(
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, SyncRecordRow>> {
    const rows = await packed.syncRecords.find("key", keys);
    return new Map(rows.map((row) => [row.key, fromStored(row)]));
  }

  async function requireOutbox(entries: readonly OutboxEntry[]): Promise<void> {
    const rows = await waitingOf(entries.map(({ id }) => id));
    const isThere = ({ id, at, op }: OutboxEntry): boolean => {
      const row = rows.get(id);
      return row?.at === at && row.op === op;
    };
    if (!entries.every(isThere)) throw conflictError("A change that was being sent");
  }

  function waitingOf(ids: readonly string[]): Promise<ReadonlyMap<string, OutboxEntry>> {
    return rowsNear(db.outbox, "id", ids);
  }

  async function readHeld(of: readonly RecordName[]): Promise<readonly HeldRows[]> {
    const known = await recordsByKey(of.map(({ key }) => key));
    const named = of.map(({ key, id }) => {
      const row = known.get(key);
      return { key, id: row?.id ?? id, row: orNull(row) };
    });
    const ids = named.map(({ id }) => id);
    const [locals, outbox] = await Promise.all([readLocals(ids), waitingOf(ids)]);
    return named.map((one) => ({
      ...one,
      local: locals.get(one.id) ?? null,
      outbox: outbox.get(one.id) ?? null,
    }));
  }

  async function readLocals(ids: readonly string[]): Promise<ReadonlyMap<string, LocalMemory>> {
    const rows = (await packed.records.find("id", ids)).map(fromRow);
    const turns = rows.filter(({ threadId }) => threadId !== undefined);
    const nodes = await packed.nodes.find(
      "recordId",
      turns.map(({ id }) => id),
    );
    const above = await silentAbove(nodes);
    return new Map(
      rows.map((record) => [record.id, { record, nodes: above.get(record.id) ?? [] }]),
    );
  }

  /** By the id of its record, each node with those right above it that have none. All are looked up a step further at a time. */
  async function silentAbove(
    nodes: readonly TurnNode[],
  ): Promise<ReadonlyMap<string, readonly TurnNode[]>> {
    const read = new Map(nodes.map((node) => [placeOf(node.threadId, node.chain), node]));
    const above = new Map(nodes.map((node) => [node.recordId ?? "", [node]]));
    let open = [...above.values()];
    for (let step = 0; step < MOST_ABOVE && open.length > 0; step += 1) {
      const unread = open.flatMap((line) => {
        const { threadId, parent } = line.at(-1) ?? { threadId: "", parent: null };
        return parent === null || read.has(placeOf(threadId, parent)) ? [] : [parent];
      });
      for (const node of await packed.nodes.find("chain", unread))
        read.set(placeOf(node.threadId, node.chain), node);
      open = open.filter((line) => {
        const { threadId, parent } = line.at(-1) ?? { threadId: "", parent: null };
        const next = parent === null ? undefined : read.get(placeOf(threadId, parent));
        if (next?.recordId !== null) return false;
        line.push(next);
        return true;
      });
    }
    return above;
  }

  async function applyRecords(
    records: readonly RemoteRecord[],
    notes: WriteNotes,
    pack: PackEntries | undefined,
  ): Promise<AppliedRows> {
    const ids = records.map(({ row }) => row.id);
    const [there, outbox] = await Promise.all([packed.records.find("id", ids), waitingOf(ids)]);
    const present = new Map(there.map((row) => [row.id, row]));
    const written = createGathered();
    for (const { row, memory, from } of records) {
      if (memory === null) continue;
      if (outbox.get(row.id)?.at !== from?.at) throw conflictError("A record");
      notes.fromElsewhere(row.id);
      const before = present.get(row.id);
      gather(memory, before && fromRow(before), notes, written);
    }
    const { added, replaced, marked, nodes, vectors, versions, tail } = written;
    const left = replaced.map(({ before }) => before.seq);
    // Ids are unique, so new rows can only come after the old ones have gone.
    if (left.length > 0) {
      await Promise.all([
        packed.records.remove(replaced.map(({ before }) => before.id)),
        db.tail.bulkDelete(left),
        removeVectors(db, left, [], notes),
      ]);
    }
    const fresh = [...added, ...replaced.map(({ after }) => after)];
    const rows = [...fresh, ...marked];
    const segment = tail.length >= PACK_FROM ? (pack?.(tail) ?? null) : null;
    if (segment) notes.segmentsChanged();
    const [, , , , vectorsStored] = await Promise.all([
      packed.records.add(fresh.map(toRow)),
      packed.records.put(marked.map(toRow)),
      segment
        ? putSegments(db, [segment])
        : db.tail.bulkAdd(tail.map(({ seq, entry }) => ({ seq, entry: ownBytes(entry()) }))),
      db.versions.bulkAdd(versions),
      putTail(db, vectors, notes),
      settleOutbox(records, outbox),
    ]);
    await putThreads(deps, nodes, rows);
    const stored = new Set(vectorsStored);
    const bySpace = new Map<string, number[]>();
    for (const { space, seq } of vectors)
      if (stored.has(seq)) bySpace.set(space, [...(bySpace.get(space) ?? []), seq]);
    const moved = [...bySpace].map(([space, of]) => ({ space, added: of, layout: false }));
    return { added, segment, replaced, marked, vectors: moved };
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
      to.tail.push({ seq, entry });
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
    outbox: ReadonlyMap<string, OutboxEntry>,
  ): Promise<void> {
    const settled: string[] = [];
    const loud: string[] = [];
    for (const { row, send } of records) {
      const waits = outbox.has(row.id);
      if (!send && waits) settled.push(row.id);
      if (send && !waits) loud.push(row.id);
    }
    await deleteNear(db.outbox, settled);
    if (loud.length > 0) await queue(loud);
  }
}

interface Gathered {
  readonly added: StoredRecord[];
  readonly replaced: { readonly before: StoredRecord; readonly after: StoredRecord }[];
  readonly marked: StoredRecord[];
  readonly versions: StoredVersion[];
  readonly tail: { readonly seq: number; readonly entry: IndexEntry }[];
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

function placeOf(threadId: string, chain: string): string {
  return `${threadId}\0${chain}`;
}

function orNull<T>(value: T | undefined): T | null {
  return value ?? null;
}

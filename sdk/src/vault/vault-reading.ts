import type { StoredRecord } from "../domain/stored-record.ts";
import { checksum } from "./checksum.ts";
import {
  readCursor,
  recordMatcher,
  timeBounds,
  writeCursor,
  type ListPlace,
} from "./record-filter.ts";
import type { PackedTables } from "./packed-tables.ts";
import { factIndexKey, fromRow, ownerKey } from "./record-row.ts";
import {
  RECORD_INDEX,
  type ChunkRow,
  type RecordRow,
  type StoredThread,
  type VaultDatabase,
} from "./schema.ts";
import { vaultError } from "./vault-errors.ts";
import type {
  ListQuery,
  StoredIndex,
  StoredSegment,
  StoredStats,
  ThreadRow,
  TurnNode,
  Vault,
} from "./vault.ts";

export type VaultReading = Pick<
  Vault,
  | "get"
  | "bySeq"
  | "list"
  | "scan"
  | "matching"
  | "threadRecords"
  | "referring"
  | "versions"
  | "versionsWithText"
  | "thread"
  | "nodes"
  | "nodesOfAnswer"
  | "threadNodes"
  | "loadIndex"
  | "tailAfter"
  | "stats"
  | "meta"
>;

/** Rows that a list looks at in one read: enough to be quick, few enough to hold. */
const LARGEST_READ = 2048;

/** The reading half of a vault. Nothing here catches or translates an error: that is the caller's, in one place. */
export function createVaultReading(db: VaultDatabase, { nodes }: PackedTables): VaultReading {
  const { records } = db;
  return {
    async get(ids) {
      const byId = new Map((await rowsById(db, ids)).map((row) => [row.id, fromRow(row)]));
      return ids.map((id) => byId.get(id) ?? null);
    },

    async bySeq(seqs) {
      const rows = await records.bulkGet([...seqs]);
      return rows.map((row) => (row ? fromRow(row) : null));
    },

    list: (query) => listRecords(db, query),

    async scan(from, limit) {
      return (await records.where("seq").aboveOrEqual(from).limit(limit).toArray()).map(fromRow);
    },

    async matching(user, by, keys) {
      const [index, values] =
        by === "factKeys" ? ["keys.facts", keys.map((key) => factIndexKey(user, key))] : [by, keys];
      return (await rowsWhere(db, index, values))
        .filter((row) => row.scope.user === user)
        .map(fromRow);
    },

    async threadRecords(threadId, all = false) {
      const rows = await records.where("threadId").equals(threadId).toArray();
      return rows
        .filter((row) => all || row.live)
        .toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0) || a.seq - b.seq)
        .map(fromRow);
    },

    async referring(ids) {
      return (await rowsWhere(db, "keys.refs", ids)).map(fromRow);
    },

    async versions(id) {
      const rows = await db.versions.where("recordId").equals(id).toArray();
      return rows.toReversed().map(({ recordId, row, until }) => ({ recordId, row, until }));
    },

    async versionsWithText(textHashes) {
      const rows = await db.versions
        .where("row.textHash")
        .anyOf([...textHashes])
        .toArray();
      return rows.map(({ recordId, row, until }) => ({ recordId, row, until }));
    },

    async thread(id) {
      const row = await db.threads.get(id);
      return row ? fromThread(row) : null;
    },

    nodes: (chains) => readNodes("chain", chains),
    nodesOfAnswer: (answer) => readNodes("answer", [answer]),
    threadNodes: (threadId) => readNodes("threadId", [threadId]),

    loadIndex: () => loadIndex(db),

    tailAfter: (seq) => db.tail.where("seq").above(seq).toArray(),

    stats: () => readStats(db),

    async meta(key) {
      const value = (await db.meta.get(appKey(key)))?.value;
      return typeof value === "string" ? value : null;
    },
  };

  async function readNodes(index: string, values: readonly string[]): Promise<readonly TurnNode[]> {
    return db.transaction("r", [db.nodes, db.nodePages], async () => nodes.find(index, values));
  }
}

/** The keys of `Vault.meta` stand apart from the vault's own rows. */
export function appKey(key: string): string {
  return `app:${key}`;
}

export function fromThread(row: StoredThread): ThreadRow {
  const { frozen: _, ...thread } = row;
  return thread;
}

/** One request a key, all under way at once: for scattered keys much faster than one cursor that jumps. */
export async function rowsWhere(
  db: VaultDatabase,
  index: string,
  keys: readonly string[],
): Promise<RecordRow[]> {
  const unique = [...new Set(keys)];
  const found = await db.transaction("r", db.records, () =>
    Promise.all(unique.map((key) => db.records.where(index).equals(key).toArray())),
  );
  const bySeq = new Map(found.flat().map((row) => [row.seq, row]));
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}

export function rowsById(db: VaultDatabase, ids: readonly string[]): Promise<RecordRow[]> {
  return rowsWhere(db, "id", ids);
}

/** Walks the index of the owner (or of all) from the cursor down, a batch at a time, until the page is full. */
async function listRecords(
  db: VaultDatabase,
  query: ListQuery,
): Promise<{ rows: readonly StoredRecord[]; next: string | null }> {
  const { filter, scope, limit } = query;
  const matches = recordMatcher(filter, scope, query.now);
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  if (limit < 1) return { rows: [], next: null };
  if (filter.ids) {
    const rows = (await rowsById(db, filter.ids)).filter(
      (row) => matches(row) && (after === null || isBefore(row, after)),
    );
    return page(rows.toSorted(newestFirst), limit);
  }
  // One more than the page, to know whether there is a next one.
  const wanted = limit + 1;
  const found = await db.transaction("r", db.records, async () => {
    const rows: RecordRow[] = [];
    let place = after;
    let size = Math.min(Math.max(wanted, 32), LARGEST_READ);
    while (rows.length < wanted) {
      const batch = await readDown(db, query, place, size);
      for (const row of batch) if (matches(row)) rows.push(row);
      const last = batch.at(-1);
      if (!last || batch.length < size) break;
      place = last;
      size = Math.min(size * 2, LARGEST_READ);
    }
    return rows;
  });
  return page(found, limit);
}

/* oxlint-disable unicorn/no-array-reverse -- a Dexie collection, whose `reverse` only turns the walk around */
function readDown(
  db: VaultDatabase,
  { filter, scope }: ListQuery,
  place: ListPlace | null,
  size: number,
): Promise<RecordRow[]> {
  const user = scope ? scope.user : filter.scope?.user;
  const ofOne = scope !== null || user !== undefined;
  const prefix = ofOne ? [ownerKey(user)] : [];
  const { from, to } = timeBounds(filter);
  // A key that ends earlier sorts before all that go on, so `[to]` shuts out every record of that very time.
  const upper =
    place && place.createdAt < to ? [...prefix, place.createdAt, place.seq] : [...prefix, to];
  return db.records
    .where(ofOne ? RECORD_INDEX.byOwner : RECORD_INDEX.byTime)
    .between([...prefix, from], upper, true, false)
    .reverse()
    .limit(size)
    .toArray();
}

/* oxlint-enable unicorn/no-array-reverse */

function page(
  rows: readonly RecordRow[],
  limit: number,
): { rows: readonly StoredRecord[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown.map(fromRow), next: last && rows.length > limit ? writeCursor(last) : null };
}

function newestFirst(a: ListPlace, b: ListPlace): number {
  return b.createdAt - a.createdAt || b.seq - a.seq;
}

function isBefore(row: ListPlace, place: ListPlace): boolean {
  return newestFirst(place, row) < 0;
}

async function loadIndex(db: VaultDatabase): Promise<StoredIndex> {
  const tables = [db.segments, db.chunks, db.tail, db.touched];
  const read = (chunks: () => PromiseLike<readonly (ChunkRow | undefined)[]>) =>
    db.transaction("r", tables, () =>
      Promise.all([db.segments.toArray(), chunks(), db.tail.toArray(), db.touched.toArray()]),
    );
  let parts: Awaited<ReturnType<typeof read>>;
  try {
    parts = await read(() => db.chunks.toArray());
  } catch (error) {
    // Browsers keep large values in files of their own, and one that is lost fails the reading of all.
    const unreadable = await unreadableChunks(db);
    if (unreadable.size === 0) throw error;
    parts = await read(async () => {
      const ids = await db.chunks.toCollection().primaryKeys();
      return db.chunks.bulkGet(ids.filter((id) => !unreadable.has(id)));
    });
  }
  const [heads, chunks, tail, touched] = parts;
  const bytesById = new Map(chunks.flatMap((chunk) => (chunk ? [[chunk.id, chunk.bytes]] : [])));
  const segments: StoredSegment[] = [];
  const damaged: string[] = [];
  for (const { id, size, checksum: expected, state, stateChecksum } of heads) {
    const bytes = bytesById.get(id);
    const whole =
      bytes?.byteLength === size &&
      checksum(bytes) === expected &&
      checksum(state) === stateChecksum;
    if (whole) segments.push({ id, bytes, state });
    else damaged.push(id);
  }
  return { segments, damaged, tail, touched };
}

/** Each chunk in a transaction of its own. Anything but a lost value (a closed vault) is not theirs, and is thrown. */
async function unreadableChunks(db: VaultDatabase): Promise<ReadonlySet<string>> {
  const unreadable = new Set<string>();
  for (const id of await db.chunks.toCollection().primaryKeys()) {
    try {
      await db.chunks.get(id);
    } catch (error) {
      if (vaultError(error, "use").code !== "vault/failed") throw error;
      unreadable.add(id);
    }
  }
  return unreadable;
}

function readStats(db: VaultDatabase): Promise<StoredStats> {
  const { threads, versions, outbox, tail, segments, tallies } = db;
  return db.transaction("r", [threads, versions, outbox, tail, segments, tallies], async () => {
    const [counted, heads, threadCount, versionCount, outboxCount, tailCount] = await Promise.all([
      tallies.toArray(),
      segments.toArray(),
      threads.count(),
      versions.count(),
      outbox.count(),
      tail.count(),
    ]);
    const sum = (of: (row: (typeof counted)[number]) => number): number =>
      counted.reduce((total, row) => total + of(row), 0);
    return {
      records: sum((row) => row.turn + row.note + row.derived),
      turns: sum((row) => row.turn),
      notes: sum((row) => row.note),
      derived: sum((row) => row.derived),
      threads: threadCount,
      versions: versionCount,
      outbox: outboxCount,
      segments: heads.length,
      segmentBytes: heads.reduce((total, head) => total + head.size + head.state.byteLength, 0),
      tail: tailCount,
      scopes: counted.map((row) => ({
        scope: row.scope,
        records: row.turn + row.note + row.derived,
      })),
    };
  });
}

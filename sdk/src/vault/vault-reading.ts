import { MemoryError } from "../domain/errors.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import { checksum } from "./checksum.ts";
import type { PackedTables } from "./packed-tables.ts";
import type { listRecords } from "./record-list.ts";
import { factIndexKey, fromRow } from "./record-row.ts";
import type { ChunkRow, StoredThread, VaultDatabase } from "./schema.ts";
import { vaultError } from "./vault-errors.ts";
import type {
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

/** The reading half of a vault. Nothing here catches or translates an error: that is the caller's, in one place. */
export function createVaultReading(db: VaultDatabase, packed: PackedTables): VaultReading {
  const { records, nodes } = packed;
  return {
    async get(ids) {
      const byId = new Map((await find("id", ids)).map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    },

    async bySeq(seqs) {
      const rows = await readRecords(() => records.get("seq", seqs));
      return rows.map((row) => row && fromRow(row));
    },

    async list(query) {
      const listRecords = await loadList();
      return readRecords(() => listRecords(db, records, query));
    },

    async scan(from, limit) {
      return (await readRecords(() => records.from("seq", from, limit))).map(fromRow);
    },

    async matching(user, by, keys) {
      const [index, values] =
        by === "factKeys" ? ["keys.facts", keys.map((key) => factIndexKey(user, key))] : [by, keys];
      return (await find(index, values)).filter((row) => row.scope.user === user);
    },

    async threadRecords(threadId, all = false) {
      const rows = await find("threadId", [threadId]);
      return rows
        .filter((row) => all || row.live)
        .toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0) || a.seq - b.seq);
    },

    referring: (ids) => find("keys.refs", ids),

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

  /** Dexie keeps a transaction open over awaits in functions that it sees to be async. */
  async function readRecords<T>(work: () => Promise<T>): Promise<T> {
    return db.transaction("r", [db.records, db.recordPages], async () => work());
  }

  async function find(index: string, values: readonly string[]): Promise<readonly StoredRecord[]> {
    const rows = await readRecords(() => records.find(index, values));
    return rows.map(fromRow).toSorted((a, b) => a.seq - b.seq);
  }

  async function readNodes(index: string, values: readonly string[]): Promise<readonly TurnNode[]> {
    return db.transaction("r", [db.nodes, db.nodePages], async () => nodes.find(index, values));
  }
}

/** No call waits for a list, so it is loaded when one is asked for. */
async function loadList(): Promise<typeof listRecords> {
  try {
    return (await import("./record-list.ts")).listRecords;
  } catch (cause) {
    throw new MemoryError(
      "engine/load-failed",
      "The chunk that lists memories could not be loaded. Check that the SDK's files are served together.",
      { cause, retryable: true },
    );
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

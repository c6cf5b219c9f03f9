import { createPackedTable, type PackedTable, type PageRow } from "./packed-rows.ts";
import type { RecordRow, StoredSyncRecord, VaultDatabase } from "./schema.ts";
import type { SyncDotRow } from "./sync-store.ts";
import type { TurnNode } from "./vault.ts";

/** The tables of a vault whose rows may stand many to a row: nobody but this looks into them. */
export interface PackedTables {
  /** By `id`, `seq` (the key), `threadId`, `textHash`, `nearHash`, `keys.facts`, `keys.refs`. */
  readonly records: PackedTable<RecordRow, number>;
  /** By `threadId`, `chain`, `recordId`, `answer`. */
  readonly nodes: PackedTable<TurnNode>;
  /** By `key`, `id`, `echoes`. */
  readonly syncRecords: PackedTable<StoredSyncRecord>;
  /** By `dot`. */
  readonly syncDots: PackedTable<SyncDotRow>;
}

/** A recall reads some thirty records, each from a page of its own. */
const RECORDS_OF_PAGE = 16;

/** @param packFrom so many rows at least come onto pages; default 64 */
export function createPackedTables(db: VaultDatabase, packFrom?: number): PackedTables {
  const often = packFrom === undefined ? {} : { packFrom };
  return {
    records: createPackedTable({
      ...often,
      table: db.records,
      pages: db.recordPages,
      pageRows: RECORDS_OF_PAGE,
      main: "id",
      idOf: ({ id }) => id,
      indexes: {
        id: ({ id }) => [id],
        seq: ({ seq }) => [seq],
        threadId: ({ threadId }) => (threadId === undefined ? [] : [threadId]),
        textHash: ({ textHash }) => [textHash],
        nearHash: ({ nearHash }) => [nearHash],
        "keys.facts": ({ keys }) => keys.facts,
        "keys.refs": ({ keys }) => keys.refs,
      },
      headOf: spanOf,
    }),
    nodes: createPackedTable({
      ...often,
      table: db.nodes,
      pages: db.nodePages,
      main: "chain",
      idOf: ({ threadId, chain }) => `${threadId}\0${chain}`,
      indexes: {
        threadId: ({ threadId }) => [threadId],
        chain: ({ chain }) => [chain],
        recordId: ({ recordId }) => (recordId === null ? [] : [recordId]),
        answer: ({ answer }) => (answer === undefined ? [] : [answer]),
      },
    }),
    syncRecords: createPackedTable({
      ...often,
      table: db.syncRecords,
      pages: db.syncRecordPages,
      main: "key",
      idOf: ({ key }) => key,
      indexes: {
        key: ({ key }) => [key],
        id: ({ id }) => [id],
        echoes: ({ echoes }) => echoes,
      },
    }),
    syncDots: createPackedTable({
      ...often,
      table: db.syncDots,
      pages: db.syncDotPages,
      main: "dot",
      idOf: ({ dot }) => dot,
      indexes: { dot: ({ dot }) => [dot] },
    }),
  };
}

function spanOf(rows: readonly RecordRow[]): Pick<PageRow<RecordRow>, "newest" | "oldest"> {
  const times = rows.map(({ createdAt }) => createdAt);
  return { newest: Math.max(...times), oldest: Math.min(...times) };
}

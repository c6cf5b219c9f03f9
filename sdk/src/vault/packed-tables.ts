import { createPackedTable, type PackedTable } from "./packed-rows.ts";
import type { StoredSyncRecord, VaultDatabase } from "./schema.ts";
import type { SyncDotRow } from "./sync-store.ts";
import type { TurnNode } from "./vault.ts";

/** The tables of a vault whose rows may stand many to a row: nobody but this looks into them. */
export interface PackedTables {
  /** By `threadId`, `chain`, `recordId`, `answer`. */
  readonly nodes: PackedTable<TurnNode>;
  /** By `key`, `id`, `echoes`. */
  readonly syncRecords: PackedTable<StoredSyncRecord>;
  /** By `dot`. */
  readonly syncDots: PackedTable<SyncDotRow>;
}

/** @param packFrom so many rows at least come onto pages; default 64 */
export function createPackedTables(db: VaultDatabase, packFrom?: number): PackedTables {
  const often = packFrom === undefined ? {} : { packFrom };
  return {
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

import { ASIDE, COPY, KEY_CHARS } from "../domain/kept-names.ts";
import type { RecordDraft } from "../domain/stored-record.ts";
import { isCopy, type BesideTarget, type CopyRow } from "./kept-copy.ts";
import type { PackedTables } from "./packed-tables.ts";
import type { VaultDatabase } from "./schema.ts";
import { lastJournalNumber } from "./write-transaction.ts";

export interface ForgottenRecords {
  /** What was asked for, be it there or not. */
  readonly ids: readonly string[];
  /** What was there. */
  readonly rows: readonly RecordDraft[];
  readonly textHashes: readonly string[];
}

/** Both work inside of a transaction. */
export interface BesideTables {
  readonly db: VaultDatabase;
  readonly packed: Pick<PackedTables, "records" | "syncRecords">;
}

export async function readCopies({ packed }: BesideTables): Promise<readonly CopyRow[]> {
  return (await packed.syncRecords.findNamed("id", COPY)).filter(isCopy);
}

/**
 * Takes what is kept beside forgotten records along: copies of the same record or the same text, and what was set aside of a record. What
 * the server has of the latter is superseded by the tombstone of its record; where nothing is to be left, each of them asks for one.
 *
 * @returns how many copies went
 */
export async function forgetBeside(
  tables: BesideTables,
  forgotten: ForgottenRecords,
  target: BesideTarget,
): Promise<number> {
  if (target.why === "removed-device") return 0;
  const all = target.everything === true && (await tables.packed.records.isEmpty());
  const copies = (await readCopies(tables))
    .filter((row) => all || isMeant(row, forgotten, target))
    .map(({ key }) => key);
  await tables.packed.syncRecords.remove(copies);
  await forgetAsides(tables, forgotten.ids, all);
  return copies.length;
}

function isMeant(
  { key, copy: { draft, why } }: CopyRow,
  { ids, rows, textHashes }: ForgottenRecords,
  { copies = [], why: left }: BesideTarget,
): boolean {
  if (copies.includes(key)) return true;
  if (!ids.includes(draft.id)) return textHashes.includes(draft.textHash);
  if (why !== left) return true;
  return rows.some(({ id, textHash }) => id !== draft.id && textHash === draft.textHash);
}

async function forgetAsides(
  { db, packed: { syncRecords } }: BesideTables,
  ids: readonly string[],
  all: boolean,
): Promise<void> {
  const asides = (await syncRecords.findNamed("id", ASIDE)).filter(({ shape }) => shape !== null);
  if (asides.length === 0) return;
  const records = new Set((await syncRecords.find("id", ids)).map(({ key }) => key));
  const gone = asides.filter(
    ({ key }) => all || records.has(key.slice(ASIDE.length, ASIDE.length + KEY_CHARS)),
  );
  const at = await lastJournalNumber(db);
  await Promise.all([
    syncRecords.put(gone.map((row) => ({ ...row, shape: null }))),
    // A batch that is being made of the content is not sealed then.
    all
      ? db.outbox.bulkPut(gone.map(({ id }) => ({ id, op: "remove" as const, at })))
      : db.outbox.bulkDelete(gone.map(({ id }) => id)),
  ]);
}

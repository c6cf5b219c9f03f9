import type { VaultDatabase } from "./schema.ts";

/**
 * What sync keeps of forgotten records loses its tags, names and texts, and other records lose texts of these hashes that were written
 * beside their own. What is left says which rows of the server a tombstone has to take the place of.
 */
export async function forgetSyncTexts(
  db: VaultDatabase,
  ids: readonly string[],
  textHashes: readonly string[],
): Promise<void> {
  const forgotten = new Set(textHashes);
  await db.syncRecords
    .where("id")
    .anyOf([...ids])
    .modify({ shape: null, shown: "", others: [], echoes: [] });
  await db.syncRecords
    .where("echoes")
    .anyOf([...forgotten])
    .distinct()
    .modify((row, ref) => {
      const others = row.others.filter(({ textHash }) => !forgotten.has(textHash));
      ref.value = { ...row, others, echoes: others.map(({ textHash }) => textHash) };
    });
}

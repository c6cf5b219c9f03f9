import type { PackedTable } from "./packed-rows.ts";
import type { StoredSyncRecord } from "./schema.ts";

/**
 * What sync keeps of forgotten records loses its tags, names and texts, and other records lose texts of these hashes that were written
 * beside their own. What is left says which rows of the server a tombstone has to take the place of.
 */
export async function forgetSyncTexts(
  table: PackedTable<StoredSyncRecord>,
  ids: readonly string[],
  textHashes: readonly string[],
): Promise<void> {
  const forgotten = new Set(textHashes);
  const gone = new Set(ids);
  const [own, echoing] = await Promise.all([
    table.find("id", ids),
    table.find("echoes", textHashes),
  ]);
  await table.put([
    ...own.map((row) => ({ ...row, shape: null, shown: "", others: [], echoes: [] })),
    ...echoing
      .filter(({ id }) => !gone.has(id))
      .map((row) => {
        const others = row.others.filter(({ textHash }) => !forgotten.has(textHash));
        return { ...row, others, echoes: others.map(({ textHash }) => textHash) };
      }),
  ]);
}

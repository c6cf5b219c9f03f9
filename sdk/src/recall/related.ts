import type { MemoryRecord } from "../domain/memory-record.ts";
import { toMemoryRecord } from "../domain/stored-record.ts";
import { indexTerms } from "../text/index-terms.ts";
import { scoreLexically } from "./lexical.ts";
import { readRows, type RecallParts } from "./read-rows.ts";

/** From this share of the record's idf mass on, a text says the same again. */
const RESTATES = 0.6;

/** A text that restates another mostly has its words in the same forms. */
const NO_FORMS: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * Near-duplicates of a record and texts that restate it: they hold most of what its words say. Best first, expired ones too.
 */
export async function findRelated(
  { index, vault, readables, scratch, loadRequestReader }: RecallParts,
  record: MemoryRecord,
  limit: number,
): Promise<readonly { readonly record: MemoryRecord; readonly score: number }[]> {
  const { meantStems } = await loadRequestReader();
  const view = index.view();
  const readable = readables.of(view, record.scope, 0);
  const weights = new Map(indexTerms(record.text).map((term) => [term, 1] as const));
  const arrays = scratch.borrow(view.count);
  const { touched, matched, alike, mass } = scoreLexically(
    { terms: weights, forms: NO_FORMS, meantStems },
    view,
    readable,
    arrays,
  );
  if (mass === 0) return [];
  const found: { seq: number; score: number }[] = [];
  for (let at = 0; at < touched.length; at += 1) {
    const document = touched.documents[at] ?? 0;
    const score = Math.min(
      1,
      Math.max(matched[document] ?? 0, 0.9 * (alike[document] ?? 0)) / mass,
    );
    if (score >= RESTATES) found.push({ seq: view.columns.seq[document] ?? 0, score });
  }
  found.sort((a, b) => b.score - a.score || b.seq - a.seq);
  const best = found.slice(0, limit + 1);
  const rows = await readRows(
    vault,
    best.map(({ seq }) => seq),
    record.scope,
    0,
  );
  return best
    .flatMap(({ score }, at) => {
      const row = rows[at] ?? null;
      return row === null || row.id === record.id
        ? []
        : [{ record: toMemoryRecord(row), score: Math.round(score * 1000) / 1000 }];
    })
    .slice(0, limit);
}

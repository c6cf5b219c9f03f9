import type { Turn } from "../domain/chat.ts";
import type { MemoryFilter } from "../domain/memory-record.ts";
import type { SearchHit } from "../domain/recall.ts";
import { toMemoryRecord, type StoredRecord } from "../domain/stored-record.ts";
import { askMeaning } from "./ask-meaning.ts";
import { bestCandidates, rankedFor } from "./candidates.ts";
import { explain } from "./explain.ts";
import { readQuery } from "./query.ts";
import { rankDocuments } from "./ranking.ts";
import { readRows, type RecallParts } from "./read-rows.ts";
import type { SearchRequest } from "./recall-service.ts";
import { vaultForms } from "./vault-forms.ts";

/** Rows are read in batches of this many until enough pass the filter. */
const BATCH = 64;

/** The best records for a query, without a budget. Exact under the filter: never fewer than `limit` while more match. */
export async function searchRecords(
  parts: RecallParts,
  request: SearchRequest,
): Promise<readonly SearchHit[]> {
  const { index, vault, loadRequestReader } = parts;
  const { scope, now } = request;
  const reader = await loadRequestReader();
  const formsOf = await vaultForms(parts);
  const turns: readonly Turn[] = [{ role: "user", text: request.query }];
  const most = request.filter === undefined ? request.limit * 2 + BATCH : Infinity;
  const meaning = await askMeaning(parts, turns, scope, now, rankedFor(most));
  const view = index.view();
  const readable = parts.readables.of(view, scope, now);
  const arrays = parts.scratch.borrow(view.count);
  const query = readQuery(turns, view, readable, arrays.found, now, reader, formsOf);
  const input = { query, view, readable, arrays, threadId: scope.thread, meaning };
  const ranking = rankDocuments({ ...input, most: rankedFor(most) });
  const found = bestCandidates(input, ranking, now, most).filter(
    ({ score }) => score >= (request.minScore ?? 0),
  );
  // Who searches for a word wants what says it; facts that a request only cues stand in where nothing does.
  const isSaid = found.some(({ signals }) => signals.words > 0);
  const candidates = isSaid
    ? found.filter(
        ({ signals: { words, letters, context, meaning: meant } }) =>
          words + letters + context + meant > 0,
      )
    : found;
  const passes = filterOf(request.filter);
  const hits: SearchHit[] = [];
  for (let at = 0; at < candidates.length && hits.length < request.limit; at += BATCH) {
    const batch = candidates.slice(at, at + BATCH);
    const rows = await readRows(
      vault,
      batch.map(({ seq }) => seq),
      request.scope,
      request.now,
    );
    batch.forEach(({ score, signals }, place) => {
      const row = rows[place] ?? null;
      if (row !== null && hits.length < request.limit && passes(row))
        hits.push({ ...toMemoryRecord(row), score, signals, why: explain(signals, "recall") });
    });
  }
  return hits;
}

function filterOf(filter: MemoryFilter | undefined): (row: StoredRecord) => boolean {
  if (filter === undefined) return () => true;
  const ids = filter.ids === undefined ? null : new Set(filter.ids);
  const from = filter.from === undefined ? -Infinity : new Date(filter.from).getTime();
  const to = filter.to === undefined ? Infinity : new Date(filter.to).getTime();
  const text = filter.text?.toLowerCase();
  const scope = Object.entries(filter.scope ?? {});
  const metadata = Object.entries(filter.metadata ?? {});
  return (row) =>
    (ids === null || ids.has(row.id)) &&
    (filter.kinds === undefined || filter.kinds.includes(row.kind)) &&
    scope.every(([field, value]) => row.scope[field as keyof typeof row.scope] === value) &&
    (filter.tags ?? []).every((tag) => row.tags.includes(tag)) &&
    metadata.every(([key, value]) => JSON.stringify(row.metadata[key]) === JSON.stringify(value)) &&
    row.createdAt >= from &&
    row.createdAt < to &&
    (text === undefined || row.text.toLowerCase().includes(text));
}

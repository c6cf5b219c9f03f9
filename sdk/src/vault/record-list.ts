import type { StoredRecord } from "../domain/stored-record.ts";
import type { PackedTable } from "./packed-rows.ts";
import {
  readCursor,
  recordMatcher,
  timeBounds,
  writeCursor,
  type ListPlace,
} from "./record-filter.ts";
import { fromRow, ownerKey } from "./record-row.ts";
import { RECORD_INDEX, type RecordRow, type VaultDatabase } from "./schema.ts";
import type { ListQuery } from "./vault.ts";

/** Rows that a list looks at in one read: enough to be quick, few enough to hold. */
const LARGEST_READ = 2048;
const PAGES_AT_ONCE = 8;

interface PageSpan {
  readonly n: number;
  readonly newest: number;
  readonly oldest: number;
}

/** Walks the index of the owner (or of all) from the cursor down, a batch at a time, until the page is full. */
export async function listRecords(
  db: VaultDatabase,
  records: PackedTable<RecordRow>,
  query: ListQuery,
): Promise<{ readonly rows: readonly StoredRecord[]; readonly next: string | null }> {
  const { filter, scope, limit } = query;
  const matches = recordMatcher(filter, scope, query.now);
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  if (limit < 1) return { rows: [], next: null };
  if (filter.ids) {
    const rows = (await records.find("id", filter.ids)).filter(
      (row) => matches(row) && (after === null || isBefore(row, after)),
    );
    return page(rows.toSorted(newestFirst), limit);
  }
  // One more than the page, to know whether there is a next one.
  const wanted = limit + 1;
  const spans = await pageSpans(db);
  const found: RecordRow[] = [];
  let place = after;
  let size = Math.min(Math.max(wanted, 32), LARGEST_READ);
  while (found.length < wanted) {
    const batch = await readDown(db, spans, query, place, size);
    for (const row of batch) if (matches(row)) found.push(row);
    const last = batch.at(-1);
    if (!last || batch.length < size) break;
    place = last;
    size = Math.min(size * 2, LARGEST_READ);
  }
  return page(found, limit);
}

/** The next rows of an owner, or of all, from a place on: those that stand alone and those of pages are merged. */
async function readDown(
  db: VaultDatabase,
  spans: readonly PageSpan[],
  { filter, scope }: ListQuery,
  place: ListPlace | null,
  size: number,
): Promise<readonly RecordRow[]> {
  const user = scope ? scope.user : filter.scope?.user;
  const ofOne = scope !== null || user !== undefined;
  const owner = ownerKey(user);
  const prefix = ofOne ? [owner] : [];
  const { from, to } = timeBounds(filter);
  // A key that ends earlier sorts before all that go on, so `[to]` shuts out every record of that very time.
  const upper =
    place && place.createdAt < to ? [...prefix, place.createdAt, place.seq] : [...prefix, to];
  /* oxlint-disable unicorn/no-array-reverse -- a Dexie collection, whose `reverse` only turns the walk around */
  const alone = await db.records
    .where(ofOne ? RECORD_INDEX.byOwner : RECORD_INDEX.byTime)
    .between([...prefix, from], upper, true, false)
    .reverse()
    .limit(size)
    .toArray();
  /* oxlint-enable unicorn/no-array-reverse */
  const isMeant = (row: RecordRow): boolean =>
    (!ofOne || row.keys.owner === owner) &&
    row.createdAt >= from &&
    row.createdAt < to &&
    (place === null || isBefore(row, place));
  const since = alone.length === size ? (alone.at(-1)?.createdAt ?? from) : from;
  const until = Math.min(place?.createdAt ?? Infinity, to);
  const near = spans.filter(({ newest, oldest }) => newest >= since && oldest <= until);
  let paged: RecordRow[] = [];
  for (let at = 0; at < near.length; at += PAGES_AT_ONCE) {
    const next = near[at]?.newest ?? 0;
    if (paged.length >= size && (paged[size - 1]?.createdAt ?? 0) > next) break;
    const read = await db.recordPages.bulkGet(near.slice(at, at + PAGES_AT_ONCE).map(({ n }) => n));
    const rows = read.flatMap((one) => one?.rows.filter(isMeant) ?? []);
    paged = [...paged, ...rows].toSorted(newestFirst);
  }
  return [...alone, ...paged].toSorted(newestFirst).slice(0, size);
}

/** Of every page, the newest first, without reading one. */
async function pageSpans(db: VaultDatabase): Promise<readonly PageSpan[]> {
  const spans = db.recordPages.orderBy("[newest+oldest]");
  const [times, numbers] = await Promise.all([spans.keys(), spans.primaryKeys()]);
  return numbers
    .map((n, i) => {
      const [newest = 0, oldest = 0] = times[i] as unknown as readonly number[];
      return { n, newest, oldest };
    })
    .toReversed();
}

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

import { MemoryError } from "../domain/errors.ts";
import type {
  MemoryFilter,
  MemoryPatch,
  MemoryRecord,
  MemoryVersion,
} from "../domain/memory-record.ts";
import { isReadable, mergeScopes, type Scope } from "../domain/scope.ts";
import { toMemoryRecord, type RecordDraft, type StoredRecord } from "../domain/stored-record.ts";
import { emptyError, epochMs, withSlotTags } from "../capture/drafts.ts";
import type { AnalyzeTurn, CaptureRules } from "../capture/turn-analysis.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import { recordMatcher } from "../vault/record-filter.ts";
import type { Vault } from "../vault/vault.ts";
import type { ScopeView } from "./host-api.ts";

/** Reading and editing single records, inside one view of the vault. */
export interface Records {
  get(view: ScopeView, id: string): Promise<MemoryRecord | null>;
  list(
    view: ScopeView,
    filter: MemoryFilter,
    limit: number,
    cursor: string | null,
  ): Promise<{ records: readonly MemoryRecord[]; next: string | null }>;
  update(view: ScopeView, id: string, patch: MemoryPatch): Promise<MemoryRecord>;
  history(view: ScopeView, id: string): Promise<readonly MemoryVersion[]>;
  /** Stored rows behind a filter, page by page, for work on many. Expired ones are there to be forgotten, and for nothing else. */
  all(
    view: ScopeView,
    filter: MemoryFilter,
    which: "current" | "expired-too",
  ): AsyncGenerator<readonly StoredRecord[]>;
  /** Whether `all` would find it, expired or not, if it stood in the vault. */
  matcher(view: ScopeView, filter: MemoryFilter): (draft: RecordDraft) => boolean;
}

export interface RecordsDeps {
  readonly vault: Vault;
  readonly index: DocumentIndex;
  readonly now: () => number;
  readonly loadRules: () => Promise<CaptureRules>;
}

const WALK_PAGE = 500;

export function createRecords({ vault, index, now, loadRules }: RecordsDeps): Records {
  const matcher: Records["matcher"] = (view, filter) =>
    recordMatcher(within(view, filter), view, -Infinity);
  return { get, list, update, history, all, matcher };

  async function get(view: ScopeView, id: string): Promise<MemoryRecord | null> {
    const row = await visible(view, id);
    return row ? toMemoryRecord(row) : null;
  }

  async function list(
    view: ScopeView,
    filter: MemoryFilter,
    limit: number,
    cursor: string | null,
  ): Promise<{ records: readonly MemoryRecord[]; next: string | null }> {
    const page = await vault.list({
      filter: within(view, filter),
      scope: view,
      limit,
      now: now(),
      ...(cursor === null ? {} : { cursor }),
    });
    return { records: page.rows.map(toMemoryRecord), next: page.next };
  }

  async function* all(
    view: ScopeView,
    filter: MemoryFilter,
    which: "current" | "expired-too",
  ): AsyncGenerator<readonly StoredRecord[]> {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Vault["list"]>> = await vault.list({
        filter: within(view, filter),
        scope: view,
        limit: WALK_PAGE,
        now: which === "expired-too" ? -Infinity : now(),
        ...(cursor === null ? {} : { cursor }),
      });
      yield page.rows;
      cursor = page.next;
    } while (cursor !== null);
  }

  async function update(view: ScopeView, id: string, patch: MemoryPatch): Promise<MemoryRecord> {
    const row = await visible(view, id);
    if (!row) throw notFound(id);
    const at = now();
    const { analyzeTurn: analyze } = await loadRules();
    const change = (before: StoredRecord): StoredRecord => patched(before, patch, at, analyze);
    const textChanges =
      patch.text !== undefined && patched(row, patch, at, analyze).text !== row.text;
    if (patch.text !== undefined) await index.ready([patch.text]);
    const { before, after } = await vault.modify(
      id,
      change,
      textChanges ? (next) => index.entryOf(next) : undefined,
    );
    if (after.seq === before.seq) index.mark([after]);
    else {
      index.drop([before.seq]);
      index.add([after]);
      await releaseTwins(id);
    }
    return toMemoryRecord(after);
  }

  /** Records that repeated a text which is no longer there: the oldest of them says it now. */
  async function releaseTwins(id: string): Promise<void> {
    const twins = (await vault.referring([id])).filter((row) => row.duplicateOf === id);
    const [first, ...others] = twins.toSorted((a, b) => a.createdAt - b.createdAt || a.seq - b.seq);
    if (!first) return;
    index.mark(
      await vault.mark([
        { id: first.id, duplicateOf: null },
        ...others.map((row) => ({ id: row.id, duplicateOf: first.id })),
      ]),
    );
  }

  async function history(view: ScopeView, id: string): Promise<readonly MemoryVersion[]> {
    const row = await visible(view, id);
    if (!row) throw notFound(id);
    const versions: MemoryVersion[] = [versionOf(row, id, row.updatedAt, null, "current")];
    for (const edit of await vault.versions(id))
      versions.push(versionOf(edit.row, id, edit.row.updatedAt, edit.until, "edit"));
    const seen = new Set([id]);
    let newer = row;
    while (newer.supersedes !== undefined && !seen.has(newer.supersedes)) {
      const [older] = await vault.get([newer.supersedes]);
      if (!older) break;
      seen.add(older.id);
      versions.push(versionOf(older, id, older.createdAt, newer.createdAt, "superseded"));
      newer = older;
    }
    return versions;
  }

  async function visible(view: ScopeView, id: string): Promise<StoredRecord | null> {
    const [row] = await vault.get([id]);
    if (!row || (view !== null && !isReadable(row.scope, view))) return null;
    if (row.expiresAt !== undefined && row.expiresAt <= now()) return null;
    return row;
  }
}

/** The filter of a view: the thread and the run that the view names are asked for alone. */
function within(view: ScopeView, filter: MemoryFilter): MemoryFilter {
  if (view === null || (view.thread === undefined && view.run === undefined)) return filter;
  const soft: Scope = {
    ...(view.thread === undefined ? {} : { thread: view.thread }),
    ...(view.run === undefined ? {} : { run: view.run }),
  };
  return { ...filter, scope: mergeScopes(soft, filter.scope ?? {}) };
}

function patched(
  row: StoredRecord,
  patch: MemoryPatch,
  at: number,
  analyze: AnalyzeTurn,
): StoredRecord {
  const text = patch.text === undefined || patch.text === row.text ? null : patch.text;
  const analysis =
    text === null
      ? null
      : analyze({
          turn: {
            role: row.role ?? "user",
            text,
            ...(row.name === undefined ? {} : { name: row.name }),
          },
          origin: row.origin,
          scope: row.scope,
          saidAt: row.createdAt,
        });
  if (analysis?.text === "") throw emptyError("text");
  const { expiresAt: keptExpiry, duplicateOf, duplicate, ...rest } = row;
  const expiresAt = patch.expiresAt === undefined ? keptExpiry : epochMs(patch.expiresAt);
  const found = analysis ?? row;
  return {
    ...rest,
    ...(analysis || duplicateOf === undefined
      ? {}
      : { duplicateOf, ...(duplicate ? { duplicate } : {}) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(analysis
      ? {
          text: analysis.text,
          textHash: analysis.textHash,
          nearHash: analysis.nearHash,
          slots: analysis.slots,
          factKeys: analysis.factKeys,
          dates: analysis.dates,
          entities: analysis.entities,
        }
      : {}),
    tags: withSlotTags(patch.tags ?? row.tags, found),
    metadata: patch.metadata ?? row.metadata,
    pinned: patch.pinned ?? row.pinned,
    // Also by a clock that was put back: devices keep the later time of two.
    updatedAt: Math.max(at, row.updatedAt),
  };
}

function versionOf(
  row: StoredRecord,
  id: string,
  from: number,
  until: number | null,
  reason: MemoryVersion["reason"],
): MemoryVersion {
  return {
    id,
    text: row.text,
    tags: row.tags,
    metadata: row.metadata,
    pinned: row.pinned,
    from,
    until,
    reason,
    recordId: row.id,
  };
}

export function notFound(id: string): MemoryError {
  return new MemoryError(
    "usage/not-found",
    "There is no memory with this id in this scope. It may have been forgotten; list() shows what is there.",
    { details: { id } },
  );
}

import type { ForgetReport, ForgetTarget } from "../domain/memory-record.ts";
import { isReadable } from "../domain/scope.ts";
import { toMemoryRecord, type StoredRecord } from "../domain/stored-record.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { RecallService } from "../recall/recall-service.ts";
import type { BesideTarget, CopyReason } from "../vault/kept-copy.ts";
import type { RecordMark, StoredVersion, Vault } from "../vault/vault.ts";
import type { ScopeView } from "./host-api.ts";
import type { Records } from "./records.ts";
import type { Vectors } from "./vectors.ts";

/**
 * Forgetting: the target and all that carries its text go in one transaction - versions, derived records, exact duplicates, and
 * the packed chunks that hold their words, rewritten without them.
 */
export interface Forgetter {
  forget(request: ForgetRequest): Promise<ForgetReport>;
  /**
   * Removes just these, as far as they are there: another device has forgotten them, and says itself what goes along and what their
   * leaving changes. `removed-device`: they are taken back, as their writer was no member any more.
   */
  erase(ids: readonly string[], why: CopyReason): Promise<void>;
}

export interface ForgetRequest {
  readonly view: ScopeView;
  readonly target: ForgetTarget;
  readonly dryRun: boolean;
  readonly related: boolean;
  readonly checkpoint: () => void;
  readonly onProgress: (done: number, total: number) => void;
}

export interface ForgetterDeps {
  readonly vault: Vault;
  readonly index: DocumentIndex;
  readonly vectors: Pick<Vectors, "without" | "settled">;
  readonly recall: RecallService;
  readonly records: Records;
  readonly now: () => number;
  /** Runs `work` while no tab seals or compacts. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onForgotten: (ids: readonly string[], elsewhere: boolean) => void;
}

/** For how many targets of one call related turns are looked up. */
const RELATED_TARGETS = 20;
const RELATED_PER_TARGET = 10;
const DEFAULT_QUERY_LIMIT = 1;
/** Records that go in one transaction. */
const BATCH = 1_000;

export function createForgetter(deps: ForgetterDeps): Forgetter {
  const { vault, index } = deps;
  return { forget, erase };

  async function erase(ids: readonly string[], why: CopyReason): Promise<void> {
    for (let start = 0; start < ids.length; start += BATCH) {
      const { removed } = await removeBatch(ids.slice(start, start + BATCH), { why });
      if (removed.length > 0) deps.onForgotten(removed, true);
    }
  }

  async function forget(request: ForgetRequest): Promise<ForgetReport> {
    const targets = await resolve(request);
    request.checkpoint();
    const related = await relatedOf(targets, request.view);
    const start = request.related ? [...targets, ...related] : targets;
    const { rows, derived, duplicates } = await cascade(start, request);
    const gone = new Set(rows.map((row) => row.id));
    const left = related.filter((row) => !gone.has(row.id)).map(toMemoryRecord);
    const copies = await copiesOf(request, rows);
    const { versions, rewrittenChunks } = request.dryRun
      ? { versions: (await earlierOf(rows)).length, rewrittenChunks: 0 }
      : await removeAll(rows, copies, request);
    return {
      forgotten: [...gone],
      related: left,
      removed: { versions, derived, duplicates, copies: copies.length, rewrittenChunks },
      dryRun: request.dryRun,
    };
  }

  /** Copies that sync keeps of memories which left: those that the target means as if they stood in the vault, and of what goes. */
  async function copiesOf(
    { view, target }: ForgetRequest,
    rows: readonly StoredRecord[],
  ): Promise<readonly string[]> {
    const copies = await vault.copies();
    if (copies.length === 0) return [];
    const isMeant =
      "query" in target
        ? () => false
        : deps.records.matcher(view, "ids" in target ? { ids: target.ids } : target.filter);
    const texts = new Set(textsOf(rows));
    const ids = new Set(rows.map((row) => row.id));
    return copies
      .filter(
        ({ copy: { draft } }) => isMeant(draft) || ids.has(draft.id) || texts.has(draft.textHash),
      )
      .map(({ key }) => key);
  }

  async function resolve({ view, target }: ForgetRequest): Promise<readonly StoredRecord[]> {
    if ("ids" in target) return readable(await vault.get(target.ids), view);
    if ("filter" in target) {
      const found: StoredRecord[] = [];
      for await (const page of deps.records.all(view, target.filter, "expired-too"))
        found.push(...page);
      return found;
    }
    const hits = await deps.recall.search({
      query: target.query,
      scope: view ?? {},
      limit: target.limit ?? DEFAULT_QUERY_LIMIT,
      now: deps.now(),
    });
    return readable(await vault.get(hits.map((hit) => hit.id)), view);
  }

  async function relatedOf(
    targets: readonly StoredRecord[],
    view: ScopeView,
  ): Promise<readonly StoredRecord[]> {
    const own = new Set(targets.map((row) => row.id));
    const ids = new Set<string>();
    for (const row of targets.slice(0, RELATED_TARGETS)) {
      for (const hit of await deps.recall.related(toMemoryRecord(row), RELATED_PER_TARGET))
        if (!own.has(hit.record.id)) ids.add(hit.record.id);
    }
    return readable(await vault.get([...ids]), view);
  }

  /** Adds what must go along: exact duplicates of the same person, and what was drawn from any of them. */
  async function cascade(
    start: readonly StoredRecord[],
    { checkpoint }: ForgetRequest,
  ): Promise<{ rows: readonly StoredRecord[]; derived: number; duplicates: number }> {
    const rows = new Map(start.map((row) => [row.id, row]));
    let derived = 0;
    let duplicates = 0;
    let fresh = start;
    while (fresh.length > 0) {
      checkpoint();
      const next: StoredRecord[] = [];
      for (const [user, hashes] of byUser(fresh)) {
        for (const twin of await vault.matching(user, "textHash", hashes))
          if (take(twin)) duplicates += 1;
      }
      const ids = fresh.flatMap((row) =>
        row.callerId === undefined ? [row.id] : [row.id, row.callerId],
      );
      for (const row of await vault.referring(ids)) {
        if (
          row.kind === "derived" &&
          row.sources.some((source) => ids.includes(source)) &&
          take(row)
        )
          derived += 1;
      }
      fresh = next;

      function take(row: StoredRecord): boolean {
        if (rows.has(row.id)) return false;
        rows.set(row.id, row);
        next.push(row);
        return true;
      }
    }
    return { rows: [...rows.values()], derived, duplicates };
  }

  async function removeAll(
    rows: readonly StoredRecord[],
    copies: readonly string[],
    request: ForgetRequest,
  ): Promise<{ versions: number; rewrittenChunks: number }> {
    let versions = 0;
    let rewrittenChunks = 0;
    const beside = { copies, everything: isEverything(request.target) };
    if (rows.length === 0 && (copies.length > 0 || beside.everything))
      await removeBatch([], beside);
    for (let start = 0; start < rows.length; start += BATCH) {
      request.checkpoint();
      const batch = rows.slice(start, start + BATCH);
      const ids = batch.map((row) => row.id);
      const receipt = await removeBatch(ids, beside);
      versions += receipt.versions;
      rewrittenChunks += receipt.rewrittenChunks;
      await unlink(batch);
      deps.onForgotten(ids, false);
      request.onProgress(Math.min(start + BATCH, rows.length), rows.length);
    }
    return { versions, rewrittenChunks };
  }

  function removeBatch(
    ids: readonly string[],
    beside: BesideTarget,
  ): Promise<{
    readonly removed: readonly string[];
    readonly versions: number;
    readonly rewrittenChunks: number;
  }> {
    return deps.exclusive(async () => {
      // As they are now: another tab may have edited one since they were looked up.
      const present = readable(await vault.get(ids), null);
      const earlier = await earlierOf(present);
      const seqs = [...present, ...earlier.map((version) => version.row)].map((row) => row.seq);
      const segments = await index.without(seqs);
      const rewrites = await deps.vectors.without(seqs);
      const receipt = await vault.remove(ids, segments, textsOf(present), rewrites, beside);
      index.drop(receipt.removed.map((row) => row.seq));
      await deps.vectors.settled();
      return {
        removed: receipt.removed.map((row) => row.id),
        versions: receipt.versions,
        rewrittenChunks: segments.length + rewrites.length,
      };
    });
  }

  /** Every earlier state of these records, and earlier states of others that said the same. */
  async function earlierOf(rows: readonly StoredRecord[]): Promise<readonly StoredVersion[]> {
    const ids = new Set(rows.map((row) => row.id));
    const own = await Promise.all(rows.map((row) => vault.versions(row.id)));
    const echoes = await vault.versionsWithText(textsOf(rows));
    return [...own.flat(), ...echoes.filter((version) => !ids.has(version.recordId))];
  }

  /** Records that pointed at what is gone: an older fact stands again, a repetition is the only one. */
  async function unlink(gone: readonly StoredRecord[]): Promise<void> {
    const ids = new Set(gone.map((row) => row.id));
    const marks = new Map<string, RecordMark>();
    for (const row of await vault.referring([...ids])) {
      if (row.supersedes !== undefined && ids.has(row.supersedes))
        marks.set(row.id, { ...marks.get(row.id), id: row.id, supersedes: null });
      if (row.duplicateOf !== undefined && ids.has(row.duplicateOf))
        marks.set(row.id, { ...marks.get(row.id), id: row.id, duplicateOf: null });
    }
    for (const row of gone) {
      if (row.supersedes !== undefined && !ids.has(row.supersedes))
        marks.set(row.supersedes, {
          ...marks.get(row.supersedes),
          id: row.supersedes,
          supersededBy: null,
        });
    }
    if (marks.size > 0) index.mark(await vault.mark([...marks.values()]));
  }
}

/** A filter that names nothing. Only where it leaves nothing is it everything: each person of a vault is forgotten for themselves. */
function isEverything(target: ForgetTarget): boolean {
  return (
    "filter" in target && Object.values(target.filter).every((condition) => condition === undefined)
  );
}

function textsOf(rows: readonly StoredRecord[]): readonly string[] {
  return [...new Set(rows.map((row) => row.textHash))];
}

function readable(
  rows: readonly (StoredRecord | null)[],
  view: ScopeView,
): readonly StoredRecord[] {
  return rows.filter(
    (row) => row !== null && (view === null || isReadable(row.scope, view)),
  ) as StoredRecord[];
}

function byUser(rows: readonly StoredRecord[]): ReadonlyMap<string | undefined, readonly string[]> {
  const hashes = new Map<string | undefined, string[]>();
  for (const row of rows)
    hashes.set(row.scope.user, [...(hashes.get(row.scope.user) ?? []), row.textHash]);
  return hashes;
}

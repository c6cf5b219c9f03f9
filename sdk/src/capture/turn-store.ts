import type { Turn } from "../domain/chat.ts";
import type { MemoryOrigin, NewMemory } from "../domain/memory-record.ts";
import { isolationKey, type Scope } from "../domain/scope.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { RecordMark, ThreadPatch, TurnNode, Vault } from "../vault/vault.ts";
import type { CaptureRules, TurnAnalysis } from "./turn-analysis.ts";
import { draftOf, emptyError, epochMs } from "./drafts.ts";
import { pathTo, type ThreadFinder, type ThreadPlace } from "./threads.ts";

/**
 * Stores turns and notes: what is stored of each text, what it repeats and what it renews, where it stands in its thread. One
 * call is one transaction of the vault.
 */
export interface TurnStore {
  /** Stores `turns` after `place`, and moves the thread's end there. Resolves when they can be found. */
  storeTurns(request: StoreTurns): Promise<StoredTurns>;
  /** Reads what the rules find in turns, ahead of storing them; in small steps, so that a call is not kept waiting by an import. */
  readTurns(request: Pick<StoreTurns, "turns" | "scope" | "now" | "origin">): Promise<ReadTurns>;
  /**
   * Stores notes and derived records. Those of which nothing is left, once secrets and our own blocks are taken out, are passed
   * over or refused, all of them before any is stored.
   */
  storeNotes(
    notes: readonly StoreNote[],
    scope: Scope,
    now: number,
    empty: "refuse" | "pass-over",
  ): Promise<readonly StoredRecord[]>;
}

/** A turn to store; `record` carries what a restored record brings of its own. */
export interface StoreTurn extends Turn {
  readonly record?: {
    readonly id?: string;
    readonly tags?: readonly string[];
    readonly pinned?: boolean;
    readonly expiresAt?: number;
  };
}

/** A note to store; a restored one keeps its id. */
export interface StoreNote extends NewMemory {
  readonly id?: string;
}

export interface StoreTurns {
  readonly place: ThreadPlace;
  readonly turns: readonly StoreTurn[];
  readonly scope: Scope;
  readonly now: number;
  /** `import`: the author is not sure, so no facts. */
  readonly origin?: "import";
  /** State of the last user turn or the answer among `turns`. */
  readonly state?: NonNullable<StoredRecord["state"]>;
  /** Changes of the thread row, next to its new end. */
  readonly thread?: Pick<ThreadPatch, "profile" | "open">;
  /** The provider's id of the answer among `turns`. */
  readonly answerId?: string;
  /** Marks on rows that are there, in the same transaction. */
  readonly marks?: readonly RecordMark[];
  /** What `readTurns` gave for these turns, where it was asked before. */
  readonly read?: ReadTurns;
  /** Turns (by place in `turns`) of which nothing but their place in the conversation is kept. */
  readonly withheld?: (index: number) => boolean;
}

/** One a turn: when it was said, whose it is, and what was found in it. */
export type ReadTurns = readonly {
  readonly saidAt: number;
  readonly origin: MemoryOrigin;
  readonly analysis: TurnAnalysis;
}[];

export interface StoredTurns {
  readonly place: ThreadPlace;
  /** One a turn: the record, or `null` where nothing of it was to be stored. */
  readonly rows: readonly (StoredRecord | null)[];
  readonly duplicates: number;
  readonly superseded: number;
  readonly secrets: number;
}

export interface TurnStoreDeps {
  readonly vault: Vault;
  readonly index: DocumentIndex;
  readonly threads: ThreadFinder;
  readonly randomId: () => string;
  readonly loadRules: () => Promise<CaptureRules>;
  /** Lets everything else that waits have its turn. */
  readonly pause: () => Promise<void>;
}

/** Turns that are read without a pause: a few milliseconds. */
const READ_AT_ONCE = 16;

export function createTurnStore(deps: TurnStoreDeps): TurnStore {
  const { vault, index } = deps;
  return { storeTurns, readTurns, storeNotes };

  async function readTurns(request: Parameters<TurnStore["readTurns"]>[0]): Promise<ReadTurns> {
    const { turns, scope, now } = request;
    const { analyzeTurn } = await deps.loadRules();
    const times = spread(turns, now);
    const read: ReadTurns[number][] = [];
    for (const [i, turn] of turns.entries()) {
      if (i > 0 && i % READ_AT_ONCE === 0) await deps.pause();
      const origin: MemoryOrigin = request.origin ?? turn.role;
      const saidAt = times[i]!;
      read.push({ saidAt, origin, analysis: analyzeTurn({ turn, origin, scope, saidAt }) });
    }
    return read;
  }

  async function storeTurns(request: StoreTurns): Promise<StoredTurns> {
    const { place, turns, scope, now } = request;
    const first = (place.parent?.depth ?? -1) + 1;
    const read = request.read ?? (await readTurns(request));
    const { linkDrafts } = await deps.loadRules();
    await index.ready(read.map(({ analysis }) => analysis.text));
    const drafts = turns.map((turn, i) => {
      const { saidAt, origin, analysis } = read[i]!;
      if (analysis.text === "" || request.withheld?.(i)) return null;
      return draftOf({
        id: turn.record?.id ?? deps.randomId(),
        kind: "turn",
        analysis,
        scope: { ...scope, thread: place.thread },
        origin,
        createdAt: saidAt,
        now,
        role: turn.role,
        ...(turn.name === undefined ? {} : { name: turn.name }),
        ...(turn.id === undefined ? {} : { callerId: turn.id }),
        metadata: turn.metadata ?? {},
        threadId: place.threadId,
        position: first + i,
        tags: turn.record?.tags ?? [],
        pinned: turn.record?.pinned ?? false,
        ...(turn.record?.expiresAt === undefined ? {} : { expiresAt: turn.record.expiresAt }),
        ...(i === turns.length - 1 && request.state ? { state: request.state } : {}),
      });
    });
    const linked = await linkDrafts(vault, drafts);
    const nodes = deps.threads.grow(
      place,
      turns,
      scope,
      linked.drafts.map((draft) => draft?.id ?? null),
      now,
      request.answerId,
    );
    const silent = nodes.length === 0 && request.answerId !== undefined ? place.parent : null;
    const end = nodes.at(-1) ?? place.parent;
    const marks = [
      ...linked.marks,
      ...(request.marks ?? []),
      ...(place.branches ? await branchMarks(place, nodes) : []),
    ];
    const thread = threadPatch(request, end);
    const kept = linked.drafts.filter((draft) => draft !== null);
    const rows = await vault.commit({
      records: kept.map((draft) => ({ draft, entry: index.entryOf(draft) })),
      nodes: [
        ...(place.parent && nodes.length > 0 && place.parent.leaf
          ? [{ ...place.parent, leaf: false }]
          : []),
        ...(silent && request.answerId !== undefined
          ? [deps.threads.named(silent, scope, request.answerId)]
          : []),
        ...nodes,
      ],
      ...(thread ? { threads: [thread] } : {}),
      marks,
    });
    index.add(rows);
    await remark(marks);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return {
      place: { ...place, parent: end ?? null, known: place.known + turns.length, branches: false },
      rows: linked.drafts.map((draft) => (draft ? (byId.get(draft.id) ?? null) : null)),
      duplicates: linked.duplicates,
      superseded: linked.superseded,
      secrets: read.reduce((sum, { analysis }) => sum + analysis.secrets.length, 0),
    };
  }

  async function storeNotes(
    notes: readonly StoreNote[],
    scope: Scope,
    now: number,
    empty: "refuse" | "pass-over",
  ): Promise<readonly StoredRecord[]> {
    const { analyzeTurn, linkDrafts } = await deps.loadRules();
    const drafts = notes.map((note, i) => {
      const createdAt = epochMs(note.createdAt) ?? now;
      const origin = note.origin ?? "app";
      const analysis = analyzeTurn({
        turn: { role: "user", text: note.text, ...(note.name ? { name: note.name } : {}) },
        origin,
        scope,
        saidAt: createdAt,
      });
      if (analysis.text === "") {
        if (empty === "pass-over") return null;
        throw emptyError(`memories[${i}].text`);
      }
      const expiresAt = epochMs(note.expiresAt);
      return draftOf({
        id: note.id ?? deps.randomId(),
        kind: note.kind ?? "note",
        analysis,
        scope,
        origin,
        createdAt,
        now,
        metadata: note.metadata ?? {},
        tags: note.tags ?? [],
        pinned: note.pinned ?? false,
        sources: note.sources ?? [],
        ...(note.name === undefined ? {} : { name: note.name }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
    });
    await index.ready(drafts.flatMap((draft) => (draft === null ? [] : [draft.text])));
    const linked = await linkDrafts(vault, drafts);
    const kept = linked.drafts.filter((draft) => draft !== null);
    const rows = await vault.commit({
      records: kept.map((draft) => ({ draft, entry: index.entryOf(draft) })),
      marks: linked.marks,
    });
    index.add(rows);
    await remark(linked.marks);
    return rows;
  }

  async function remark(marks: readonly RecordMark[]): Promise<void> {
    if (marks.length === 0) return;
    const rows = await vault.get(marks.map((mark) => mark.id));
    index.mark(rows.filter((row) => row !== null));
  }

  /** Turns of the branch that is left go to sleep; those on the way to the new end wake. */
  async function branchMarks(
    place: ThreadPlace,
    grown: readonly TurnNode[],
  ): Promise<readonly RecordMark[]> {
    const nodes = await vault.threadNodes(place.threadId);
    const byChain = new Map(nodes.map((node) => [node.chain, node]));
    const alive = new Set(
      place.parent ? pathTo(byChain, place.parent.chain).map((node) => node.chain) : [],
    );
    const fresh = new Set(grown.map((node) => node.chain));
    const ids = nodes.flatMap((node) =>
      node.recordId === null || fresh.has(node.chain)
        ? []
        : [{ id: node.recordId, live: alive.has(node.chain) }],
    );
    const rows = await vault.get(ids.map(({ id }) => id));
    return ids.filter(({ live }, i) => rows[i] !== null && rows[i]!.live !== live);
  }
}

function threadPatch(request: StoreTurns, end: TurnNode | null): ThreadPatch | null {
  const { place, scope, now, thread } = request;
  if (!end) return null;
  return {
    id: place.threadId,
    scopeKey: isolationKey(scope),
    ...(scope.user === undefined ? {} : { user: scope.user }),
    leaf: end.chain,
    ...(thread?.profile === undefined ? {} : { profile: thread.profile }),
    ...(thread?.open === undefined ? {} : { open: thread.open }),
    at: now,
  };
}

/**
 * Times for turns that bring none: those of one batch are a millisecond apart, so that order by time is order of speech. A turn
 * without a time after one that has it is taken to follow it.
 */
function spread(turns: readonly Turn[], now: number): readonly number[] {
  let last = now - turns.length;
  return turns.map((turn) => (last = turn.createdAt ?? last + 1));
}

import type { DrawnLine } from "../domain/observation.ts";
import { OBSERVATION_TAG, PRIORITIES, priorityTag } from "../domain/observation.ts";
import type { MemoryRecord, NewMemory } from "../domain/memory-record.ts";
import type { Scope } from "../domain/scope.ts";
import { type StoredRecord, toMemoryRecord } from "../domain/stored-record.ts";
import type { TurnNode, Vault } from "../vault/vault.ts";
import { inBatches, notesOf } from "./drawn-notes.ts";
import { drawByRule } from "./observations.ts";
import {
  after,
  keepObserved,
  type ObservedThread,
  readObserved,
  type ThreadCut,
  type ThreadMark,
} from "./observed-thread.ts";
import { turnTokens } from "./thread-history.ts";
import { pathTo } from "./threads.ts";

/** Draws lines from turns: the app's own model. */
export type DrawThreadLines = (turns: readonly MemoryRecord[]) => Promise<readonly DrawnLine[]>;

export interface ObserveThreadDeps {
  readonly vault: Pick<Vault, "thread" | "threadNodes" | "get" | "referring" | "meta" | "setMeta">;
  readonly add: (notes: readonly NewMemory[], scope: Scope) => Promise<readonly MemoryRecord[]>;
  readonly pause: () => Promise<void>;
  readonly randomId: () => string;
}

export interface ThreadBounds {
  /** A thread longer than this is cut, and observations stand for what was cut off. */
  readonly historyTokens: number;
  /** Of turns, for one run of the app's own model. By rule nothing is paid, and nothing left over. */
  readonly budgetTokens: number;
}

/**
 * As shares of `historyTokens`: the newest turns, which are left alone; what is drawn from at a time; when the thread is full; and how
 * much a cut may leave, so that the next one is not due at once.
 */
const KEPT = 0.2;
const BATCH = 0.2;
const FULL = 0.8;
const LEFT = 0.5;
/** More would fit no budget. */
const MOST_LINES = 500;
/** Turns that are read by rule without a pause: a few milliseconds. */
const READ_AT_ONCE = 8;
/** Turns whose observations are looked up at a time. */
const LOOKED_UP = 200;

interface SaidTurn {
  readonly node: TurnNode;
  readonly row: StoredRecord;
}

/**
 * Draws observations from the turns of a thread that have grown old, oldest first, a batch at a time; once the thread is full, cuts
 * it where they end. Does not touch the turns. `checkpoint` throws where the run is to end; what was drawn until then stays.
 *
 * Turns that are the source of an observation already (of another device, of the app's own `observe()`) are not drawn from again.
 */
export async function observeThread(
  deps: ObserveThreadDeps,
  threadId: string,
  bounds: ThreadBounds,
  draw: DrawThreadLines | undefined,
  checkpoint: () => void,
): Promise<void> {
  const { vault } = deps;
  const path = await livePath(vault, threadId);
  const observed = await readObserved(vault, threadId, path);
  const said = await rowsOf(vault, after(path, observed.cut));
  const waiting = oldTurns(said, observed, bounds);
  const { batches } = inBatches(
    waiting.map(({ row }) => toMemoryRecord(row)),
    {
      batchTokens: bounds.historyTokens * BATCH,
      budgetTokens: draw === undefined ? Infinity : bounds.budgetTokens,
    },
  );
  let { drawn } = observed;
  let at = 0;
  for (const batch of batches) {
    checkpoint();
    await deps.pause();
    const fresh = await unobserved(vault, batch);
    const lines = fresh.length === 0 ? [] : await (draw ?? drawInSteps(deps.pause))(fresh);
    checkpoint();
    const notes = notesOf(lines, lines.length === 0 ? [] : await unobserved(vault, fresh));
    const { node, row } = waiting[(at += batch.length) - 1]!;
    if (notes.length > 0) await deps.add(notes, row.scope);
    drawn = { chain: node.chain, depth: node.depth };
    await keepObserved(vault, threadId, { drawn, cut: observed.cut });
  }
  const end = cutOf(path, said, drawn, bounds);
  if (end === null) return;
  checkpoint();
  const ids = await linesUpTo(vault, path.slice(0, path.indexOf(end) + 1), observed.cut);
  const { chain, depth } = end;
  const fenceId = deps.randomId().slice(-8);
  await keepObserved(vault, threadId, { drawn, cut: { chain, depth, fenceId, ids } });
}

async function livePath(
  vault: Pick<Vault, "thread" | "threadNodes">,
  threadId: string,
): Promise<readonly TurnNode[]> {
  const thread = await vault.thread(threadId);
  if (thread === null) return [];
  const nodes = await vault.threadNodes(threadId);
  return pathTo(new Map(nodes.map((node) => [node.chain, node])), thread.leaf);
}

/** What is still there of these turns. */
async function rowsOf(
  vault: Pick<Vault, "get">,
  nodes: readonly TurnNode[],
): Promise<readonly SaidTurn[]> {
  const there = nodes.filter(({ recordId }) => recordId !== null);
  const rows = await vault.get(there.map(({ recordId }) => recordId!));
  return there.flatMap((node, i) => (rows[i] ? [{ node, row: rows[i] }] : []));
}

/** Turns that nothing was drawn from, less the newest. */
function oldTurns(
  said: readonly SaidTurn[],
  { drawn }: ObservedThread,
  { historyTokens }: ThreadBounds,
): readonly SaidTurn[] {
  let kept = 0;
  const newest = said.findLastIndex(
    ({ row }) => (kept += turnTokens(row.text)) > historyTokens * KEPT,
  );
  return said.slice(0, newest + 1).filter(({ node }) => drawn === null || node.depth > drawn.depth);
}

/** Turns of a batch that are nobody's source yet. */
async function unobserved(
  vault: Pick<Vault, "referring">,
  batch: readonly MemoryRecord[],
): Promise<readonly MemoryRecord[]> {
  const used = new Set(
    (
      await observationsOf(
        vault,
        batch.map(({ id }) => id),
      )
    ).flatMap(({ sources }) => sources),
  );
  return batch.filter(({ id }) => !used.has(id));
}

async function observationsOf(
  vault: Pick<Vault, "referring">,
  turnIds: readonly string[],
): Promise<readonly StoredRecord[]> {
  const found = new Map<string, StoredRecord>();
  for (let at = 0; at < turnIds.length; at += LOOKED_UP)
    for (const row of await vault.referring(turnIds.slice(at, at + LOOKED_UP)))
      if (row.kind === "derived" && row.tags.includes(OBSERVATION_TAG)) found.set(row.id, row);
  return [...found.values()];
}

function drawInSteps(pause: () => Promise<void>): DrawThreadLines {
  return async (turns) => {
    const lines: DrawnLine[] = [];
    for (let at = 0; at < turns.length; at += READ_AT_ONCE) {
      if (at > 0) await pause();
      lines.push(...drawByRule(turns.slice(at, at + READ_AT_ONCE)));
    }
    return lines;
  };
}

/**
 * Where a full thread is cut: behind the last turn that was drawn from after which a user's turn follows, so that what is left begins
 * with one. `null`: it is not full yet, or drawing has fallen so far behind that it would be full again at once.
 */
function cutOf(
  path: readonly TurnNode[],
  said: readonly SaidTurn[],
  drawn: ThreadMark | null,
  { historyTokens }: ThreadBounds,
): TurnNode | null {
  if (drawn === null) return null;
  const tokensAfter = (depth: number): number =>
    said.reduce((sum, { node, row }) => sum + (node.depth > depth ? turnTokens(row.text) : 0), 0);
  if (tokensAfter(-1) <= historyTokens * FULL) return null;
  if (tokensAfter(drawn.depth) > historyTokens * LEFT) return null;
  const from = said[0]?.node.depth ?? 0;
  return (
    path.findLast(
      ({ depth }, at) => depth >= from && depth <= drawn.depth && path[at + 1]?.role === "user",
    ) ?? null
  );
}

/** Observations of these turns, those of high priority first, of equals the newest. */
async function linesUpTo(
  vault: Pick<Vault, "referring" | "get">,
  nodes: readonly TurnNode[],
  before: ThreadCut | null,
): Promise<readonly string[]> {
  const fresh = after(nodes, before);
  const turnsOf = (some: readonly TurnNode[]): string[] =>
    some.flatMap(({ recordId }) => recordId ?? []);
  const rows = new Map<string, StoredRecord>();
  for (const row of await vault.get(before?.ids ?? [])) if (row) rows.set(row.id, row);
  const upTo = new Set(turnsOf(nodes));
  for (const row of await observationsOf(vault, turnsOf(fresh)))
    if (row.sources.every((id) => upTo.has(id))) rows.set(row.id, row);
  const newest = [...rows.values()].toSorted((a, b) => b.createdAt - a.createdAt || b.seq - a.seq);
  return PRIORITIES.flatMap((priority) =>
    newest.filter(({ tags }) => tags.includes(priorityTag(priority))),
  )
    .slice(0, MOST_LINES)
    .map(({ id }) => id);
}

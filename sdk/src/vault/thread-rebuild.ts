import { isolationKey } from "../domain/scope.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { PackedTables } from "./packed-tables.ts";
import { fromRow } from "./record-row.ts";
import type { StoredThread, VaultDatabase } from "./schema.ts";
import type { TurnNode } from "./vault.ts";

/** Nodes whose records are looked at in one go: mostly the first of them is live. */
const LOOK_AT = 8;

/**
 * Puts pulled nodes, and what follows from them. Thread rows do not travel: which nodes end a branch, and which of these ends the live one,
 * is read from the nodes and their records' marks, the same on every device; the frozen profile and a call under way are each device's own.
 * Inside the transaction that has written `records`, to which the nodes belong.
 */
export async function putThreads(
  tables: ThreadTables,
  nodes: readonly TurnNode[],
  records: readonly StoredRecord[],
): Promise<void> {
  if (nodes.length === 0) return;
  const pulled = new Map<string, TurnNode[]>();
  for (const node of nodes) {
    const known = pulled.get(node.threadId);
    if (known) known.push(node);
    else pulled.set(node.threadId, [node]);
  }
  const written = new Map(records.map((record) => [record.id, record]));
  const changes = await Promise.all(
    [...pulled].map(([threadId, own]) => rebuilt(tables, threadId, own, written)),
  );
  const { db, packed } = tables;
  await Promise.all([
    packed.nodes.add(changes.flatMap((change) => change.added)),
    packed.nodes.put(changes.flatMap((change) => change.changed)),
    db.threads.bulkPut(changes.flatMap(({ thread }) => thread ?? [])),
  ]);
}

interface ThreadTables {
  readonly db: VaultDatabase;
  readonly packed: Pick<PackedTables, "nodes" | "records">;
}

interface RebuiltThread {
  readonly added: readonly TurnNode[];
  readonly changed: readonly TurnNode[];
  readonly thread: StoredThread | null;
}

async function rebuilt(
  tables: ThreadTables,
  threadId: string,
  pulled: readonly TurnNode[],
  written: ReadonlyMap<string, StoredRecord>,
): Promise<RebuiltThread> {
  const [stored, known] = await Promise.all([
    tables.packed.nodes.find("threadId", [threadId]),
    tables.db.threads.get(threadId),
  ]);
  const before = new Map(stored.map((node) => [node.chain, node]));
  const all = new Map(before);
  for (const node of pulled) {
    // A node that is there keeps its `null`: its record was forgotten, and the caller may have read the node before that.
    const forgotten = before.get(node.chain)?.recordId === null;
    all.set(node.chain, forgotten ? { ...node, recordId: null } : node);
  }
  const parents = new Set([...all.values()].map(({ parent }) => parent));
  const [added, changed]: [TurnNode[], TurnNode[]] = [[], []];
  for (const node of all.values()) {
    const leaf = !parents.has(node.chain);
    const was = before.get(node.chain);
    if (was === node && node.leaf === leaf) continue;
    (was ? changed : added).push({ ...node, leaf });
  }
  const end = await liveEnd(tables, [...all.values()], written);
  const isOpen = known?.open !== undefined;
  if (end === null || isOpen || known?.leaf === end.chain) return { added, changed, thread: null };
  return {
    added,
    changed,
    thread: known
      ? { ...known, leaf: end.chain }
      : await newThread(tables, threadId, end, stored.length === 0, [...written.values()]),
  };
}

async function liveEnd(
  { packed }: ThreadTables,
  nodes: readonly TurnNode[],
  written: ReadonlyMap<string, StoredRecord>,
): Promise<TurnNode | null> {
  const ordered = nodes
    .filter(({ recordId }) => recordId !== null)
    .toSorted(
      (a, b) => b.depth - a.depth || b.writtenAt - a.writtenAt || (a.chain < b.chain ? -1 : 1),
    );
  for (let at = 0; at < ordered.length; at += LOOK_AT) {
    const some = ordered.slice(at, at + LOOK_AT);
    const unread = some.flatMap(({ recordId }) =>
      recordId === null || written.has(recordId) ? [] : [recordId],
    );
    const read = new Map((await packed.records.find("id", unread)).map((row) => [row.id, row]));
    const live = some.find(({ recordId }) => {
      const id = recordId ?? "";
      return (written.get(id) ?? read.get(id))?.live === true;
    });
    if (live) return live;
  }
  return null;
}

async function newThread(
  { packed }: ThreadTables,
  id: string,
  end: TurnNode,
  isUnknown: boolean,
  written: readonly StoredRecord[],
): Promise<StoredThread | null> {
  const records = isUnknown
    ? written.filter(({ threadId }) => threadId === id)
    : (await packed.records.find("threadId", [id])).map(fromRow);
  const [first] = records;
  if (!first) return null;
  const { scope } = first;
  return {
    id,
    scopeKey: isolationKey(scope),
    ...(scope.user === undefined ? {} : { user: scope.user }),
    leaf: end.chain,
    createdAt: Math.min(...records.map(({ createdAt }) => createdAt)),
    updatedAt: end.writtenAt,
  };
}

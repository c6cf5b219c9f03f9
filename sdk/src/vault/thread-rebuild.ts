import { isolationKey } from "../domain/scope.ts";
import { fromRow } from "./record-row.ts";
import type { StoredThread, VaultDatabase } from "./schema.ts";
import type { TurnNode } from "./vault.ts";

/**
 * Thread rows do not travel: they follow from the turns that do. Which nodes end a branch, and which of these ends the live one, is read
 * from the nodes and their records' marks, the same on every device; the frozen profile and a call under way are each device's own.
 * Inside the transaction that has written `nodes`.
 */
export async function rebuildThreads(db: VaultDatabase, nodes: readonly TurnNode[]): Promise<void> {
  for (const threadId of new Set(nodes.map((node) => node.threadId))) {
    const all = await db.nodes.where("threadId").equals(threadId).toArray();
    const parents = new Set(all.map(({ parent }) => parent));
    const changed = all.filter((node) => node.leaf === parents.has(node.chain));
    await db.nodes.bulkPut(changed.map((node) => ({ ...node, leaf: !node.leaf })));

    const records = (await db.records.where("threadId").equals(threadId).toArray()).map(fromRow);
    const live = new Set(records.filter((row) => row.live).map(({ id }) => id));
    const end = all
      .filter(({ recordId }) => recordId !== null && live.has(recordId))
      .toSorted(
        (a, b) => b.depth - a.depth || b.writtenAt - a.writtenAt || (a.chain < b.chain ? -1 : 1),
      )
      .at(0);
    const known = await db.threads.get(threadId);
    const [first] = records;
    if (!end || !first || known?.open !== undefined) continue;
    const { scope } = first;
    const row: StoredThread = known ?? {
      id: threadId,
      scopeKey: isolationKey(scope),
      ...(scope.user === undefined ? {} : { user: scope.user }),
      leaf: end.chain,
      createdAt: Math.min(...records.map(({ createdAt }) => createdAt)),
      updatedAt: end.writtenAt,
    };
    await db.threads.put({ ...row, leaf: end.chain });
  }
}

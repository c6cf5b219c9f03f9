import type { GatewayVault, LocalTools } from "./dialect.ts";
import type { MemoryKind, MemoryRecord } from "../domain/memory-record.ts";
import type { Scope } from "../domain/scope.ts";
import type { ThreadSummary } from "../domain/thread-summary.ts";

/** A thread of the gateway's: which resource it belongs to, and how much is stored of it. */
export interface GatewayThread {
  readonly id: string;
  readonly resource: string;
  /** Absent: nothing has been said in it. */
  readonly said?: Pick<ThreadSummary, "turns" | "from" | "to">;
}

const PAGE = 500;

/** Under this name a thread is its resource's. */
export function threadClaim(thread: string): string {
  return `mastra thread ${thread}`;
}

/** The threads of a resource, or of all, that this dialect began. */
export async function threadsOf(
  { threads, claims }: LocalTools,
  resource: string | undefined,
): Promise<readonly GatewayThread[]> {
  const found: GatewayThread[] = [];
  for (const said of await threads()) {
    const { user, thread } = said.scope;
    if (user === undefined || thread === undefined) continue;
    if (resource !== undefined && user !== resource) continue;
    if ((await claims.isOwner(threadClaim(thread), user)) === true)
      found.push({ id: thread, resource: user, said });
  }
  return found;
}

export function scopeOf({ id, resource }: GatewayThread): Scope {
  return { user: resource, thread: id };
}

/** All records of these kinds in the scope's thread, oldest first. */
export async function recordsOf(
  vault: GatewayVault,
  kinds: readonly MemoryKind[],
): Promise<readonly MemoryRecord[]> {
  const all: MemoryRecord[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<GatewayVault["list"]>> = await vault.list(
      { kinds },
      { limit: PAGE, ...(cursor === null ? {} : { cursor }) },
    );
    all.push(...page.records);
    cursor = page.next;
  } while (cursor !== null);
  return all.toReversed();
}

import type { ThreadSummary } from "../domain/thread-summary.ts";
import type { Vault } from "../vault/vault.ts";

const PAGE = 1_000;

/** Every conversation of the vault, from its records: for lists that people look at, not for calls. */
export async function listThreads(
  vault: Pick<Vault, "scan">,
  pause: () => Promise<void>,
): Promise<readonly ThreadSummary[]> {
  const found = new Map<string, ThreadSummary>();
  let from = 0;
  for (;;) {
    const rows = await vault.scan(from, PAGE);
    for (const { kind, scope, createdAt } of rows) {
      if (kind !== "turn" || scope.thread === undefined) continue;
      const { user, agent, container, thread } = scope;
      const key = JSON.stringify([user, agent, container, thread]);
      const known = found.get(key);
      found.set(key, {
        scope: known?.scope ?? scope,
        turns: (known?.turns ?? 0) + 1,
        from: Math.min(known?.from ?? createdAt, createdAt),
        to: Math.max(known?.to ?? createdAt, createdAt),
      });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return [...found.values()];
    from = last.seq + 1;
    await pause();
  }
}

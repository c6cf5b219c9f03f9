import {
  type DrawThreadLines,
  observeThread,
  type ObserveThreadDeps,
  type ThreadBounds,
} from "../capture/observe-thread.ts";
import { threadKey } from "../capture/threads.ts";
import type { Scope } from "../domain/scope.ts";
import type { Ingest } from "./ingest.ts";
import type { Vault } from "../vault/vault.ts";

/**
 * Loaded by who observes threads: no other page needs it. One tab of a vault observes at a time; another one leaves it at that, and asks
 * again with its next exchange.
 */
export async function observeScope(
  {
    ingest,
    now,
    ...deps
  }: Omit<ObserveThreadDeps, "add"> & {
    readonly vault: Pick<Vault, "name">;
    readonly ingest: Pick<Ingest, "notes">;
    readonly now: () => number;
  },
  {
    scope,
    bounds,
    draw,
    checkpoint,
  }: {
    readonly scope: Scope;
    readonly bounds: ThreadBounds;
    readonly draw: DrawThreadLines | undefined;
    readonly checkpoint: () => void;
  },
): Promise<void> {
  const observe = (): Promise<void> =>
    observeThread(
      { ...deps, add: (notes, to) => ingest.notes(notes, to, now()) },
      threadKey(scope, scope.thread ?? ""),
      bounds,
      draw,
      checkpoint,
    );
  const name = `alcove:${deps.vault.name}:observe`;
  if (!navigator.locks) return observe();
  await navigator.locks.request(name, { ifAvailable: true }, (lock) =>
    lock === null ? undefined : observe(),
  );
}

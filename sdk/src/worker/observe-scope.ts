import {
  type DrawThreadLines,
  observeThread,
  type ObserveThreadDeps,
  type ThreadBounds,
} from "../capture/observe-thread.ts";
import { threadKey } from "../capture/threads.ts";
import type { Scope } from "../domain/scope.ts";
import type { Ingest } from "./ingest.ts";

/** Loaded by who observes threads: no other page needs it. */
export function observeScope(
  {
    ingest,
    now,
    ...deps
  }: Omit<ObserveThreadDeps, "add"> & {
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
  return observeThread(
    { ...deps, add: (notes, to) => ingest.notes(notes, to, now()) },
    threadKey(scope, scope.thread ?? ""),
    bounds,
    draw,
    checkpoint,
  );
}

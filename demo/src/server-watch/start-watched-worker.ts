import watchedWorker from "./watched-worker.ts?worker&url";

/** Starts the worker of a vault so that its network can be seen and switched. */
export function startWatchedWorker(vault: string): Worker {
  return new Worker(watchedWorker, { type: "module", name: vault });
}

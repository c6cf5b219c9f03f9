import { isMemoryError, MemoryError } from "../domain/errors.ts";
import { isolationKey, type Scope } from "../domain/scope.ts";

/** Has the old turns of gateway threads observed, in the background: when nothing streams, one thread at a time. */
export interface ThreadObserver {
  /** Something was said in the scope's thread, which may fill up to this many tokens. */
  notice(scope: Scope, historyTokens: number): void;
  /** Ends what runs and takes no more. Resolves when it has ended. */
  close(): Promise<void>;
}

export interface ThreadObserverDeps {
  /** One bounded piece of work. */
  readonly observe: (scope: Scope, historyTokens: number, signal: AbortSignal) => Promise<void>;
  readonly isBusy: () => boolean;
  readonly report: (error: MemoryError) => void;
}

/** A user who reads an answer asks nothing for that long; whoever calls again at once is not disturbed. Milliseconds. */
const QUIET_MS = 400;

export function createThreadObserver(deps: ThreadObserverDeps): ThreadObserver {
  const waiting = new Map<string, readonly [Scope, number]>();
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;

  return {
    notice(scope, historyTokens) {
      waiting.set(JSON.stringify([isolationKey(scope), scope.thread]), [scope, historyTokens]);
      wake();
    },
    async close() {
      clearTimeout(timer);
      waiting.clear();
      stop.abort(new MemoryError("usage/closed", "The memory was closed."));
      await running;
    },
  };

  function wake(): void {
    clearTimeout(timer);
    if (!stop.signal.aborted && running === null && waiting.size > 0)
      timer = setTimeout(start, QUIET_MS);
  }

  function start(): void {
    if (deps.isBusy()) return wake();
    running = work().finally(() => {
      running = null;
      wake();
    });
  }

  async function work(): Promise<void> {
    const [next] = waiting;
    if (next === undefined) return;
    const [key, [scope, historyTokens]] = next;
    waiting.delete(key);
    try {
      await deps.observe(scope, historyTokens, stop.signal);
    } catch (cause) {
      // Its turns wait: the next exchange asks again.
      if (!stop.signal.aborted) deps.report(asFailure(cause));
    }
  }
}

function asFailure(cause: unknown): MemoryError {
  return isMemoryError(cause)
    ? cause
    : new MemoryError("capture/failed", "Observations could not be drawn.", {
        cause,
        retryable: true,
      });
}

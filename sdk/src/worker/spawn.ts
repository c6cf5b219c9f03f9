import { MemoryError } from "../domain/errors.ts";
import { isReadyMessage, type ReadyMessage } from "./handshake.ts";

/** A worker that has said that it is ready. */
export interface SpawnedWorker {
  readonly worker: Worker;
  /** Resolves when the worker dies without being asked to; never rejects. */
  readonly died: Promise<void>;
  end(): void;
}

/** The one spelling that Vite, webpack, Rollup and Next understand; the build keeps it as it stands. */
export function defaultWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

/**
 * A worker that is done is let go a little later: WebKit keeps the database connection of one that ends right after closing it, and
 * nobody can delete the vault then.
 */
const LINGER_MS = 250;

/**
 * Starts a worker and waits until it can be called.
 *
 * @throws {@link MemoryError} `engine/load-failed` - the script is missing, broken, or forbidden by the page's CSP.
 * @throws {@link MemoryError} `engine/timeout` - it did not answer in time.
 */
export async function spawnWorker(create: () => Worker, timeoutMs: number): Promise<SpawnedWorker> {
  let worker: Worker;
  try {
    worker = create();
  } catch (cause) {
    throw new MemoryError(
      "engine/load-failed",
      "The page may not start the memory worker. Allow it in the CSP (worker-src 'self'), or pass `worker`.",
      { cause },
    );
  }
  try {
    const { aliveLock } = await ready(worker, timeoutMs);
    const watch = new AbortController();
    return {
      worker,
      died: death(worker, aliveLock, watch.signal),
      end() {
        watch.abort();
        setTimeout(() => worker.terminate(), LINGER_MS);
      },
    };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

function ready(worker: Worker, timeoutMs: number): Promise<ReadyMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      done();
      reject(
        new MemoryError(
          "engine/timeout",
          `The memory worker did not answer within ${timeoutMs} ms. Check that its script and chunks are served.`,
          { retryable: true },
        ),
      );
    }, timeoutMs);
    const onMessage = (event: MessageEvent<unknown>): void => {
      if (!isReadyMessage(event.data)) return;
      done();
      resolve(event.data);
    };
    const onError = (event: Event): void => {
      // Told as a MemoryError; without this the page would also report an uncaught error of its own.
      event.preventDefault();
      done();
      reject(
        new MemoryError(
          "engine/load-failed",
          "The memory worker could not be loaded. Check that worker.js is served beside the SDK, or pass `worker`.",
        ),
      );
    };
    const done = (): void => {
      clearTimeout(timer);
      worker.removeEventListener("message", onMessage);
      worker.removeEventListener("error", onError);
    };
    worker.addEventListener("message", onMessage);
    worker.addEventListener("error", onError);
  });
}

function death(worker: Worker, aliveLock: string | null, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    worker.addEventListener("error", (event) => event.preventDefault(), { signal });
    if (aliveLock === null) return;
    navigator.locks.request(aliveLock, { signal }, () => resolve()).catch(() => undefined);
  });
}

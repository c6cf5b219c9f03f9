import { isMemoryError, MemoryError, type MemoryErrorCode } from "../domain/errors.ts";
import type { Meaning } from "./meaning.ts";

/** A chunk that could not be had is asked for again after this, and then after twice as long each time. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 15 * 60_000;

/**
 * Meaning whose code is still on its way: until it is there recall goes by words, and nothing waits. Where it cannot be had, that is told
 * each time, and it is asked for again.
 */
export function createLazyMeaning(
  name: string,
  load: () => Promise<Meaning>,
  report: (error: unknown) => void,
): Meaning {
  let meaning: Meaning | null = null;
  let problem: MemoryErrorCode | null = null;
  let closed = false;
  let loading: Promise<void> = Promise.resolve();
  let retryMs = FIRST_RETRY_MS;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const start = (): void => {
    loading = load().then(
      (made) => {
        meaning = made;
        if (!closed) made.start();
      },
      (error: unknown) => {
        const known = isMemoryError(error) ? error : notLoaded(error);
        problem = known.code;
        if (closed) return;
        report(known);
        if (!known.retryable) return;
        retry = setTimeout(start, retryMs);
        retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
      },
    );
  };

  return {
    start,
    find: async (request) => meaning?.find(request) ?? null,
    notice: (rows) => meaning?.notice(rows),
    catchUp: () => meaning?.catchUp(),
    stats: () =>
      meaning?.stats() ?? {
        embedder: name,
        state: problem === null ? "loading" : "failed",
        ...(problem === null ? {} : { problem }),
        space: null,
        embedded: 0,
        total: 0,
        index: { kind: "none", residentBytes: 0 },
        weight: 0,
      },
    async close() {
      closed = true;
      clearTimeout(retry);
      await loading;
      await meaning?.close();
    },
  };
}

function notLoaded(cause: unknown): MemoryError {
  return new MemoryError(
    "engine/load-failed",
    "The chunk that finds by meaning could not be loaded. Check that the SDK's files are served together.",
    { cause, retryable: true },
  );
}

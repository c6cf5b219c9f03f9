import { isMemoryError, MemoryError, type MemoryErrorCode } from "../domain/errors.ts";
import type { Meaning } from "./meaning.ts";

/** Meaning whose code is still on its way: until it is there recall goes by words, and nothing waits. */
export function createLazyMeaning(
  name: string,
  load: () => Promise<Meaning>,
  report: (error: unknown) => void,
): Meaning {
  let meaning: Meaning | null = null;
  let problem: MemoryErrorCode | null = null;
  let closed = false;
  let loading: Promise<void> = Promise.resolve();
  return {
    find: async (request) => meaning?.find(request) ?? null,
    start() {
      loading = load().then(
        (made) => {
          meaning = made;
          if (!closed) made.start();
        },
        (error: unknown) => {
          const known = isMemoryError(error) ? error : notLoaded(error);
          problem = known.code;
          report(known);
        },
      );
    },
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

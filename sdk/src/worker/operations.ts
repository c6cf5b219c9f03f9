import { MemoryError } from "../domain/errors.ts";

/** Running operations that the page may cancel between two of their steps. */
export interface Operations {
  run<T>(op: string, work: (checkpoint: () => void) => Promise<T>): Promise<T>;
  cancel(op: string): void;
}

export function createOperations(): Operations {
  const cancelled = new Map<string, boolean>();
  return {
    async run(op, work) {
      cancelled.set(op, cancelled.get(op) ?? false);
      try {
        return await work(() => {
          if (cancelled.get(op))
            throw new MemoryError("usage/closed", "The operation was cancelled.", {
              retryable: true,
            });
        });
      } finally {
        cancelled.delete(op);
      }
    },
    cancel(op) {
      if (cancelled.has(op)) cancelled.set(op, true);
    },
  };
}

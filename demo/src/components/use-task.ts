import { useState } from "preact/hooks";

export interface Task {
  readonly busy: boolean;
  /** Why the last run failed; `null` where it did not. */
  readonly error: unknown;
  /** Does one thing at a time. Resolves with whether it was done. */
  run(work: () => Promise<void>): Promise<boolean>;
  fail(error: unknown): void;
}

/** Something that a button starts, which takes a while and may fail. */
export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return {
    busy,
    error,
    fail: setError,
    async run(work) {
      if (busy) return false;
      setBusy(true);
      setError(null);
      try {
        await work();
        return true;
      } catch (problem) {
        setError(problem);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

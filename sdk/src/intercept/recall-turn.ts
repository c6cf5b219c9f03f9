import { isMemoryError, MemoryError, type MemoryErrorCode } from "../domain/errors.ts";
import type { CallPlan } from "./call-host.ts";
import type { SkipReason } from "../domain/recall.ts";
import type { TurnMemory } from "./call-cache.ts";

/** The memory of a turn that goes without any. */
export function noMemory(skipped: SkipReason, error?: MemoryError): TurnMemory {
  const none = {
    threadId: null,
    profile: "",
    recall: "",
    tokens: 0,
    memories: [],
    left: [],
    steps: {},
    history: [],
    observations: "",
    skipped,
  };
  return error === undefined ? none : { ...none, error };
}

/** What the plan says, if it says it in time. Never rejects: a fault or a delay of memory is a turn without memory. */
export function recallTurn(plan: Promise<CallPlan>, deadlineMs: number): Promise<TurnMemory> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => {
        const error = new MemoryError(
          "recall/deadline",
          `Recall took longer than ${Math.round(deadlineMs)} ms; the call went without memory. Raise recall.deadlineMs if this repeats.`,
          { retryable: true },
        );
        resolve(noMemory("deadline", error));
      },
      Math.max(0, deadlineMs),
    );
    plan.then(
      (found) => {
        clearTimeout(timer);
        resolve({
          threadId: found.threadId,
          profile: found.profile,
          recall: found.recall,
          tokens: found.tokens,
          memories: found.memories,
          left: found.left,
          steps: found.steps,
          history: found.history ?? [],
          observations: found.observations ?? "",
          ...(found.skipped === undefined ? {} : { skipped: found.skipped }),
        });
      },
      (cause: unknown) => {
        clearTimeout(timer);
        const error = asMemoryError(
          cause,
          "recall/failed",
          "Recall failed; the call went without memory.",
        );
        resolve(noMemory(error.code === "vault/unavailable" ? "unavailable" : "error", error));
      },
    );
  });
}

export function asMemoryError(cause: unknown, code: MemoryErrorCode, message: string): MemoryError {
  return isMemoryError(cause) ? cause : new MemoryError(code, message, { cause, retryable: true });
}

/** `work`, or the caller's own abort reason, as `fetch` rejects with it. */
export function orAbort<T>(work: Promise<T>, signal: AbortSignal | null): Promise<T> {
  if (signal === null) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as unknown);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    void work.then(resolve, reject).then(() => signal.removeEventListener("abort", onAbort));
  });
}

import { isMemoryError } from "../domain/errors.ts";
import { RETRYABLE_PROBLEMS } from "../wire/problem.ts";
import { ServerProblem } from "./server-problem.ts";

const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;

/** Whether the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ServerProblem) return RETRYABLE_PROBLEMS.includes(error.problem.code);
  return isMemoryError(error) && error.code === "sync/offline";
}

/**
 * How long to wait after so many failures in a row (from 1): doubled each time up to five minutes, and a random half of it, so that
 * the devices of a server that comes back do not all knock at once. What the server asks for is waited at least.
 */
export function backOffMs(failures: number, error: unknown, random: () => number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  const own = most / 2 + (random() * most) / 2;
  const asked = error instanceof ServerProblem ? (error.problem.retryAfterMs ?? 0) : 0;
  return Math.max(own, Math.min(asked, LONGEST_MS));
}

/** Tries again what somebody waits for: a few times, and not where the wait would be longer than they would wait. */
export async function withRetries<T>(
  work: () => Promise<T>,
  {
    tries = 3,
    longestMs = 5_000,
    signal,
  }: { tries?: number; longestMs?: number; signal?: AbortSignal } = {},
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const ms = backOffMs(failures, error, Math.random);
      if (failures >= tries || !isPassing(error) || ms > longestMs) throw error;
      await wait(ms, signal);
    }
  }
}

/** Rejects with the reason of the signal when that aborts. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

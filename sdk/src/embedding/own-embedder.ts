import type { Embedder as OwnEmbedder } from "../domain/embedder.ts";
import { isMemoryError, MemoryError } from "../domain/errors.ts";
import type { Embedder } from "../engine/embedder.ts";
import { toUnit } from "./vectors.ts";

const MAX_DIMENSIONS = 4_096;
const MAX_SPACE = 200;
const TIMEOUT_MS = 60_000;
const SHORTEST_TIMEOUT_MS = 100;
const LONGEST_TIMEOUT_MS = 600_000;
/** The page gives up first, and says why; its worker does so where the page says nothing any more. */
const GRACE_MS = 2_000;

/** What is wrong with an embedder that an app handed over, each as a sentence; none is empty. */
export function problemsOfOwnEmbedder(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null)
    return ["has to be an object with space, dimensions and embed()"];
  const { space, dimensions, embed, timeoutMs } = value as Partial<
    Record<keyof OwnEmbedder, unknown>
  >;
  const problems: string[] = [];
  if (typeof space !== "string" || space.trim() === "" || space.length > MAX_SPACE)
    problems.push(`space has to be a text of 1 to ${MAX_SPACE} characters`);
  if (!Number.isInteger(dimensions) || !inRange(dimensions as number))
    problems.push(`dimensions has to be a whole number from 1 to ${MAX_DIMENSIONS}`);
  if (typeof embed !== "function") problems.push("embed has to be a function");
  if (timeoutMs !== undefined && !isTimeout(timeoutMs))
    problems.push(
      `timeoutMs has to be a whole number from ${SHORTEST_TIMEOUT_MS} to ${LONGEST_TIMEOUT_MS}`,
    );
  return problems;
}

/**
 * An app's embedder as the engine knows one. Whatever it answers is checked at this door: one vector a text, of the length it says,
 * finite, with a direction; each is brought to unit length.
 *
 * Its space is marked, so that it can never be taken for a preset's.
 *
 * @throws {@link MemoryError} `embedder/invalid-output` (from `embed`) - the answer is no list of such vectors. `details` says where.
 * @throws {@link MemoryError} `embedder/failed` (from `embed`) - it rejected; retryable. An abort rejects with its own reason.
 * @throws {@link MemoryError} `embedder/timeout` (from `embed`) - it did not answer within `timeoutMs`; retryable.
 */
export function wrapOwnEmbedder(own: OwnEmbedder): Embedder {
  const { space, dimensions, timeoutMs = TIMEOUT_MS } = own;
  return {
    space: ownSpace(space, dimensions),
    dimensions,
    async embed(texts, purpose, wanted) {
      wanted?.throwIfAborted();
      if (texts.length === 0) return [];
      const { signal, done } = withTimeout(wanted, space, timeoutMs);
      let answer: unknown;
      try {
        answer = await untilAborted(own.embed(texts, { purpose, signal }), signal);
      } catch (cause) {
        if (signal.aborted) throw signal.reason;
        if (isMemoryError(cause)) throw cause;
        throw new MemoryError("embedder/failed", `The embedder "${space}" of the app rejected.`, {
          cause,
          retryable: true,
        });
      } finally {
        done();
      }
      return checkAnswer(answer, texts.length, dimensions, space);
    },
  };
}

/** The space id of an app's own embedder, as it is stored. */
export function ownSpace(space: string, dimensions: number): string {
  return `own:${space}/${dimensions}`;
}

/**
 * An app's embedder as a worker reaches it in the page: no signal and no list of arrays cross threads, but a number to cancel by and
 * one array to hand over. Made in the page by `serveOwnEmbedder`; the worker turns it back with `createRemoteEmbedder`.
 */
export interface OwnEmbedderPort {
  /** All vectors one after the other, to be transferred. Rejects as `wrapOwnEmbedder` does. */
  embed(
    call: number,
    texts: readonly string[],
    purpose: "document" | "query",
  ): Promise<Float32Array<ArrayBuffer>>;
  /** The call is no longer wanted; its promise rejects. An unknown number is ignored. */
  cancel(call: number): void;
}

export function serveOwnEmbedder(own: OwnEmbedder): OwnEmbedderPort {
  const embedder = wrapOwnEmbedder(own);
  const calls = new Map<number, AbortController>();
  return {
    async embed(call, texts, purpose) {
      const controller = new AbortController();
      calls.set(call, controller);
      try {
        const vectors = await embedder.embed(texts, purpose, controller.signal);
        const flat = new Float32Array(vectors.length * embedder.dimensions);
        for (const [at, vector] of vectors.entries()) flat.set(vector, at * embedder.dimensions);
        return flat;
      } finally {
        calls.delete(call);
      }
    },
    cancel(call) {
      calls.get(call)?.abort();
    },
  };
}

/** The worker's side of `serveOwnEmbedder`. `port` may be a proxy: its answers may come late, or as promises of promises. */
export function createRemoteEmbedder(
  identity: Pick<OwnEmbedder, "space" | "dimensions" | "timeoutMs">,
  port: {
    embed(...call: Parameters<OwnEmbedderPort["embed"]>): Promise<Float32Array<ArrayBuffer>>;
    cancel(call: number): unknown;
  },
): Embedder {
  const { dimensions, timeoutMs = TIMEOUT_MS } = identity;
  let calls = 0;
  return {
    space: ownSpace(identity.space, dimensions),
    dimensions,
    async embed(texts, purpose, wanted) {
      wanted?.throwIfAborted();
      if (texts.length === 0) return [];
      const { signal, done } = withTimeout(wanted, identity.space, timeoutMs, GRACE_MS);
      const call = (calls += 1);
      const cancel = (): unknown => port.cancel(call);
      signal.addEventListener("abort", cancel, { once: true });
      try {
        const flat = await untilAborted(port.embed(call, texts, purpose), signal);
        return texts.map((_, at) => flat.slice(at * dimensions, (at + 1) * dimensions));
      } finally {
        signal.removeEventListener("abort", cancel);
        done();
      }
    },
  };
}

function checkAnswer(
  answer: unknown,
  count: number,
  dimensions: number,
  space: string,
): Float32Array[] {
  if (!Array.isArray(answer) || answer.length !== count)
    throw invalid(space, `answered no list of ${count} vectors`, { expected: count });
  return answer.map((row: unknown, at) => {
    if (!isNumbers(row) || row.length !== dimensions)
      throw invalid(space, `answered a vector of another length than ${dimensions}`, { at });
    const unit = toUnit(row, dimensions);
    if (unit === null)
      throw invalid(space, "answered a vector that is zero or holds what is no number", { at });
    return unit;
  });
}

const isNumbers = (row: unknown): row is ArrayLike<number> =>
  row instanceof Float32Array ||
  row instanceof Float64Array ||
  (Array.isArray(row) && row.every((item) => typeof item === "number"));

const inRange = (dimensions: number): boolean => dimensions >= 1 && dimensions <= MAX_DIMENSIONS;

function invalid(
  space: string,
  what: string,
  details: Readonly<Record<string, number>>,
): MemoryError {
  return new MemoryError("embedder/invalid-output", `The embedder "${space}" of the app ${what}.`, {
    details,
  });
}

/** Whole milliseconds, and so few that a stuck call is not waited for all day. */
const isTimeout = (value: unknown): boolean =>
  Number.isInteger(value) &&
  (value as number) >= SHORTEST_TIMEOUT_MS &&
  (value as number) <= LONGEST_TIMEOUT_MS;

/** A signal that aborts with the one given, or with `embedder/timeout` when it takes too long. `done` stops the clock. */
function withTimeout(
  wanted: AbortSignal | undefined,
  space: string,
  timeoutMs: number,
  graceMs = 0,
): { readonly signal: AbortSignal; done(): void } {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(
      new MemoryError(
        "embedder/timeout",
        `The embedder "${space}" of the app did not answer within ${timeoutMs} ms (its timeoutMs).`,
        { retryable: true, details: { timeoutMs } },
      ),
    );
  }, timeoutMs + graceMs);
  return {
    signal: wanted === undefined ? late.signal : AbortSignal.any([wanted, late.signal]),
    done: () => clearTimeout(timer),
  };
}

/** An embedder that does not listen to its signal is not waited for. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    const done = (): void => signal.removeEventListener("abort", onAbort);
    Promise.resolve(work).then(
      (value) => {
        done();
        resolve(value);
      },
      (error: unknown) => {
        done();
        reject(error);
      },
    );
  });
}

import { MemoryError } from "../domain/errors.ts";
import type { Embedder } from "../engine/embedder.ts";

/**
 * One lane before an embedder: a model computes one thing at a time, and while it computes its thread answers nothing. What somebody
 * waits for goes first; long work is cut into slices and gives way between them.
 */
export interface EmbeddingQueue {
  readonly space: string;
  readonly dimensions: number;
  /** A request that somebody waits for: before everything that has not begun. */
  query(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** What was just said: before back-fill. */
  documents(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** What is embedded again or late: when nothing else waits. */
  backfill(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** Texts that have not been given to the embedder yet. */
  readonly waiting: number;
  /** Rejects what waits, aborts what runs, and resolves when nothing runs any more. The embedder is not disposed of. */
  close(): Promise<void>;
}

export interface EmbeddingQueueDeps {
  readonly embedder: Embedder;
  /** Lets the thread answer what waits; awaited between two slices. */
  readonly pause: () => Promise<void>;
  /** Milliseconds, rising. */
  readonly clock: () => number;
  /**
   * How long one slice of documents should take, in milliseconds; the number of texts in it follows what the last ones took. `null`
   * where a slice blocks nothing here (an embedder of the app's own, an API): slices are then `maxTexts` long. Default 40.
   */
  readonly targetMs?: number | null;
  /** Queries do not wait for a slice that is on its way: for an embedder elsewhere, which may take several at once. Default false. */
  readonly queriesBeside?: boolean;
  /** Texts of one slice at most. Default 32. */
  readonly maxTexts?: number;
}

type Lane = "query" | "documents" | "backfill";

const LANES: readonly Lane[] = ["query", "documents", "backfill"];

interface Job {
  readonly lane: Lane;
  readonly texts: readonly string[];
  readonly vectors: Float32Array[];
  readonly signal: AbortSignal | undefined;
  /** Settles the job's promise; the first outcome stands. */
  finish(outcome: { readonly vectors: Float32Array[] } | { readonly reason: unknown }): void;
}

export function createEmbeddingQueue(deps: EmbeddingQueueDeps): EmbeddingQueue {
  const { embedder, pause, clock, targetMs = 40, maxTexts = 32, queriesBeside = false } = deps;
  const lanes: Readonly<Record<Lane, Job[]>> = { query: [], documents: [], backfill: [] };
  const closing = new AbortController();
  // The first slices are short: nothing is known of the model yet.
  let sliceTexts = targetMs === null ? maxTexts : 1;
  let running: Promise<void> | null = null;
  const beside = new Set<Promise<void>>();

  const enqueue = (
    lane: Lane,
    texts: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> => {
    if (closing.signal.aborted) return Promise.reject(closing.signal.reason as MemoryError);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (texts.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => job.finish({ reason: signal?.reason });
      const job: Job = {
        lane,
        texts,
        vectors: [],
        signal,
        finish(outcome) {
          signal?.removeEventListener("abort", onAbort);
          const at = lanes[lane].indexOf(job);
          if (at >= 0) lanes[lane].splice(at, 1);
          if ("vectors" in outcome) resolve(outcome.vectors);
          else reject(outcome.reason);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      if (lane === "query" && queriesBeside) runBeside(job);
      else {
        lanes[lane].push(job);
        running ??= run();
      }
    });
  };

  const runBeside = (job: Job): void => {
    const done = step(job).finally(() => beside.delete(done));
    beside.add(done);
  };

  const run = async (): Promise<void> => {
    for (let job = next(); job !== null; job = next()) {
      await step(job);
      await pause();
    }
    // In the same step as the last look: what is enqueued from now on starts again.
    running = null;
  };

  const next = (): Job | null => {
    for (const lane of LANES) {
      const job = lanes[lane][0];
      if (job !== undefined) return job;
    }
    return null;
  };

  /** One slice of one job. A query is never cut: its few texts are wanted together. */
  const step = async (job: Job): Promise<void> => {
    const done = job.vectors.length;
    const count = job.lane === "query" ? job.texts.length : sliceTexts;
    const slice = job.texts.slice(done, done + count);
    const signal = job.signal ? AbortSignal.any([job.signal, closing.signal]) : closing.signal;
    const started = clock();
    try {
      const vectors = await embedder.embed(
        slice,
        job.lane === "query" ? "query" : "document",
        signal,
      );
      job.vectors.push(...vectors);
    } catch (reason) {
      return job.finish({ reason });
    }
    if (targetMs !== null && job.lane !== "query")
      sliceTexts = nextSlice(slice.length, clock() - started, targetMs, maxTexts);
    if (job.vectors.length >= job.texts.length) job.finish({ vectors: job.vectors });
  };

  return {
    space: embedder.space,
    dimensions: embedder.dimensions,
    query: (texts, signal) => enqueue("query", texts, signal),
    documents: (texts, signal) => enqueue("documents", texts, signal),
    backfill: (texts, signal) => enqueue("backfill", texts, signal),
    get waiting() {
      return LANES.flatMap((lane) => lanes[lane]).reduce(
        (sum, job) => sum + job.texts.length - job.vectors.length,
        0,
      );
    },
    async close() {
      if (!closing.signal.aborted)
        closing.abort(new MemoryError("usage/closed", "The memory was closed."));
      for (const lane of LANES)
        for (const job of lanes[lane].slice()) job.finish({ reason: closing.signal.reason });
      await Promise.all([running, ...beside]);
    },
  };
}

/** Twice as many at most after a quick slice; as few as fit after a slow one. */
function nextSlice(texts: number, ms: number, targetMs: number, maxTexts: number): number {
  const fitting = Math.floor((texts * targetMs) / Math.max(ms, 0.1));
  return Math.max(1, Math.min(maxTexts, 2 * texts, fitting));
}

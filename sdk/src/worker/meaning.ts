import { MemoryError, isMemoryError, type MemoryErrorCode } from "../domain/errors.ts";
import type { ModelProgress } from "../domain/embedder.ts";
import type { EmbeddingStats } from "../domain/stats.ts";
import type { Scope } from "../domain/scope.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import { createEmbeddingQueue, type EmbeddingQueue } from "../embedding/embedding-queue.ts";
import type { Embedder } from "../engine/embedder.ts";
import type { KeyFilter } from "../engine/vectors/key-filter.ts";
import type { VectorHits } from "../engine/vectors/vector-index.ts";
import type { VectorSpace } from "../engine/vectors/vector-space.ts";
import type { FindMeaning, MeaningHits, MeaningRequest } from "../recall/meaning.ts";
import type { SpaceCalibration } from "../recall/calibrate.ts";
import { createBackfill, type Backfill } from "./backfill.ts";
import type { LoadedEmbedder } from "./load-embedder.ts";

/**
 * Meaning as a signal of recall: the embedder, its queue and the vectors of its space. Everything happens in the background, and
 * nothing that fails here fails a call: recall then goes by words.
 */
export interface Meaning {
  readonly find: FindMeaning;
  /** Begins to load the embedder, and to embed what has no vector yet. Returns at once. */
  start(): void;
  /** Records that were just stored or got another text here. */
  notice(rows: readonly StoredRecord[]): void;
  /** Records came by another way (another tab, an import): those without a vector get one soon. */
  catchUp(): void;
  stats(): EmbeddingStats;
  close(): Promise<void>;
}

export interface MeaningDeps {
  /** What the embedder is called in `stats()`. */
  readonly name: string;
  readonly loadEmbedder: (
    onProgress: (progress: ModelProgress) => void,
    signal: AbortSignal,
  ) => Promise<LoadedEmbedder>;
  readonly openSpace: (id: string, dimensions: number) => Promise<VectorSpace>;
  /** Another space of this vault that holds vectors, with its embedder, if that can be had without the app. */
  readonly openEarlier: (current: string, signal: AbortSignal) => Promise<EarlierSpace | null>;
  /** Notes that `current` is complete: every other space goes. */
  readonly settle: (current: string) => Promise<void>;
  /** What was read from the vault when it was half as large still stands. */
  readonly calibrate: (embedder: Embedder, rows: number) => Promise<SpaceCalibration>;
  /** `seq`s that are to have a vector in this space and have none, newest first; and how many there are to be in all. */
  readonly missing: (space: VectorSpace) => {
    readonly seqs: readonly number[];
    readonly total: number;
  };
  readonly textsOf: (seqs: readonly number[]) => Promise<readonly (string | null)[]>;
  readonly filter: (scope: Scope, now: number) => KeyFilter;
  /** Runs work in one tab at a time. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  readonly pause: () => Promise<void>;
  readonly clock: () => number;
  readonly onProgress: (task: "model" | "embed", done: number, total: number | null) => void;
  readonly report: (error: unknown) => void;
}

export interface EarlierSpace {
  readonly space: VectorSpace;
  readonly embedder: LoadedEmbedder;
  readonly calibration: SpaceCalibration;
}

interface Active {
  readonly space: VectorSpace;
  readonly queue: EmbeddingQueue;
  readonly loaded: LoadedEmbedder;
  calibration: SpaceCalibration;
}

/** A model that could not be reached is asked for again after this, and then after twice as long each time. */
const FIRST_RETRY_MS = 20_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** The tab that stored a record gives it its vector first, if it has an embedder. */
const CATCH_UP_MS = 3_000;
/** Questions whose vectors are kept: a call, its retries, and a few before. */
const KEPT_QUERIES = 16;

export function createMeaning(deps: MeaningDeps): Meaning {
  const closing = new AbortController();
  const kept = new Map<string, Promise<Float32Array>>();
  let current: Active | null = null;
  let earlier: Active | null = null;
  let state: EmbeddingStats["state"] = "loading";
  let problem: MemoryErrorCode | undefined;
  let retryMs = FIRST_RETRY_MS;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let catchingUp: ReturnType<typeof setTimeout> | undefined;
  let total = 0;
  let backfill: Backfill | null = null;
  let starting: Promise<void> = Promise.resolve();
  let finding: Promise<void> = Promise.resolve();

  return {
    find,
    start() {
      starting = load();
    },
    notice(rows) {
      backfill?.notice(rows);
    },
    catchUp() {
      clearTimeout(catchingUp);
      catchingUp = setTimeout(() => backfill?.run(), CATCH_UP_MS);
    },
    stats,
    async close() {
      clearTimeout(retry);
      clearTimeout(catchingUp);
      closing.abort(new MemoryError("usage/closed", "The memory was closed."));
      await starting;
      await finding;
      await backfill?.close();
      for (const active of [current, earlier]) await end(active);
    },
  };

  async function load(): Promise<void> {
    state = "loading";
    const { signal } = closing;
    try {
      const loaded = await deps.loadEmbedder(({ percent }) => {
        if (!signal.aborted) deps.onProgress("model", percent, 100);
      }, signal);
      if (signal.aborted) return await loaded.dispose();
      current = await activate(loaded);
      problem = undefined;
      retryMs = FIRST_RETRY_MS;
      state = "embedding";
      finding = findEarlier(current.space);
      backfill = createBackfill({
        ...deps,
        space: current.space,
        queue: current.queue,
        onState(done, all) {
          total = all;
          deps.onProgress("embed", done, all);
        },
        onComplete: complete,
        onFault: (error) => fail(error, false),
      });
      backfill.run();
    } catch (error) {
      if (!signal.aborted) fail(error, true);
    }
  }

  async function activate(loaded: LoadedEmbedder): Promise<Active> {
    const { embedder, local } = loaded;
    const space = await deps.openSpace(embedder.space, embedder.dimensions);
    const queue = createEmbeddingQueue({
      embedder,
      pause: deps.pause,
      clock: deps.clock,
      ...(local ? {} : { targetMs: null }),
    });
    const calibration = await deps.calibrate(embedder, space.size);
    return { space, queue, loaded, calibration };
  }

  /** Until the present space is complete, an earlier one answers for what is not in it yet. */
  async function findEarlier(space: VectorSpace): Promise<void> {
    try {
      if (deps.missing(space).seqs.length === 0) return;
      const found = await deps.openEarlier(space.id, closing.signal);
      if (found === null) return;
      const queue = createEmbeddingQueue({
        embedder: found.embedder.embedder,
        pause: deps.pause,
        clock: deps.clock,
      });
      const active = { ...found, queue, loaded: found.embedder };
      if (closing.signal.aborted || state === "ready") await end(active);
      else earlier = active;
    } catch (error) {
      if (!closing.signal.aborted) deps.report(error);
    }
  }

  /** Everything has a vector: what was kept for the time until now is not needed any more. */
  async function complete(): Promise<void> {
    if (current === null || closing.signal.aborted) return;
    const { space, loaded } = current;
    current.calibration = await deps.calibrate(loaded.embedder, space.size);
    if (state === "ready") return;
    state = "ready";
    const old = earlier;
    earlier = null;
    await end(old);
    await deps.settle(space.id);
  }

  function fail(error: unknown, again: boolean): void {
    problem = isMemoryError(error) ? error.code : "embedder/failed";
    if (again) state = "failed";
    deps.report(error);
    if (!again || !isMemoryError(error) || !error.retryable) return;
    retry = setTimeout(() => {
      starting = load();
    }, retryMs);
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
  }

  async function find(request: MeaningRequest): Promise<MeaningHits | null> {
    const active = current;
    if (active === null || (active.space.size === 0 && earlier === null)) return null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, request.withinMs), null);
    });
    try {
      return await Promise.race([search(active, request), late]);
    } catch {
      // Told where it happens; this call goes by words.
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  async function search(active: Active, request: MeaningRequest): Promise<MeaningHits> {
    const filter = deps.filter(request.scope, request.now);
    const old = earlier;
    const [hits, more] = await Promise.all([
      searchIn(active, request, filter),
      old === null ? null : searchIn(old, request, filter).catch(() => null),
    ]);
    const { calibration, weights } = active.calibration;
    if (old === null || more === null)
      return { seqs: hits.keys, cosines: hits.scores, weights, calibration };
    const seqs = [...hits.keys];
    const cosines = [...hits.scores];
    const left = new Set(active.space.missing(more.keys.toSorted((a, b) => a - b)));
    more.keys.forEach((seq, at) => {
      if (!left.has(seq)) return;
      seqs.push(seq);
      cosines.push(rescale(more.scores[at] ?? 0, old.calibration, active.calibration));
    });
    return { seqs, cosines, weights, calibration };
  }

  async function searchIn(
    { queue, space }: Active,
    request: MeaningRequest,
    filter: KeyFilter,
  ): Promise<VectorHits> {
    return space.search(await vectorOf(queue, request.texts), request.most, filter);
  }

  function vectorOf(queue: EmbeddingQueue, texts: MeaningRequest["texts"]): Promise<Float32Array> {
    const key = JSON.stringify([queue.space, texts.map(({ text, weight }) => [text, weight])]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = queue.query(texts.map(({ text }) => text)).then((vectors) =>
      blend(
        vectors,
        texts.map(({ weight }) => weight),
      ),
    );
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    if (kept.size > KEPT_QUERIES) kept.delete(kept.keys().next().value!);
    return made;
  }

  function stats(): EmbeddingStats {
    const embedded = current?.space.size ?? 0;
    return {
      embedder: deps.name,
      state,
      ...(problem === undefined ? {} : { problem }),
      space: current?.space.id ?? null,
      embedded,
      total: Math.max(total, embedded),
      ...(earlier === null
        ? {}
        : { earlier: { space: earlier.space.id, embedded: earlier.space.size } }),
      index: indexStats(),
      weight: current?.calibration.weights.meaning ?? 0,
    };
  }

  function indexStats(): EmbeddingStats["index"] {
    const index = current?.space.stats();
    const { kernel, tier, rescored, recallEstimate } = index ?? {};
    return {
      kind: index?.kind ?? "none",
      residentBytes: (index?.residentBytes ?? 0) + (earlier?.space.stats().residentBytes ?? 0),
      ...(kernel === undefined ? {} : { kernel }),
      ...(tier === undefined ? {} : { tier }),
      ...(rescored === undefined ? {} : { rescored }),
      ...(recallEstimate === undefined ? {} : { recallEstimate }),
    };
  }
}

async function end(active: Active | null): Promise<void> {
  if (active === null) return;
  await active.queue.close();
  await active.loaded.dispose();
}

function blend(vectors: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const [first] = vectors;
  if (first === undefined) throw new RangeError("There is nothing to compare with.");
  if (vectors.length === 1) return first;
  const sum = new Float32Array(first.length);
  vectors.forEach((vector, i) =>
    vector.forEach((value, at) => {
      sum[at] = sum[at]! + (weights[i] ?? 0) * value;
    }),
  );
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}

/** The cosine that says in one space what this one says in another. */
function rescale(cosine: number, from: SpaceCalibration, to: SpaceCalibration): number {
  const share = (cosine - from.calibration.low) / (from.calibration.high - from.calibration.low);
  return to.calibration.low + share * (to.calibration.high - to.calibration.low);
}

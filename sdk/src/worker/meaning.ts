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
import { UNCALIBRATED, type SpaceCalibration } from "../recall/calibrate.ts";
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
  /** Whether a space is still there: a tab with another model may have settled on its own. */
  readonly isStored: (space: string) => Promise<boolean>;
  /** What was read from the vault when it was half as large still stands. */
  readonly calibrate: (
    space: string,
    rows: number,
    embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
  ) => Promise<SpaceCalibration>;
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
}

interface Active {
  readonly space: VectorSpace;
  readonly queue: EmbeddingQueue;
  readonly loaded: LoadedEmbedder;
  calibration: SpaceCalibration;
}

interface KeptQuestion {
  readonly vector: Promise<Float32Array>;
  readonly leaving: AbortController;
}

/** A model that could not be reached is asked for again after this, and then after twice as long each time. */
const FIRST_RETRY_MS = 20_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** The tab that stored a record gives it its vector first, if it has an embedder. */
const CATCH_UP_MS = 3_000;
/** An embedder that was late so often would be late again: calls go without for a while, and are not kept waiting for nothing. */
const LATE_CALLS = 3;
const REST_MS = 30_000;
/** Questions whose vectors are kept: a call, its retries, and a few before. */
const KEPT_QUERIES = 16;

export function createMeaning(deps: MeaningDeps): Meaning {
  const closing = new AbortController();
  const kept = new Map<string, KeptQuestion>();
  let current: Active | null = null;
  let earlier: Active | null = null;
  let state: EmbeddingStats["state"] = "loading";
  let problem: MemoryErrorCode | undefined;
  let retryMs = FIRST_RETRY_MS;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let catchingUp: ReturnType<typeof setTimeout> | undefined;
  /** Memories that still wait for a vector, as of the last look. */
  let waiting = 0;
  let backfill: Backfill | null = null;
  let lateInARow = 0;
  let askAgainAt = 0;
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
      current = await activate(loaded, ({ space, dimensions }) =>
        deps.openSpace(space, dimensions),
      );
      problem = undefined;
      retryMs = FIRST_RETRY_MS;
      state = "embedding";
      const { space } = current;
      finding = findEarlier(space);
      backfill = createBackfill({
        ...deps,
        space,
        queue: current.queue,
        isStored: () => deps.isStored(space.id),
        onState(done, all) {
          waiting = all - done;
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

  /** What cannot be made ready gives its memory back. */
  async function activate(
    loaded: LoadedEmbedder,
    open: (embedder: Embedder) => Promise<VectorSpace>,
  ): Promise<Active> {
    const { embedder, local } = loaded;
    const queue = createEmbeddingQueue({
      embedder,
      pause: deps.pause,
      clock: deps.clock,
      ...(local ? {} : { targetMs: null, queriesBeside: true }),
    });
    const active = { queue, loaded, calibration: UNCALIBRATED };
    try {
      const space = await open(embedder);
      return { ...active, space, calibration: await calibrate(queue, space, UNCALIBRATED) };
    } catch (error) {
      await end(active);
      throw error;
    }
  }

  /** By the queue, so that a question goes first and closing does not wait. A sample that cannot be embedded leaves what is known. */
  async function calibrate(
    queue: EmbeddingQueue,
    space: VectorSpace,
    known: SpaceCalibration,
  ): Promise<SpaceCalibration> {
    const { signal } = closing;
    try {
      return await deps.calibrate(space.id, space.size, (texts) => queue.backfill(texts, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      fail(error, false);
      return known;
    }
  }

  /** Until the present space is complete, an earlier one answers for what is not in it yet. */
  async function findEarlier(space: VectorSpace): Promise<void> {
    try {
      if (deps.missing(space).seqs.length === 0) return;
      const found = await deps.openEarlier(space.id, closing.signal);
      if (found === null) return;
      const active = await activate(found.embedder, async () => found.space);
      if (closing.signal.aborted || state === "ready") await end(active);
      else earlier = active;
    } catch (error) {
      if (!closing.signal.aborted) deps.report(error);
    }
  }

  /** Everything has a vector: what was kept for the time until now is not needed any more. */
  async function complete(): Promise<void> {
    if (current === null || closing.signal.aborted) return;
    const { space, queue } = current;
    problem = undefined;
    current.calibration = await calibrate(queue, space, current.calibration);
    if (state === "ready") return;
    state = "ready";
    const old = earlier;
    earlier = null;
    await end(old);
    await deps.settle(space.id);
  }

  function fail(error: unknown, again: boolean): void {
    const known = isMemoryError(error)
      ? error
      : new MemoryError("embedder/failed", "The embedding model failed.", { cause: error });
    problem = known.code;
    if (again) state = "failed";
    deps.report(known);
    if (!again || !known.retryable) return;
    retry = setTimeout(() => {
      starting = load();
    }, retryMs);
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
  }

  async function find(request: MeaningRequest): Promise<MeaningHits | null> {
    const active = current;
    if (active === null || (active.space.size === 0 && earlier === null)) return null;
    if (lateInARow >= LATE_CALLS && deps.clock() < askAgainAt) return null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, request.withinMs), null);
    });
    try {
      const hits = await Promise.race([search(active, request), late]);
      lateInARow = hits === null ? lateInARow + 1 : 0;
      if (hits === null) askAgainAt = deps.clock() + REST_MS;
      return hits;
    } catch {
      // Told where it happens; this call goes by words.
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  async function search(active: Active, request: MeaningRequest): Promise<MeaningHits> {
    const old = earlier;
    const [hits, more] = await Promise.all([
      searchIn(active, request),
      old === null ? null : searchIn(old, request).catch(() => null),
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
    { texts, most, scope, now }: MeaningRequest,
  ): Promise<VectorHits> {
    const vector = await vectorOf(queue, texts);
    // Not before: while a text is embedded, documents may get other numbers.
    return space.search(vector, most, deps.filter(scope, now));
  }

  function vectorOf(queue: EmbeddingQueue, texts: MeaningRequest["texts"]): Promise<Float32Array> {
    const key = JSON.stringify([queue.space, texts.map(({ text, weight }) => [text, weight])]);
    const known = kept.get(key);
    if (known !== undefined) return known.vector;
    const leaving = new AbortController();
    const vector = queue
      .query(
        texts.map(({ text }) => text),
        leaving.signal,
      )
      .then((vectors) =>
        blend(
          vectors,
          texts.map(({ weight }) => weight),
        ),
      );
    const question: KeptQuestion = { vector, leaving };
    kept.set(key, question);
    vector.catch(() => {
      if (kept.get(key) === question) kept.delete(key);
    });
    // An embedder that answers nothing does not gather questions that nobody waits for any more.
    const [oldest] = kept.size > KEPT_QUERIES ? kept : [];
    if (oldest !== undefined) {
      kept.delete(oldest[0]);
      oldest[1].leaving.abort();
    }
    return vector;
  }

  function stats(): EmbeddingStats {
    const embedded = current?.space.size ?? 0;
    return {
      embedder: deps.name,
      state,
      ...(problem === undefined ? {} : { problem }),
      space: current?.space.id ?? null,
      embedded,
      total: embedded + waiting,
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

async function end(active: Pick<Active, "queue" | "loaded"> | null): Promise<void> {
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

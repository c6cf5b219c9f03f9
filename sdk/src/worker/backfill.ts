import { isMemoryError, MemoryError } from "../domain/errors.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { EmbeddingQueue } from "../embedding/embedding-queue.ts";
import type { VectorSpace } from "../engine/vectors/vector-space.ts";

/** Gives every record its vector: new ones at once, all others in the background, resumed wherever it was left. */
export interface Backfill {
  /** Records that were just stored here. They go before older ones. */
  notice(rows: readonly StoredRecord[]): void;
  /** Looks for records without a vector, and goes on until there is none. Returns at once. */
  run(): void;
  /** Resolves when nothing runs any more. */
  close(): Promise<void>;
}

export interface BackfillDeps {
  readonly space: VectorSpace;
  readonly queue: EmbeddingQueue;
  readonly missing: (space: VectorSpace) => {
    readonly seqs: readonly number[];
    readonly total: number;
  };
  readonly textsOf: (seqs: readonly number[]) => Promise<readonly (string | null)[]>;
  /** Whether the space is still there: a tab with another model may have taken its place. */
  readonly isStored: () => Promise<boolean>;
  /** Runs work in one tab at a time. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  readonly pause: () => Promise<void>;
  readonly onState: (done: number, total: number) => void;
  /** Everything has a vector, but for what the embedder cannot embed. */
  readonly onComplete: () => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

/** Texts that are read and stored together. */
const BATCH = 64;
/** After a fault that may pass. */
const RETRY_MS = 30_000;

export function createBackfill(deps: BackfillDeps): Backfill {
  const { space, queue } = deps;
  /** What the embedder refused though it takes others: a text that would stand in the way of all. */
  const refused = new Set<number>();
  let closed = false;
  let gone = false;
  let running: Promise<void> | null = null;
  /** Whether it is this tab's turn; until then there is nothing to wait for. */
  let begun = false;
  let again = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const noticed = new Set<Promise<void>>();

  const isClosed = (): boolean => closed || gone;

  const run = (): void => {
    if (isClosed()) return;
    if (running) {
      again = true;
      return;
    }
    running = deps
      .exclusive(() => {
        begun = true;
        return fill();
      })
      .catch(fault)
      .finally(() => {
        running = null;
        begun = false;
        if (again) {
          again = false;
          run();
        }
      });
  };

  const fault = (error: unknown): void => {
    if (closed) return;
    deps.onFault(error);
    clearTimeout(retry);
    if (isMemoryError(error) && error.retryable) retry = setTimeout(run, RETRY_MS);
  };

  const fill = async (): Promise<void> => {
    let told = -1;
    while (!isClosed()) {
      // Nothing that is put into a space that is gone stays: all of it would be embedded again and again.
      if (!(await deps.isStored())) {
        gone = true;
        throw replaced();
      }
      const { seqs, total } = deps.missing(space);
      const left = seqs.filter((seq) => !refused.has(seq));
      if (left.length === 0) {
        if (told >= 0) deps.onState(total - seqs.length, total);
        return deps.onComplete();
      }
      for (let from = 0; from < left.length; from += BATCH) {
        if (isClosed()) return;
        await embed(left.slice(from, from + BATCH), queue.backfill);
        const done = Math.min(total, total - left.length + from + BATCH);
        if (done !== told) deps.onState(done, total);
        told = done;
        await deps.pause();
      }
    }
  };

  const embed = async (
    seqs: readonly number[],
    by: (texts: readonly string[]) => Promise<Float32Array[]>,
  ): Promise<void> => {
    const texts = await deps.textsOf(seqs);
    const wanted = new Set(space.missing(seqs.toSorted((a, b) => a - b)));
    const there = seqs.flatMap((seq, at) => {
      const text = texts[at];
      return text === null || text === undefined || !wanted.has(seq) ? [] : [{ seq, text }];
    });
    // Gone meanwhile, or without words: never asked for again.
    for (const [at, seq] of seqs.entries()) if (texts[at] === null) refused.add(seq);
    if (there.length === 0) return;
    const vectors = await embedEach(there, by);
    const kept = there.flatMap(({ seq }, at) => {
      const vector = vectors[at];
      return vector === null || vector === undefined ? [] : [{ seq, vector }];
    });
    const rows = new Float32Array(kept.length * space.dimensions);
    kept.forEach(({ vector }, at) => rows.set(vector, at * space.dimensions));
    await space.put(
      kept.map(({ seq }) => seq),
      rows,
    );
  };

  /** One text that cannot be embedded is found and passed over; a fault of all of them is thrown. */
  const embedEach = async (
    items: readonly { readonly seq: number; readonly text: string }[],
    by: (texts: readonly string[]) => Promise<Float32Array[]>,
  ): Promise<readonly (Float32Array | null)[]> => {
    try {
      return await by(items.map(({ text }) => text));
    } catch (error) {
      if (closed || items.length === 1 || (isMemoryError(error) && error.retryable)) throw error;
      const vectors: (Float32Array | null)[] = [];
      for (const { seq, text } of items) {
        const [vector = null] = await by([text]).catch(() => []);
        if (vector === null) refused.add(seq);
        vectors.push(vector);
      }
      if (vectors.every((vector) => vector === null)) throw error;
      return vectors;
    }
  };

  return {
    run,
    notice(rows) {
      if (isClosed() || rows.length === 0) return;
      // An import is back-fill's work: it must not stand before what is being said.
      if (rows.length > BATCH) return run();
      const work = embed(
        rows.map(({ seq }) => seq),
        queue.documents,
      )
        .catch(fault)
        .finally(() => noticed.delete(work));
      noticed.add(work);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await queue.close();
      // Another tab may embed for long before this one gets its turn.
      await Promise.all([begun ? running : null, ...noticed]);
    },
  };
}

function replaced(): MemoryError {
  return new MemoryError(
    "embedder/failed",
    "Another tab has embedded this vault with another model. Recall goes by words here until the page is loaded again.",
    { details: { reason: "replaced" } },
  );
}

import { isMemoryError } from "../../domain/errors.ts";
import type {
  StoredVectors,
  VectorRewrite,
  VectorSegmentHead,
  VectorSpaceRow,
  VectorStore,
} from "../../vault/vector-store.ts";
import type { ScanSpace } from "../kernels/scan-kernels.ts";
import { whenWhole } from "../when-whole.ts";
import { FULL_SCAN_ROWS, SEGMENT_ROWS } from "./flat-vector-index.ts";
import {
  countDead,
  isDead,
  joinRows,
  packSegment,
  readRows,
  readSketches,
  sealRows,
  withDeadRows,
  type SealedRows,
} from "./stored-vectors.ts";
import { unpackVector, type VectorSketch } from "./vector-segment.ts";
import { meanOf, widenRows } from "./widen-rows.ts";

export interface VectorMaintenanceDeps {
  readonly store: VectorStore;
  readonly space: Pick<VectorSpaceRow, "id" | "dimensions">;
  /** For quantising. */
  readonly arithmetic: ScanSpace;
  /** Runs `work` while no other holder of the vault's maintenance lock runs, in any tab. */
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>;
  readonly newId: () => string;
  /** Lets everything else that waits have its turn. */
  readonly pause: () => Promise<void>;
}

/**
 * Works on what is stored, never on what a tab has in memory: under the lock the stored layout stands still, each step is one
 * transaction, and a tab that dies between two steps leaves a whole space.
 */
export interface VectorMaintenance {
  /**
   * Seals the tail when it is long (`idle`: when it is worth a segment), notes what is gone, rewrites segments that are more than a
   * quarter dead, joins small ones. Gives up quietly where another tab changed what it rests on.
   */
  run(idle: boolean): Promise<void>;
  /** Makes the signatures anew around the mean of all rows. */
  recentre(): Promise<void>;
  /** Drops what is damaged, if it is still there: its rows are then missing, and made again from their records. */
  repair(ids: readonly string[]): Promise<void>;
  /**
   * What takes the place of the segments that hold one of these, alive or dead. For callers who hold the lock, until what it gives
   * has been stored.
   */
  without(seqs: readonly number[]): Promise<readonly Rewrite[]>;
}

/** A rewrite for the vault, and the same for the index in memory. */
export interface Rewrite {
  readonly change: VectorRewrite;
  readonly put: SealedRows | null;
}

/** A tail of so many rows is sealed when nothing else is to do: each row of the tail costs an opening more than a sealed one. */
export const IDLE_ROWS = 512;
/** Tail rows that one step seals. */
const MOST_SEALED = 4 * SEGMENT_ROWS;
const DEAD_SHARE = 0.25;
/** Segments whose signatures are made anew while the lock is held. */
const RESIGNED = 8;

export function createVectorMaintenance(deps: VectorMaintenanceDeps): VectorMaintenance {
  const { store, space, arithmetic, lock, newId, pause } = deps;
  const { dimensions } = space;

  const readSealed = async (head: VectorSegmentHead): Promise<SealedRows | null> => {
    const [[sketch = null], [rows = null]] = await Promise.all([
      readSketches(store, [head], dimensions),
      readRows(store, [head], dimensions),
    ]);
    return sketch === null || rows === null ? null : { sketch, rows };
  };

  /** Places of these `seqs` in segments, by segment. Reads the keys only of those that may hold one. */
  const findRows = async (
    heads: readonly VectorSegmentHead[],
    seqs: readonly number[],
  ): Promise<{
    readonly rows: ReadonlyMap<VectorSegmentHead, readonly number[]>;
    readonly unreadable: readonly VectorSegmentHead[];
  }> => {
    const wanted = new Set(seqs);
    const near = heads.filter(({ first, last }) => seqs.some((seq) => seq >= first && seq <= last));
    const rows = new Map<VectorSegmentHead, readonly number[]>();
    const unreadable: VectorSegmentHead[] = [];
    for (const [at, sketch] of (await readSketches(store, near, dimensions)).entries()) {
      const head = near[at];
      if (head === undefined) continue;
      if (sketch === null) unreadable.push(head);
      else {
        const places = [...sketch.keys.keys()].filter((row) => wanted.has(sketch.keys[row] ?? -1));
        if (places.length > 0) rows.set(head, places);
      }
    }
    return { rows, unreadable };
  };

  const knownMean = async (
    heads: readonly VectorSegmentHead[],
  ): Promise<Float32Array<ArrayBuffer> | null> => {
    for (const head of heads.toSorted((a, b) => b.rows - a.rows)) {
      const [sketch = null] = await readSketches(store, [head], dimensions);
      if (sketch !== null) return sketch.mean;
    }
    return null;
  };

  const seal = async ({ segments, tail }: StoredVectors): Promise<void> => {
    const chosen = tail.slice(0, MOST_SEALED);
    const whole = chosen
      .flatMap(({ seq, vector }) => {
        const numbers = whenWhole(() => unpackVector(vector, dimensions));
        return numbers === null ? [] : [{ seq, numbers }];
      })
      .toSorted((a, b) => a.seq - b.seq);
    const vectors = new Float32Array(whole.length * dimensions);
    whole.forEach(({ numbers }, at) => vectors.set(numbers, at * dimensions));
    const mean = (await knownMean(segments)) ?? meanOf(vectors, dimensions);
    const groups: SealedRows[] = [];
    for (let from = 0; from < whole.length; from += SEGMENT_ROWS) {
      const group = whole.slice(from, from + SEGMENT_ROWS);
      groups.push(
        sealRows(
          arithmetic,
          Float64Array.from(group, ({ seq }) => seq),
          vectors.subarray(from * dimensions, (from + group.length) * dimensions),
          mean,
        ),
      );
    }
    // A vector that was made again takes the place of the sealed one.
    const { rows: doubles } = await findRows(
      segments,
      whole.map(({ seq }) => seq),
    );
    const last = groups.at(-1);
    const joined = last === undefined ? null : await joinSmall(segments, last, doubles);
    if (joined !== null) groups[groups.length - 1] = joined.rows;
    await store.replace({
      space: space.id,
      put: groups.map((group) => packSegment(newId(), group)),
      drop: joined === null ? [] : [joined.head.id],
      sealed: chosen.map(({ seq }) => seq),
      dead: [...doubles]
        .filter(([head]) => head !== joined?.head)
        .map(([head, rows]) => ({ id: head.id, dead: withDeadRows(head, rows) })),
    });
  };

  /** A group that is not full is put together with a small segment, so that sealing on idle does not leave crumbs. */
  const joinSmall = async (
    heads: readonly VectorSegmentHead[],
    group: SealedRows,
    doubles: ReadonlyMap<VectorSegmentHead, readonly number[]>,
  ): Promise<{ readonly head: VectorSegmentHead; readonly rows: SealedRows } | null> => {
    const room = SEGMENT_ROWS - group.sketch.keys.length;
    const [head] = heads
      .filter((one) => liveRows(one) <= room)
      .toSorted((a, b) => liveRows(b) - liveRows(a));
    if (head === undefined) return null;
    const old = await readSealed(head);
    if (old === null || !sameMean(old.sketch, group.sketch)) return null;
    const left = new Set(doubles.get(head));
    const rows = joinRows(
      [group, old],
      (part, row) => part === 1 && (isDead(head.dead, row) || left.has(row)),
    );
    return rows === null ? null : { head, rows };
  };

  const settle = async ({ segments, gone }: StoredVectors): Promise<void> => {
    const { rows: found } = await findRows(segments, gone);
    await store.replace({
      space: space.id,
      put: [],
      drop: [],
      sealed: [],
      dead: [...found].map(([head, rows]) => ({ id: head.id, dead: withDeadRows(head, rows) })),
      settled: gone,
    });
  };

  /** Rewrites segments as one without their dead rows. `false` where one of them cannot be read. */
  const rewrite = async (heads: readonly VectorSegmentHead[]): Promise<boolean> => {
    const parts = await Promise.all(heads.map(readSealed));
    const whole = parts.flatMap((part) => (part === null ? [] : [part]));
    const [first] = whole;
    if (whole.length < heads.length || first === undefined) return false;
    if (!whole.every(({ sketch }) => sameMean(sketch, first.sketch))) return false;
    const joined = joinRows(whole, (part, row) =>
      isDead(heads[part]?.dead ?? new Uint8Array(0), row),
    );
    await store.replace({
      space: space.id,
      put: joined === null ? [] : [packSegment(newId(), joined)],
      drop: heads.map(({ id }) => id),
      sealed: [],
    });
    return true;
  };

  const resign = async (
    ids: ReadonlySet<string>,
    mean: Float32Array<ArrayBuffer>,
  ): Promise<void> => {
    const { segments } = await store.load(space.id);
    for (const head of segments.filter(({ id }) => ids.has(id))) {
      const old = await readSealed(head);
      if (old === null) continue;
      const bits = arithmetic.quantizeBits(widenRows(old.rows, arithmetic.layout), mean);
      const sketch = { dimensions, keys: old.sketch.keys, bits, mean };
      await store.replace({
        space: space.id,
        put: [{ ...packSegment(newId(), { sketch, rows: old.rows }), dead: head.dead }],
        drop: [head.id],
        sealed: [],
      });
    }
  };

  /** `false` where nothing is due. */
  const step = async (idle: boolean): Promise<boolean> => {
    const stored = await store.load(space.id);
    const { segments, tail, gone } = stored;
    if (tail.length >= (idle ? IDLE_ROWS : SEGMENT_ROWS)) {
      await seal(stored);
      return true;
    }
    if (gone.length > 0) {
      await settle(stored);
      return true;
    }
    const rotten = segments.find((head) => countDead(head.dead) > head.rows * DEAD_SHARE);
    if (rotten !== undefined) return rewrite([rotten]);
    const small = smallOnes(segments);
    return idle && small.length > 1 && rewrite(small);
  };

  const quietly = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      // What was read is gone meanwhile (a forget, or another tab): the next run sees the new layout.
      if (!isMemoryError(error) || error.details["reason"] !== "conflict") throw error;
    }
  };

  return {
    run: (idle) =>
      quietly(async () => {
        // The lock is let go after each step: a forget waits for one of them, not for all.
        while (await lock(() => step(idle))) await pause();
      }),
    recentre: () =>
      quietly(async () => {
        const { segments } = await store.load(space.id);
        const mean = await meanOfAll(segments);
        for (let from = 0; from < segments.length; from += RESIGNED) {
          const due = new Set(segments.slice(from, from + RESIGNED).map(({ id }) => id));
          await lock(() => resign(due, mean));
          await pause();
        }
      }),
    repair: (ids) =>
      lock(() =>
        quietly(async () => {
          const { segments, damaged } = await store.load(space.id);
          const wanted = new Set(ids);
          const there = segments.filter(({ id }) => wanted.has(id)).map(({ id }) => id);
          const drop = [...damaged, ...there];
          if (drop.length > 0) await store.replace({ space: space.id, put: [], drop, sealed: [] });
        }),
      ),
    async without(seqs) {
      const { segments, damaged, gone } = await store.load(space.id);
      const left = new Set(gone);
      const { rows: found, unreadable } = await findRows(segments, seqs);
      // What cannot be read may hold what is to be forgotten. It goes as a whole; what else was in it is made again.
      const dropped = [...damaged, ...unreadable.map(({ id }) => id)].map((drop): Rewrite => ({
        change: { space: space.id, drop, put: null },
        put: null,
      }));
      const rewritten = await Promise.all(
        [...found].map(async ([head, rows]): Promise<Rewrite> => {
          const old = await readSealed(head);
          const going = new Set(rows);
          const leaves = (row: number): boolean =>
            going.has(row) || isDead(head.dead, row) || left.has(old?.sketch.keys[row] ?? -1);
          const put = old === null ? null : joinRows([old], (_, row) => leaves(row));
          const packed = put === null ? null : packSegment(newId(), put);
          return { change: { space: space.id, drop: head.id, put: packed }, put };
        }),
      );
      return [...dropped, ...rewritten];
    },
  };

  async function meanOfAll(
    heads: readonly VectorSegmentHead[],
  ): Promise<Float32Array<ArrayBuffer>> {
    const sums = new Float64Array(dimensions);
    let rows = 0;
    for (const head of heads) {
      const sealed = await readSealed(head);
      if (sealed === null) continue;
      const mean = meanOf(widenRows(sealed.rows, arithmetic.layout), dimensions);
      mean.forEach((value, at) => {
        sums[at] = (sums[at] ?? 0) + value * head.rows;
      });
      rows += head.rows;
      await pause();
    }
    return Float32Array.from(sums, (sum) => sum / Math.max(1, rows));
  }
}

/** Whether the mean that the signatures were made with stands for all: it was made of few rows, and there are many now. */
export function needsCentre(rows: number, centred: number): boolean {
  return rows > FULL_SCAN_ROWS && centred < FULL_SCAN_ROWS;
}

function liveRows({ rows, dead }: VectorSegmentHead): number {
  return rows - countDead(dead);
}

function smallOnes(heads: readonly VectorSegmentHead[]): readonly VectorSegmentHead[] {
  const chosen: VectorSegmentHead[] = [];
  let rows = 0;
  for (const head of heads.toSorted((a, b) => liveRows(a) - liveRows(b))) {
    rows += liveRows(head);
    if (rows > SEGMENT_ROWS) break;
    chosen.push(head);
  }
  return chosen;
}

function sameMean(a: VectorSketch, b: VectorSketch): boolean {
  return a.mean.length === b.mean.length && a.mean.every((value, at) => value === b.mean[at]);
}

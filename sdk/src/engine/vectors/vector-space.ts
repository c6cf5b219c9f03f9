import { isMemoryError, MemoryError } from "../../domain/errors.ts";
import type { VaultChange } from "../../vault/vault.ts";
import type {
  SpaceVector,
  VectorRewrite,
  VectorRow,
  VectorSegmentHead,
  VectorSpaceRow,
  VectorStore,
} from "../../vault/vector-store.ts";
import type { ScanKernels } from "../kernels/scan-kernels.ts";
import { whenWhole } from "../when-whole.ts";
import { checkKeys, checkVectors } from "./check-vectors.ts";
import {
  createFlatVectorIndex,
  DEFAULT_RESCORED,
  FULL_SCAN_ROWS,
  SEGMENT_ROWS,
  type StoredRun,
} from "./flat-vector-index.ts";
import { holdPlainIndex, type HeldIndex } from "./held-index.ts";
import type { KeyFilter } from "./key-filter.ts";
import type { RecallMeasure } from "./recall-guard.ts";
import type { RowFiles } from "./row-file.ts";
import { createSpaceRows } from "./space-rows.ts";
import { headOf, readRuns } from "./stored-vectors.ts";
import type { VectorHits, VectorIndex, VectorIndexStats } from "./vector-index.ts";
import {
  createVectorMaintenance,
  IDLE_ROWS,
  needsCentre,
  type Rewrite,
} from "./vector-maintenance.ts";
import { packVector, unpackVector } from "./vector-segment.ts";

/** The vectors of one embedding space: what is stored, and the index over it in memory. */
export interface VectorSpace {
  readonly id: string;
  readonly dimensions: number;
  /** Vectors that are there. */
  readonly size: number;
  /** As `VectorIndex.search`. */
  search(query: Float32Array, k: number, filter?: KeyFilter): Promise<VectorHits>;
  /** A vector as `Vault.commit` takes it, for one that is there when its record is stored. */
  packed(vector: Float32Array): SpaceVector;
  /** Takes in vectors that were just committed with their records. */
  add(seqs: readonly number[], vectors: Float32Array): void;
  /**
   * Stores vectors of records that are there already, and takes them in. Records that are gone by then are passed over, so that a
   * forgotten memory's vector never comes back.
   *
   * @returns the `seq`s that were stored.
   * @throws MemoryError `usage/invalid-input`, `vault/*`
   */
  put(seqs: readonly number[], vectors: Float32Array): Promise<readonly number[]>;
  /** Those of `seqs` (rising) that have no vector here yet, or lost it to damage. Looks at memory alone. */
  missing(seqs: ArrayLike<number>): readonly number[];
  stats(): VectorSpaceStats;
}

export interface VectorSpaceStats extends VectorIndexStats {
  readonly space: string;
  readonly dimensions: number;
  readonly segments: number;
  /** Rows that are not sealed yet. */
  readonly tail: number;
}

/** What the owner of all spaces asks of one. */
export interface OwnedSpace extends VectorSpace {
  /** Takes in what another tab did. */
  follow(change: VaultChange): Promise<void>;
  without(seqs: readonly number[]): Promise<readonly VectorRewrite[]>;
  forgotten(seqs: readonly number[]): Promise<void>;
  maintain(idle: boolean): Promise<void>;
  close(): void;
}

export interface VectorSpaceDeps {
  readonly store: VectorStore;
  readonly kernels: ScanKernels;
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>;
  readonly newId: () => string;
  readonly pause: () => Promise<void>;
  /** Told of damage that was found, and of measures that could not be kept. */
  readonly onProblem: (error: MemoryError) => void;
  /** Bytes that rows may take in memory. Above, they are read when they are needed. */
  readonly memoryBudget: number;
  /** An engine of another kind. Default: the flat index. */
  readonly createIndex?: (dimensions: number) => VectorIndex;
  /** Absent: rows that are not in memory are read out of chunks of the vault. */
  readonly files?: RowFiles;
}

const ATTEMPTS = 3;
/** It is measured again when there are so many times as many rows. */
const MEASURE_AGAIN = 1.5;

interface Meanwhile {
  /** Must not come back with what was read before. */
  readonly gone: Set<number>;
  /** Must not be lost with what was read before. */
  readonly added: Set<number>;
}

interface Pending {
  readonly asked: ReadonlySet<number>;
  readonly rewrites: readonly Rewrite[];
  readonly meanwhile: Meanwhile;
}

/** @throws MemoryError `vault/*` */
export async function openVectorSpace(
  row: VectorSpaceRow,
  deps: VectorSpaceDeps,
): Promise<OwnedSpace> {
  const { store, kernels, pause, onProblem } = deps;
  const { id, dimensions } = row;
  const maintenance = createVectorMaintenance({
    ...deps,
    space: row,
    arithmetic: kernels.createSpace(dimensions),
  });
  let notes = row.notes;
  let heads = new Map<string, VectorSegmentHead>();
  /** Keys whose vectors stand in the stored tail. */
  let tail = new Set<number>();
  /** Something was removed since maintenance ran. */
  let removals = false;
  /** What `without` gave, until it is known to be stored. */
  let pending: Pending | null = null;
  /** What came and went while something is being read or written, by operation. */
  const watched = new Set<Meanwhile>();
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  let resident = true;
  const spaceRows = createSpaceRows({
    ...deps,
    space: id,
    dimensions,
    rowsOf: (segment) => heads.get(segment)?.rows ?? null,
    onDamaged: (segment) => void repair([segment]),
  });
  let index = createIndex();
  const repairing = new Set<string>();

  await refresh(true);

  return {
    id,
    dimensions,
    get size() {
      return index.size;
    },
    search: (query, k, filter) => index.search(query, k, filter),
    packed(vector) {
      checkVectors(vector, 1, dimensions);
      return { space: id, vector: packVector(vector) };
    },
    add(seqs, vectors) {
      addNow(seqs, vectors);
    },
    async put(seqs, vectors) {
      checkKeys(seqs);
      checkVectors(vectors, seqs.length, dimensions);
      const rowAt = (at: number): Float32Array =>
        vectors.subarray(at * dimensions, (at + 1) * dimensions);
      const own = vectors.slice();
      return watch(async ({ gone }) => {
        const written = new Set(
          await store.put(
            id,
            seqs.map((seq, at) => ({ seq, vector: packVector(rowAt(at)) })),
          ),
        );
        const kept = seqs.flatMap((seq, at) => (written.has(seq) && !gone.has(seq) ? [at] : []));
        const rows = new Float32Array(kept.length * dimensions);
        kept.forEach((from, to) =>
          rows.set(own.subarray(from * dimensions, (from + 1) * dimensions), to * dimensions),
        );
        const keys = kept.map((at) => seqs[at] ?? 0);
        addNow(keys, rows);
        return keys;
      });
    },
    missing(seqs) {
      const there = index.keys();
      const missing: number[] = [];
      let at = 0;
      for (let place = 0; place < seqs.length; place += 1) {
        const seq = seqs[place] ?? 0;
        while (at < there.length && (there[at] ?? 0) < seq) at += 1;
        if (there[at] !== seq) missing.push(seq);
      }
      return missing;
    },
    stats: () => ({
      ...index.stats(),
      space: id,
      dimensions,
      segments: heads.size,
      tail: tail.size,
    }),
    async follow(change) {
      if (change.missed === true) return refresh(true);
      removeNow(change.removed);
      for (const { space, added, layout: replaced } of change.vectors ?? []) {
        if (space !== id) continue;
        if (replaced) await refresh(false);
        if (added.length === 0) continue;
        await watch(async ({ gone }) => takeTail(await store.tail(id, added), gone));
        // Sealed by the other tab before we looked: the stored layout has it.
        if (added.some((seq) => !index.has(seq))) await refresh(false);
      }
    },
    async without(seqs) {
      if (pending !== null) watched.delete(pending.meanwhile);
      const meanwhile: Meanwhile = { gone: new Set(), added: new Set() };
      watched.add(meanwhile);
      const rewrites = await maintenance.without(seqs);
      pending = { asked: new Set(seqs), rewrites, meanwhile };
      return rewrites.map(({ change }) => change);
    },
    async forgotten(seqs) {
      removeNow(seqs);
      const { asked, rewrites, meanwhile } = pending ?? {};
      if (!seqs.some((seq) => asked?.has(seq) === true)) return;
      arrangeRewrites(rewrites ?? []);
      index.remove([...(meanwhile?.gone ?? [])]);
      if (meanwhile !== undefined) watched.delete(meanwhile);
      pending = null;
      if (spaceRows.hasCopy()) await spaceRows.copy();
    },
    async maintain(idle) {
      const due = tail.size >= SEGMENT_ROWS || (idle && (removals || tail.size >= IDLE_ROWS));
      if (due) {
        removals = false;
        await maintenance.run(idle);
        await refresh(false);
      }
      // What was opened quickly comes into memory where there is room for it.
      if (idle && !due && !resident) await refresh(false);
      if (idle && spaceRows.hasCopy()) await spaceRows.copy();
      if (idle || due) await attend();
    },
    close() {
      closed = true;
      index.close();
      spaceRows.close();
    },
  };

  function createIndex(): HeldIndex {
    if (deps.createIndex !== undefined) return holdPlainIndex(deps.createIndex(dimensions));
    return createFlatVectorIndex({
      kernels,
      dimensions,
      reader: spaceRows.reader,
    });
  }

  /** Runs `work` with all that comes and goes meanwhile. */
  async function watch<T>(work: (meanwhile: Meanwhile) => Promise<T>): Promise<T> {
    const meanwhile: Meanwhile = { gone: new Set(), added: new Set() };
    watched.add(meanwhile);
    try {
      return await work(meanwhile);
    } finally {
      watched.delete(meanwhile);
    }
  }

  function addNow(seqs: readonly number[], vectors: Float32Array): void {
    index.add(seqs, vectors);
    for (const seq of seqs) tail.add(seq);
    for (const { added } of watched) for (const seq of seqs) added.add(seq);
  }

  function removeNow(seqs: readonly number[]): void {
    if (seqs.length === 0) return;
    removals = true;
    for (const { gone } of watched) for (const seq of seqs) gone.add(seq);
    for (const seq of seqs) tail.delete(seq);
    index.remove(seqs);
  }

  function takeTail(rows: readonly VectorRow[], gone: ReadonlySet<number>): void {
    const fresh = rows.flatMap(({ seq, vector }) => {
      const numbers = gone.has(seq) ? null : whenWhole(() => unpackVector(vector, dimensions));
      return numbers === null ? [] : [{ seq, numbers }];
    });
    const vectors = new Float32Array(fresh.length * dimensions);
    fresh.forEach(({ numbers }, at) => vectors.set(numbers, at * dimensions));
    addNow(
      fresh.map(({ seq }) => seq),
      vectors,
    );
  }

  /** One after the other: two that run at once would each take the other's segments for missing. */
  function refresh(anew: boolean): Promise<void> {
    const next = queue.then(() => watch((meanwhile) => load(anew, meanwhile)));
    queue = next.catch(() => undefined);
    return next;
  }

  /** Brings memory to what is stored; `anew`: from nothing. */
  async function load(anew: boolean, { gone, added }: Meanwhile): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const stored = await store.load(id);
      const inMemory =
        deps.createIndex !== undefined ||
        (await spaceRows.stayResident(stored.segments, heads.size === 0));
      const fresh = anew || inMemory !== resident;
      const read = await readRuns(
        store,
        stored.segments.filter((head) => fresh || !heads.has(head.id)),
        dimensions,
        inMemory ? null : spaceRows.reader,
      );
      if (read.lost.length > 0 && attempt < ATTEMPTS && (await moved(read.lost))) continue;
      if (closed) return;
      if (fresh) {
        index.close();
        index = createIndex();
        if (notes["recall"] !== undefined) index.tune(measured(notes));
      }
      resident = inMemory;
      const there = new Map(stored.segments.map((head) => [head.id, head]));
      const lost = new Set(read.lost);
      index.arrange({
        put: read.runs,
        drop: [...heads.keys()].filter((known) => !there.has(known)),
      });
      heads = new Map([...there].filter(([segment]) => !lost.has(segment)));
      // A vector that was made again stands in the tail, and an older one of the same key in a segment: the tail is newer.
      const placed = fresh ? null : new Set(read.runs.flatMap(({ sketch }) => [...sketch.keys]));
      takeTail(
        stored.tail.filter(
          ({ seq }) => placed === null || placed.has(seq) || !tail.has(seq) || !index.has(seq),
        ),
        gone,
      );
      const late = [...added].filter((seq) => !index.has(seq) && !gone.has(seq));
      if (late.length > 0) takeTail(await store.tail(id, late), gone);
      tail = new Set([...stored.tail.map(({ seq }) => seq), ...added]);
      for (const seq of gone) tail.delete(seq);
      index.remove([...stored.gone, ...gone]);
      removals ||= stored.gone.length > 0;
      if (spaceRows.hasCopy()) void spaceRows.copy();
      const broken = [...stored.damaged, ...read.lost];
      if (broken.length > 0) void repair(broken);
      return;
    }
  }

  /** Whether one of these segments is not there any more: then it is not damaged, the layout has changed. */
  async function moved(ids: readonly string[]): Promise<boolean> {
    const { segments } = await store.load(id);
    const there = new Set(segments.map((head) => head.id));
    return ids.some((segment) => !there.has(segment));
  }

  /** Never rejects: what cannot be repaired now is found again at the next opening. */
  async function repair(ids: readonly string[]): Promise<void> {
    const known = ids.filter((segment) => !repairing.has(segment));
    if (known.length === 0) return;
    for (const segment of known) repairing.add(segment);
    onProblem(
      new MemoryError(
        "engine/damaged",
        "A part of the vector index was damaged. Its vectors are made again from the memories.",
        { retryable: true, details: { segments: known.length } },
      ),
    );
    try {
      await maintenance.repair(known);
      await refresh(false);
    } catch (error) {
      onProblem(
        isMemoryError(error)
          ? error
          : new MemoryError("engine/damaged", "A damaged part of the vector index stays for now.", {
              cause: error,
              retryable: true,
            }),
      );
    }
  }

  function arrangeRewrites(rewrites: readonly Rewrite[]): void {
    const held = rewrites.filter(({ change }) => heads.has(change.drop));
    const put = held.flatMap(({ change, put: sealed }): StoredRun[] =>
      change.put === null || sealed === null
        ? []
        : [
            {
              id: change.put.id,
              sketch: sealed.sketch,
              rows: resident ? sealed.rows : null,
              dead: new Uint8Array(0),
            },
          ],
    );
    index.arrange({ put, drop: held.map(({ change }) => change.drop) });
    for (const { change } of held) {
      heads.delete(change.drop);
      if (change.put !== null) heads.set(change.put.id, headOf(change.put));
    }
  }

  /** What is worth doing now and then: signatures around the right mean, and recall measured on what is there now. */
  async function attend(): Promise<void> {
    const rows = index.size;
    if (deps.createIndex !== undefined || rows <= FULL_SCAN_ROWS) return;
    if (needsCentre(rows, notes["centred"] ?? 0)) {
      await maintenance.recentre();
      await refresh(false);
      await note({ centred: rows });
    }
    const last = notes["measured"] ?? 0;
    if (rows < last * MEASURE_AGAIN && rows * MEASURE_AGAIN > last) return;
    const measure = await index.measure(pause);
    if (measure === null || closed) return;
    index.tune(measure);
    await note({ ...measure, measured: rows });
  }

  async function note(more: Readonly<Record<string, number>>): Promise<void> {
    // A space that was dropped meanwhile would come back by its notes.
    if (closed) return;
    notes = { ...notes, ...more };
    await store.putSpace({ id, dimensions, notes });
  }
}

function measured(notes: Readonly<Record<string, number>>): RecallMeasure {
  return { rescored: notes["rescored"] ?? DEFAULT_RESCORED, recall: notes["recall"] ?? 0 };
}

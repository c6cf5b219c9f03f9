import type {
  Int8Rows,
  RowHits,
  ScanKernels,
  ScanPart,
  ScanSpace,
} from "../kernels/scan-kernels.ts";
import { checkKeys, checkVectors } from "./check-vectors.ts";
import type { KeyFilter } from "./key-filter.ts";
import { measureRecall, type RecallMeasure } from "./recall-guard.ts";
import type { RowReader, WantedRows } from "./row-reader.ts";
import { createRowRun, type RowRun } from "./row-run.ts";
import type { VectorHits, VectorIndex } from "./vector-index.ts";
import type { VectorSketch } from "./vector-segment.ts";
import { meanOf, widenRows } from "./widen-rows.ts";

/**
 * The index over packed rows: segments as they are stored, and rows that were added since. Up to `FULL_SCAN_ROWS` every int8 row is
 * compared; above, signatures choose candidates and their int8 rows decide. Where the int8 rows are not resident they are read for
 * the candidates alone.
 */
export interface FlatVectorIndex extends VectorIndex {
  /** Changes which stored segments it holds, at once: a search sees the state before or after. */
  arrange(change: Arrangement): void;
  has(key: number): boolean;
  /** Keys that are there, in rising order. */
  keys(): Float64Array;
  /** How many candidates signatures choose from now on, and what recall was measured with that. */
  tune(measure: RecallMeasure): void;
  /**
   * Measures what `tune` takes; `null` where there is too little to measure on, or rows came or went meanwhile. `pause` lets others
   * have their turn.
   */
  measure(pause: () => Promise<void>): Promise<RecallMeasure | null>;
}

export interface Arrangement {
  /** Replace rows of the same keys that were added since. */
  readonly put: readonly StoredRun[];
  /** Ids of segments that go. */
  readonly drop: readonly string[];
}

export interface StoredRun {
  readonly id: string;
  readonly sketch: VectorSketch;
  /** `null`: not resident. */
  readonly rows: Int8Rows | null;
  /** One bit a row, empty where all are alive. */
  readonly dead: Uint8Array;
}

export interface FlatVectorIndexDeps {
  readonly kernels: ScanKernels;
  readonly dimensions: number;
  /** Needed where segments come without their rows. Whoever gives it closes it. */
  readonly reader?: RowReader;
}

/** Up to so many rows, comparing all of them costs as little as choosing first. */
export const FULL_SCAN_ROWS = 20_000;
/** Rows of a block that rows are added to, and of a stored segment. */
export const SEGMENT_ROWS = 4_096;
/** Before anything was measured: enough for embedding-like data at a million rows. */
export const DEFAULT_RESCORED = 1_000;
/** Comparing a whole row costs as much as so many signatures. */
const ROW_COST = 8;
/** With a larger k, so many more candidates for each hit beyond `MEASURED_K`. */
const PER_HIT = 10;
export const MEASURED_K = 10;
const MOST_TIES = 4_096;

interface Hit {
  readonly key: number;
  readonly score: number;
}

/** What a search looks at. */
interface Selection {
  /** Resident rows with signatures, by the mean of these. */
  readonly signed: ReadonlyMap<Float32Array, readonly ScanPart[]>;
  /** Rows with signatures in memory and the rest elsewhere. */
  readonly remote: ReadonlyMap<Float32Array, readonly ScanPart[]>;
  /** Rows without signatures. */
  readonly plain: readonly ScanPart[];
  /** All resident ones, in order. */
  readonly resident: readonly ScanPart[];
  /** Whether comparing every resident row is the better way. */
  readonly inFull: boolean;
}

export function createFlatVectorIndex(deps: FlatVectorIndexDeps): FlatVectorIndex {
  const { kernels, dimensions, reader } = deps;
  const space: ScanSpace = kernels.createSpace(dimensions);
  /** In the order of their rows: stored segments by their first key, then what was added. */
  let runs: RowRun[] = [];
  let size = 0;
  /** Counts what moves rows to other numbers. */
  let layout = 0;
  let rescored = DEFAULT_RESCORED;
  let recall: number | undefined;

  const renumber = (): void => {
    layout += 1;
    let next = 0;
    for (const run of runs) {
      run.firstRow = next;
      next += run.block.capacity;
    }
  };

  const release = (leaves: (run: RowRun) => boolean): void => {
    if (!runs.some(leaves)) return;
    runs = runs.filter((run) => {
      if (!leaves(run)) return true;
      size -= run.live;
      run.block.release();
      return false;
    });
    renumber();
  };

  /** The bytes go too: what was forgotten does not stay in memory until the page closes. */
  const dropRow = (run: RowRun, row: number): void => {
    const { int8Stride, bitStride } = space.layout;
    run.block.write(row, {
      bits: new Uint8Array(bitStride),
      ...(run.resident
        ? { int8: { values: new Int8Array(int8Stride), scales: new Float32Array(1) } }
        : {}),
    });
    run.remove(row);
    size -= 1;
  };

  const dropKeys = (keys: Iterable<number>): void => {
    for (const key of keys)
      for (const run of runs) {
        const row = run.find(key);
        if (row < 0) continue;
        dropRow(run, row);
        break;
      }
  };

  const knownMean = (): Float32Array<ArrayBuffer> | null =>
    runs.find(({ mean }) => mean !== null)?.mean ?? null;

  /** A run of added rows that is full gets signatures, so that they are found as fast as stored ones. */
  const sign = (run: RowRun): void => {
    const { int8 } = run.block.read(0, run.count);
    if (int8 === undefined) return;
    const vectors = widenRows(int8, space.layout);
    const mean = knownMean() ?? meanOf(vectors, dimensions);
    run.block.write(0, { bits: space.quantizeBits(vectors, mean) });
    run.mean = mean;
  };

  const openRun = (): RowRun => {
    const last = runs.at(-1);
    if (last?.id === null && last.count < last.block.capacity) return last;
    if (last?.id === null && last.mean === null) sign(last);
    const run = createRowRun({
      id: null,
      block: space.createBlock(SEGMENT_ROWS, { int8: true, bits: true }),
      mean: null,
      resident: true,
      keys: new Float64Array(0),
      dead: new Uint8Array(0),
    });
    runs.push(run);
    renumber();
    return run;
  };

  const append = (keys: readonly number[], { values, scales }: Int8Rows): void => {
    const { int8Stride } = space.layout;
    for (let at = 0; at < keys.length;) {
      const run = openRun();
      const end = Math.min(keys.length, at + run.block.capacity - run.count);
      run.block.write(run.count, {
        int8: {
          values: values.subarray(at * int8Stride, end * int8Stride),
          scales: scales.subarray(at, end),
        },
      });
      run.append(keys.slice(at, end));
      size += end - at;
      at = end;
    }
  };

  const place = (stored: StoredRun): void => {
    const { id, sketch, rows, dead } = stored;
    const known = runs.find(({ mean }) => mean !== null && sameNumbers(mean, sketch.mean));
    const block = space.createBlock(sketch.keys.length, { int8: rows !== null, bits: true });
    block.write(0, { bits: sketch.bits, ...(rows === null ? {} : { int8: rows }) });
    const run = createRowRun({
      id,
      block,
      // One object for equal means, so that their segments are scanned as one.
      mean: known?.mean ?? sketch.mean,
      resident: rows !== null,
      keys: sketch.keys,
      dead,
    });
    for (const added of runs)
      if (added.id === null)
        for (let row = 0; row < added.count; row += 1)
          if (added.isLive(row) && run.find(added.keyAt(row)) >= 0) dropRow(added, row);
    runs.push(run);
    size += run.live;
  };

  const runAt = (row: number): RowRun => {
    let low = 0;
    let high = runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((runs[middle]?.firstRow ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    const run = runs[low];
    if (run === undefined) throw new RangeError("A hit outside of all rows.");
    return run;
  };

  const select = (filter: KeyFilter | undefined): Selection => {
    const signed = new Map<Float32Array, ScanPart[]>();
    const remote = new Map<Float32Array, ScanPart[]>();
    const plain: ScanPart[] = [];
    const resident: ScanPart[] = [];
    let passing = 0;
    let all = 0;
    for (const run of runs) {
      const chosen = run.part(filter);
      if (run.resident && run.mean !== null) all += run.live;
      if (chosen === null) continue;
      const { part, rows } = chosen;
      if (run.resident) resident.push(part);
      if (run.mean === null) plain.push(part);
      else {
        if (run.resident) passing += rows;
        const groups = run.resident ? signed : remote;
        const group = groups.get(run.mean);
        if (group === undefined) groups.set(run.mean, [part]);
        else group.push(part);
      }
    }
    const inFull = rescored === 0 || passing <= FULL_SCAN_ROWS || passing * ROW_COST <= all;
    return { signed, remote, plain, resident, inFull };
  };

  /** The kernels put equal scores in the order of rows, an index in that of keys: so the last ones may need others of their score. */
  const withTies = (k: number, scan: (most: number) => RowHits): Hit[] => {
    for (let most = k + 1; ; most *= 2) {
      const { rows, scores } = scan(most);
      const undecided = rows.length === most && scores[k - 1] === scores[most - 1];
      if (!undecided || most > MOST_TIES)
        return Array.from(rows, (row, at): Hit => {
          const run = runAt(row);
          return { key: run.keyAt(row - run.firstRow), score: scores[at] ?? 0 };
        });
    }
  };

  const scanResident = (query: Float32Array, selection: Selection, k: number): Hit[] => {
    const { resident, plain, signed, inFull } = selection;
    if (inFull)
      return resident.length === 0
        ? []
        : withTies(k, (most) => space.scanInt8(query, resident, most));
    const hits =
      plain.length === 0 ? [] : withTies(k, (most) => space.scanInt8(query, plain, most));
    const candidates = candidatesFor(rescored, k);
    for (const [mean, parts] of signed)
      hits.push(
        ...withTies(k, (most) =>
          space.scanBitsThenInt8(query, mean, parts, Math.max(candidates, most), most),
        ),
      );
    return hits;
  };

  const scanRemote = async (
    query: Float32Array,
    mean: Float32Array,
    parts: readonly ScanPart[],
    candidates: number,
  ): Promise<Hit[]> => {
    if (reader === undefined) throw new RangeError("Rows that are not resident, and no reader.");
    const found = space.scanBits(query, mean, parts, candidates);
    // By run and not by number: while rows are read others may come and go, and numbers change.
    const places: { readonly run: RowRun; readonly row: number }[] = [];
    const wanted: (WantedRows & { readonly rows: number[] })[] = [];
    let run: RowRun | undefined;
    for (const number of found) {
      if (run === undefined || number >= run.firstRow + run.count) {
        run = runAt(number);
        wanted.push({ id: run.id ?? "", rows: [] });
      }
      places.push({ run, row: number - run.firstRow });
      wanted.at(-1)?.rows.push(number - run.firstRow);
    }
    const values = await reader.read(wanted);
    const order = Uint32Array.from(found, (_, at) => at);
    const { rows, scores } = space.rescoreInt8Rows(query, order, values, found.length);
    const hits: Hit[] = [];
    rows.forEach((at, rank) => {
      const from = places[at];
      const known = (values.scales[at] ?? -1) >= 0;
      if (from === undefined || !known || !from.run.isLive(from.row)) return;
      hits.push({ key: from.run.keyAt(from.row), score: scores[rank] ?? 0 });
    });
    return hits;
  };

  return {
    kind: "flat",
    dimensions,
    get size() {
      return size;
    },
    add(keys, vectors) {
      checkKeys(keys);
      checkVectors(vectors, keys.length, dimensions);
      const last = new Map(keys.map((key, at) => [key, at]));
      const kept = last.size === keys.length ? vectors : pick(vectors, last.values(), dimensions);
      dropKeys(last.keys());
      append([...last.keys()], space.quantizeInt8(kept));
      release((run) => run.id === null && run.live === 0);
    },
    remove(keys) {
      dropKeys(keys);
      release((run) => run.id === null && run.live === 0);
    },
    arrange({ put, drop }) {
      const gone = new Set(drop);
      release((run) => run.id !== null && gone.has(run.id));
      for (const stored of put) place(stored);
      runs = runs.toSorted(
        (a, b) => Number(a.id === null) - Number(b.id === null) || a.keyAt(0) - b.keyAt(0),
      );
      release((run) => run.id === null && run.live === 0);
      renumber();
    },
    async search(query, k, filter): Promise<VectorHits> {
      checkVectors(query, 1, dimensions);
      const most = Math.floor(Math.min(k, size));
      if (!(most >= 1)) return { keys: [], scores: [] };
      const selection = select(filter);
      const hits = scanResident(query, selection, most);
      for (const [mean, parts] of selection.remote)
        hits.push(
          ...(await scanRemote(query, mean, parts, candidatesFor(atLeastSome(rescored), most))),
        );
      const chosen = hits.toSorted((a, b) => b.score - a.score || a.key - b.key).slice(0, most);
      return { keys: chosen.map(({ key }) => key), scores: chosen.map(({ score }) => score) };
    },
    has: (key) => runs.some((run) => run.find(key) >= 0),
    keys() {
      const keys = new Float64Array(size);
      let at = 0;
      for (const run of runs)
        for (let row = 0; row < run.count; row += 1)
          if (run.isLive(row)) {
            keys[at] = run.keyAt(row);
            at += 1;
          }
      return keys.toSorted();
    },
    tune(measure) {
      rescored = measure.rescored;
      recall = measure.recall;
    },
    async measure(pause) {
      const started = layout;
      try {
        const measure = await measureRecall({
          space,
          runs: runs.filter(({ mean, live }) => mean !== null && live > 0),
          ...(reader === undefined ? {} : { reader }),
          pause,
        });
        return layout === started ? measure : null;
      } catch (error) {
        // Blocks that were released while it measured say so when they are used.
        if (layout !== started) return null;
        throw error;
      }
    },
    stats() {
      const signed = runs.filter(({ mean }) => mean !== null);
      const onDemand = signed.some(({ resident }) => !resident);
      const few = signed.reduce((sum, { live }) => sum + live, 0) <= FULL_SCAN_ROWS;
      const inFull = !onDemand && (few || rescored === 0);
      return {
        kind: "flat",
        rows: size,
        residentBytes:
          space.reservedBytes +
          runs.reduce((sum, { bytes }) => sum + bytes, 0) +
          (reader?.residentBytes ?? 0),
        kernel: kernels.kind,
        tier: onDemand ? "on-demand" : inFull ? "full" : "prefiltered",
        rescored: inFull ? 0 : atLeastSome(rescored),
        ...(recall === undefined ? {} : { recallEstimate: recall }),
      };
    },
    close() {
      release(() => true);
    },
  };
}

/** Rows that are not resident cannot all be read for one query. */
function atLeastSome(rescored: number): number {
  return rescored === 0 ? DEFAULT_RESCORED : rescored;
}

function candidatesFor(rescored: number, k: number): number {
  return rescored + Math.max(0, k - MEASURED_K) * PER_HIT;
}

function sameNumbers(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

function pick(
  vectors: Float32Array,
  rows: Iterable<number>,
  dimensions: number,
): Float32Array<ArrayBuffer> {
  const chosen = [...rows];
  const picked = new Float32Array(chosen.length * dimensions);
  chosen.forEach((row, at) =>
    picked.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions),
  );
  return picked;
}

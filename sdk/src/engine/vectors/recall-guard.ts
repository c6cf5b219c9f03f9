import type { ScanPart, ScanSpace } from "../kernels/scan-kernels.ts";
import { widenRows } from "./widen-rows.ts";
import type { RowReader } from "./row-reader.ts";
import type { RowRun } from "./row-run.ts";

/** How many candidates signatures must choose, measured on the rows themselves. */
export interface RecallMeasure {
  /** The smallest of `SIZES` that reaches the goal; 0 where none does, and comparing every row is the better way. */
  readonly rescored: number;
  /** Recall@10 with that, 0..1. */
  readonly recall: number;
}

const SIZES = [200, 400, 1_000, 4_000] as const;
const QUERIES = 32;
const K = 10;
const GOAL = 0.99;

export interface RecallGuardDeps {
  readonly space: ScanSpace;
  /** All with signatures. They must not change while it measures; one that does gives a measure that is a little off. */
  readonly runs: readonly RowRun[];
  readonly reader?: RowReader;
  /** Lets everything else that waits have its turn. */
  readonly pause: () => Promise<void>;
}

/**
 * Takes stored rows as queries (each one itself left out) and compares what signatures with the rows they choose find with what
 * comparing every row finds. Recall of signatures depends on the data, so a figure of another data set says nothing here. A row that
 * scores as well as the last of the right ones counts as right: which of equals comes first is chance.
 */
export async function measureRecall(deps: RecallGuardDeps): Promise<RecallMeasure | null> {
  const { space, runs, reader, pause } = deps;
  const samples = await sampleRows(deps);
  if (samples.length === 0) return null;
  const queries = samples.map(({ vector }) => vector);
  const bars = await barsOf(deps, queries);
  const found = SIZES.map(() => 0);
  let wanted = 0;
  for (const [at, query] of queries.entries()) {
    const bar = bars[at] ?? [];
    wanted += bar.length;
    const worst = (bar.at(-1) ?? Infinity) - 1e-9;
    for (const [place, size] of SIZES.entries()) {
      const scores = await scoresWithin(query, size);
      // One is the query itself.
      const right = Math.max(0, scores.filter((score) => score >= worst).length - 1);
      found[place] = (found[place] ?? 0) + Math.min(bar.length, right);
    }
    await pause();
  }
  const recalls = found.map((count) => (wanted === 0 ? 1 : count / wanted));
  const good = recalls.findIndex((recall) => recall >= GOAL);
  if (good >= 0) return { rescored: SIZES[good] ?? 0, recall: recalls[good] ?? 0 };
  // Rows that are not resident cannot all be read for one query: the most that is measured is the best there is.
  const remote = runs.some(({ resident }) => !resident);
  return remote
    ? { rescored: SIZES.at(-1) ?? 0, recall: recalls.at(-1) ?? 0 }
    : { rescored: 0, recall: 1 };

  async function scoresWithin(query: Float32Array, size: number): Promise<readonly number[]> {
    const scores: number[] = [];
    for (const [mean, group] of byMean(runs)) {
      const parts = partsOf(group);
      if (group.every(({ resident }) => resident))
        scores.push(...space.scanBitsThenInt8(query, mean, parts, size, K + 1).scores);
      else scores.push(...(await remoteScores(query, mean, group, parts, size)));
    }
    return scores.toSorted((a, b) => b - a).slice(0, K + 1);
  }

  async function remoteScores(
    query: Float32Array,
    mean: Float32Array,
    group: readonly RowRun[],
    parts: readonly ScanPart[],
    size: number,
  ): Promise<readonly number[]> {
    const chosen = space.scanBits(query, mean, parts, size);
    const values = await reader?.read(
      group.map((run) => ({
        id: run.id ?? "",
        rows: Array.from(
          chosen.filter((row) => row >= run.firstRow && row < run.firstRow + run.count),
          (row) => row - run.firstRow,
        ),
      })),
    );
    if (values === undefined) return [];
    const order = Uint32Array.from(values.scales, (_, at) => at);
    return [...space.rescoreInt8Rows(query, order, values, K + 1).scores];
  }
}

/** The scores of the best rows by comparing every one, falling, without the query's own. */
async function barsOf(
  { space, runs, reader, pause }: RecallGuardDeps,
  queries: readonly Float32Array[],
): Promise<readonly (readonly number[])[]> {
  const best: number[][] = queries.map(() => []);
  const offer = (at: number, scores: Iterable<number>): void => {
    best[at] = [...(best[at] ?? []), ...scores].toSorted((a, b) => b - a).slice(0, K + 1);
  };
  for (const run of runs) {
    if (run.resident) {
      const part = run.part(undefined);
      if (part !== null)
        for (const [at, query] of queries.entries())
          offer(at, space.scanInt8(query, [part.part], K + 1).scores);
    } else {
      const rows = liveRows(run);
      const values = await reader?.read([{ id: run.id ?? "", rows }]);
      const order = Uint32Array.from(rows, (_, at) => at);
      if (values !== undefined)
        for (const [at, query] of queries.entries())
          offer(at, space.rescoreInt8Rows(query, order, values, K + 1).scores);
    }
    await pause();
  }
  return best.map((scores) => scores.slice(1));
}

/** Spread evenly over all rows, so that every time and topic has its say. */
async function sampleRows({
  space,
  runs,
  reader,
}: RecallGuardDeps): Promise<readonly { readonly vector: Float32Array }[]> {
  const total = runs.reduce((sum, { live }) => sum + live, 0);
  if (total <= K) return [];
  const samples: { readonly vector: Float32Array }[] = [];
  let before = 0;
  let next = 0.5;
  for (const run of runs) {
    const rows = liveRows(run);
    const step = total / QUERIES;
    const chosen: number[] = [];
    for (; next * step < before + rows.length && next < QUERIES; next += 1)
      chosen.push(rows[Math.floor(next * step - before)] ?? 0);
    before += rows.length;
    for (const row of chosen) {
      const values = run.resident
        ? run.block.read(row, row + 1).int8
        : await reader?.read([{ id: run.id ?? "", rows: [row] }]);
      if (values !== undefined && (values.scales[0] ?? -1) > 0)
        samples.push({ vector: widenRows(values, space.layout) });
    }
  }
  return samples;
}

function liveRows(run: RowRun): number[] {
  const rows: number[] = [];
  for (let row = 0; row < run.count; row += 1) if (run.isLive(row)) rows.push(row);
  return rows;
}

function byMean(runs: readonly RowRun[]): ReadonlyMap<Float32Array, readonly RowRun[]> {
  const groups = new Map<Float32Array, RowRun[]>();
  for (const run of runs) {
    if (run.mean === null) continue;
    const group = groups.get(run.mean);
    if (group === undefined) groups.set(run.mean, [run]);
    else group.push(run);
  }
  return groups;
}

function partsOf(runs: readonly RowRun[]): readonly ScanPart[] {
  return runs.flatMap((run) => {
    const part = run.part(undefined);
    return part === null ? [] : [part.part];
  });
}

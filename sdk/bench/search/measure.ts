import { median, quantile } from "../statistics.ts";
import { CONTESTANTS, type Contestant } from "./contestants.ts";
import { createVectorSource } from "./generate.ts";
import type {
  BenchProgress,
  DataKind,
  EngineName,
  EngineOutcome,
  Reference,
  SearchBenchOptions,
} from "./messages.ts";

export interface MeasureHost {
  readonly progress: (progress: BenchProgress) => void;
  readonly outcome: (outcome: EngineOutcome) => void;
  readonly reference: (reference: Reference) => void;
  /** Memory of the whole page, where the host can tell. */
  readonly residentBytes: () => Promise<number | null>;
}

const K = 10;
const ROUNDS = 5;
/** Rows that are made, kept and handed over at once. */
const BLOCK_ROWS = 16_384;
const PIECE_ROWS = 1_024;
/** A sample lasts at least this many ticks of the clock; a shorter search is repeated within it. */
const LEAST_TICKS = 40;
const MOST_REPEATS = 64;
const FLAT: ReadonlySet<EngineName> = new Set(["flat.int8", "flat.1bit"]);

/**
 * The engines side by side, in one thread, on the same bytes. Every round asks each engine its share of the queries, one engine after
 * the other, so that what else the machine does meets all of them. The plain loop's answers are the reference for recall.
 */
export async function measureAll(options: SearchBenchOptions, host: MeasureHost): Promise<number> {
  const timerMs = clockTick();
  const jobs = options.sizes.flatMap((size) =>
    jobsOf(size, options).map((job) => ({ ...job, cost: size * (job.kind === "lr" ? 2 : 1) })),
  );
  const whole = jobs.reduce((sum, { cost }) => sum + cost, 0);
  let done = 0;
  for (const { size, kind, engines, cost } of jobs) {
    await measureOne({
      size,
      kind,
      engines,
      options,
      timerMs,
      host: {
        ...host,
        progress: (progress) =>
          host.progress({ ...progress, share: (done + progress.share * cost) / whole }),
      },
    });
    done += cost;
  }
  return timerMs;
}

interface Job {
  readonly size: number;
  readonly kind: DataKind;
  readonly engines: readonly EngineName[];
}

function jobsOf(size: number, { engines, isotropic }: SearchBenchOptions): readonly Job[] {
  const all: readonly EngineName[] = ["js", ...(engines[size] ?? [])];
  const flat = all.filter((engine) => FLAT.has(engine));
  return [
    { size, kind: "lr", engines: all },
    ...(isotropic && flat.length > 0
      ? [{ size, kind: "iso" as const, engines: ["js" as const, ...flat] }]
      : []),
  ];
}

interface Running {
  readonly engine: EngineName;
  readonly contestant: Contestant;
  readonly buildMs: number;
  readonly grownBytes: number | null;
  readonly times: number[][];
  readonly answers: Map<number, readonly number[]>;
  repeats: number;
}

async function measureOne({
  size,
  kind,
  engines,
  options,
  timerMs,
  host,
}: Job & {
  readonly options: SearchBenchOptions;
  readonly timerMs: number;
  readonly host: MeasureHost;
}): Promise<void> {
  const { dimensions } = options;
  const tell = (step: BenchProgress["step"], engine: EngineName | null, share: number): void =>
    host.progress({ size, kind, step, engine, share });
  const blocks = makeBlocks(size, kind, dimensions, (share) => tell("generate", null, share * 0.2));
  const queries = makeQueries(queriesAt(size), kind, dimensions);

  const running: Running[] = [];
  const leave = (engine: EngineName, reason: string): void =>
    host.outcome({ state: "not-run", engine, size, kind, reason });
  for (const [place, engine] of engines.entries()) {
    const shareAt = (part: number): number => 0.2 + (0.4 * (place + part)) / engines.length;
    try {
      running.push(
        await build(engine, blocks, size, options, host, (part) =>
          tell("build", engine, shareAt(part)),
        ),
      );
    } catch (error) {
      leave(engine, reasonOf(error));
    }
  }

  const broken = new Set<Running>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [place, entry] of running.entries()) {
      if (broken.has(entry)) continue;
      tell("search", entry.engine, 0.6 + (0.4 * (round + place / running.length)) / ROUNDS);
      try {
        await ask(entry, queries, round, timerMs);
      } catch (error) {
        broken.add(entry);
        leave(entry.engine, reasonOf(error));
      }
    }
  }
  const plain = running.find(({ engine }) => engine === "js");
  if (kind === "lr" && plain !== undefined)
    host.reference({ size, answers: queries.map((_, at) => plain.answers.get(at) ?? []) });
  for (const entry of running) {
    if (!broken.has(entry)) host.outcome(figuresOf(entry, plain ?? entry, size, kind));
    entry.contestant.close();
  }
}

function makeBlocks(
  size: number,
  kind: DataKind,
  dimensions: number,
  tell: (share: number) => void,
): readonly Float32Array<ArrayBuffer>[] {
  const source = createVectorSource(kind, dimensions, "rows");
  const blocks: Float32Array<ArrayBuffer>[] = [];
  for (let at = 0; at < size; at += BLOCK_ROWS) {
    tell(at / size);
    blocks.push(source.next(Math.min(BLOCK_ROWS, size - at)));
  }
  return blocks;
}

function makeQueries(count: number, kind: DataKind, dimensions: number): readonly Float32Array[] {
  const source = createVectorSource(kind, dimensions, "queries");
  return Array.from({ length: count }, () => source.next(1));
}

/** Enough for a recall in steps of a thousandth or two; fewer where the plain loop takes a second for each. */
function queriesAt(size: number): number {
  if (size <= 10_000) return 200;
  return size <= 200_000 ? 100 : 60;
}

async function build(
  engine: EngineName,
  blocks: readonly Float32Array<ArrayBuffer>[],
  rows: number,
  { dimensions, buildLimitMs }: SearchBenchOptions,
  host: MeasureHost,
  tell: (part: number) => void,
): Promise<Running> {
  const before = await host.residentBytes();
  const started = performance.now();
  const contestant = await CONTESTANTS[engine]({ dimensions, rows, blocks });
  let added = 0;
  for (const block of blocks) {
    for (let at = 0; at < block.length; at += PIECE_ROWS * dimensions) {
      tell(added / rows);
      const piece = block.subarray(at, at + PIECE_ROWS * dimensions);
      await contestant.add(added, piece);
      added += piece.length / dimensions;
      const elapsed = performance.now() - started;
      const expected = (elapsed / added) * rows;
      if (elapsed > buildLimitMs || (elapsed > buildLimitMs / 10 && expected > buildLimitMs * 2))
        throw new Error(
          `its index would take about ${Math.round(expected / 1000)} s to build; the limit is ${Math.round(buildLimitMs / 1000)} s`,
        );
    }
  }
  await contestant.finish();
  const buildMs = performance.now() - started;
  const after = await host.residentBytes();
  return {
    engine,
    contestant,
    buildMs,
    grownBytes: before === null || after === null ? null : Math.max(0, after - before),
    times: [],
    answers: new Map(),
    repeats: 0,
  };
}

/** One round of one engine: every fifth query. */
async function ask(
  entry: Running,
  queries: readonly Float32Array[],
  round: number,
  timerMs: number,
): Promise<void> {
  const { contestant, answers } = entry;
  if (entry.repeats === 0) entry.repeats = await warmUp(contestant, queries, timerMs);
  const times: number[] = [];
  for (let at = round; at < queries.length; at += ROUNDS) {
    const query = queries[at]!;
    let found: readonly number[] = [];
    const started = performance.now();
    for (let repeat = 0; repeat < entry.repeats; repeat += 1)
      found = await contestant.search(query, K);
    times.push((performance.now() - started) / entry.repeats);
    answers.set(at, found);
  }
  entry.times.push(times);
}

/** Lets the browser compile what it is going to run, and tells how often a search has to be repeated to be timed. */
async function warmUp(
  contestant: Contestant,
  queries: readonly Float32Array[],
  timerMs: number,
): Promise<number> {
  const started = performance.now();
  let asked = 0;
  while (asked < 3 || (asked < queries.length && performance.now() - started < 300)) {
    await contestant.search(queries[asked % queries.length]!, K);
    asked += 1;
  }
  const half = performance.now();
  await contestant.search(queries[0]!, K);
  const one = Math.max(timerMs, performance.now() - half);
  return Math.min(MOST_REPEATS, Math.ceil((LEAST_TICKS * timerMs) / one));
}

function figuresOf(entry: Running, plain: Running, size: number, kind: DataKind): EngineOutcome {
  const rounds = entry.times.map(median);
  const found = [...entry.answers].map(([at, rows]) => {
    const right = new Set(plain.answers.get(at));
    return rows.filter((row) => right.has(row)).length / Math.max(1, right.size);
  });
  return {
    state: "measured",
    engine: entry.engine,
    size,
    kind,
    buildMs: entry.buildMs,
    p50Ms: median(rounds),
    p95Ms: quantile(entry.times.flat(), 0.95),
    leastMs: Math.min(...entry.times.flat()),
    timesPlain: median(rounds.map((time, round) => median(plain.times[round] ?? []) / time)),
    rounds,
    recallAt10: found.reduce((sum, share) => sum + share, 0) / Math.max(1, found.length),
    heldBytes: entry.contestant.heldBytes(),
    grownBytes: entry.grownBytes,
    notes: entry.contestant.notes(),
  };
}

/** The smallest step of `performance.now()`: 5 microseconds in an isolated page, 100 in others. */
function clockTick(): number {
  let least = Infinity;
  for (let sample = 0; sample < 20; sample += 1) {
    const started = performance.now();
    let now = started;
    while (now === started) now = performance.now();
    least = Math.min(least, now - started);
  }
  return least;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

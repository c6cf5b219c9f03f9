/** What the page (of the bench or of the demo) and the bench's worker say to each other. */

/** `lr`: like embeddings of sentences. `iso`: the worst case for quantised rows. `generate.ts` says what they are. */
export type DataKind = "lr" | "iso";

export type EngineName = "js" | "flat.int8" | "flat.1bit" | "voy" | "orama" | "hnswlib";

export interface SearchBenchOptions {
  readonly sizes: readonly number[];
  readonly dimensions: number;
  /** Engines that take part at each size; the plain loop (`js`) is always one, as it gives the reference. */
  readonly engines: Readonly<Record<number, readonly EngineName[]>>;
  /** Also asks the flat paths on isotropic rows, for their recall. */
  readonly isotropic: boolean;
  /** An engine whose index takes longer to build is left out, and that is said. */
  readonly buildLimitMs: number;
  /** Whether the page measures memory: the worker then waits for its answer before and after each build. */
  readonly marks: boolean;
}

export type ToBenchWorker =
  | { readonly type: "run"; readonly options: SearchBenchOptions }
  | { readonly type: "marked"; readonly residentBytes: number | null };

export type FromBenchWorker =
  | { readonly type: "progress"; readonly progress: BenchProgress }
  | { readonly type: "mark" }
  | { readonly type: "outcome"; readonly outcome: EngineOutcome }
  | { readonly type: "reference"; readonly reference: Reference }
  | { readonly type: "done"; readonly timerMs: number }
  | { readonly type: "failed"; readonly message: string };

/** The right answers on embedding-like rows: the rows that the plain loop found for each query. */
export interface Reference {
  readonly size: number;
  readonly answers: readonly (readonly number[])[];
}

export interface BenchProgress {
  readonly size: number;
  readonly kind: DataKind;
  readonly step: "generate" | "build" | "search";
  readonly engine: EngineName | null;
  /** Of the whole run, 0..1. Never falls. */
  readonly share: number;
}

/** How one engine did at one size on one kind of rows. */
export type EngineOutcome = EngineFigures | EngineNotRun;

interface OutcomeOf {
  readonly engine: EngineName;
  readonly size: number;
  readonly kind: DataKind;
}

export interface EngineFigures extends OutcomeOf {
  readonly state: "measured";
  readonly buildMs: number;
  /** Median of the rounds' medians. */
  readonly p50Ms: number;
  /** Over all queries of all rounds. */
  readonly p95Ms: number;
  /** The quickest: what a busy machine disturbs least. */
  readonly leastMs: number;
  /** How often the plain loop's time holds this engine's: the median over the rounds. */
  readonly timesPlain: number;
  readonly rounds: readonly number[];
  readonly recallAt10: number;
  /** What the engine says it holds in memory, in bytes; null where it does not say. */
  readonly heldBytes: number | null;
  /** Growth of the whole page's memory while the index was built; null where the page cannot tell. */
  readonly grownBytes: number | null;
  /** What else the engine tells of itself. */
  readonly notes: Readonly<Record<string, string | number>>;
}

export interface EngineNotRun extends OutcomeOf {
  readonly state: "not-run";
  readonly reason: string;
}

/** Rows beyond which an engine takes part only when everything was asked for: what its index costs there is known and told. */
const MOST_ROWS: Readonly<Record<Exclude<EngineName, "js">, number>> = {
  "flat.int8": Number.POSITIVE_INFINITY,
  "flat.1bit": Number.POSITIVE_INFINITY,
  voy: 100_000,
  orama: 100_000,
  hnswlib: 10_000,
};

/** Those that are left out at a size, and why. */
export function leftOutAt(size: number, full: boolean): readonly EngineNotRun[] {
  const there = new Set(enginesAt(size, full));
  return Object.entries(MOST_ROWS).flatMap(([name, most]) => {
    const engine = name as EngineName;
    const reason = `above ${most.toLocaleString("en")} rows it takes part in full runs only`;
    return there.has(engine) ? [] : [{ state: "not-run", engine, size, kind: "lr", reason }];
  });
}

export function enginesAt(size: number, full: boolean): readonly EngineName[] {
  return Object.entries(MOST_ROWS)
    .filter(([, most]) => full || size <= most)
    .map(([engine]) => engine as EngineName);
}

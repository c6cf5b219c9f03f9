import { signal, type ReadonlySignal } from "@preact/signals";
import {
  enginesAt,
  leftOutAt,
  type BenchProgress,
  type EngineOutcome,
  type FromBenchWorker,
  type SearchBenchOptions,
  type ToBenchWorker,
} from "../../../sdk/bench/search/messages.ts";
import type { Notices } from "./notices.ts";

export type BenchState =
  | { readonly step: "idle" }
  | { readonly step: "running"; readonly size: number; readonly progress: BenchProgress | null }
  | {
      readonly step: "done" | "stopped";
      readonly size: number;
      readonly outcomes: readonly EngineOutcome[];
    }
  | { readonly step: "failed"; readonly size: number; readonly problem: string };

/** The engines side by side in this browser, in a worker of their own. The vault has no part in it. */
export interface SearchBench {
  readonly state: ReadonlySignal<BenchState>;
  start(size: number): void;
  cancel(): void;
}

export const BENCH_SIZES = [1_000, 10_000, 50_000] as const;

/** hnswlib-wasm makes it for saved graphs as soon as it is loaded. Nothing is to be left behind. */
const LEFT_DATABASE = "/hnswlib-index";
const DIMENSIONS = 384;
/** Nobody waits for five minutes on a page, as the command does. */
const BUILD_LIMIT_MS = 60_000;

export function createSearchBench(
  notices: Notices,
  indexedDB: IDBFactory,
  createWorker: () => Worker,
): SearchBench {
  const state = signal<BenchState>({ step: "idle" });
  let running: Worker | null = null;
  let outcomes: readonly EngineOutcome[] = [];

  const end = (next: BenchState, said: string): void => {
    running?.terminate();
    running = null;
    indexedDB.deleteDatabase(LEFT_DATABASE);
    state.value = next;
    notices.announce(said);
  };

  const hear = (size: number, message: FromBenchWorker): void => {
    switch (message.type) {
      case "progress":
        state.value = { step: "running", size, progress: message.progress };
        break;
      case "outcome":
        outcomes = [...outcomes, message.outcome];
        break;
      case "done":
        end({ step: "done", size, outcomes }, "The benchmark is done.");
        break;
      case "failed":
        end({ step: "failed", size, problem: message.message }, "The benchmark failed.");
        break;
      case "reference":
      case "mark":
      default:
        break;
    }
  };

  return {
    state,
    start(size) {
      running?.terminate();
      outcomes = leftOutAt(size, false);
      state.value = { step: "running", size, progress: null };
      const worker = createWorker();
      running = worker;
      worker.addEventListener("message", ({ data }: MessageEvent<FromBenchWorker>) =>
        hear(size, data),
      );
      worker.addEventListener("error", ({ message }) =>
        hear(size, { type: "failed", message: message || "Its worker could not be started." }),
      );
      const options: SearchBenchOptions = {
        sizes: [size],
        dimensions: DIMENSIONS,
        engines: { [size]: enginesAt(size, false) },
        isotropic: false,
        buildLimitMs: BUILD_LIMIT_MS,
        marks: false,
      };
      worker.postMessage({ type: "run", options } satisfies ToBenchWorker);
    },
    cancel() {
      if (state.value.step === "running")
        end({ step: "stopped", size: state.value.size, outcomes }, "The benchmark was stopped.");
    },
  };
}

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { BenchResult } from "../components/bench-result.tsx";
import { Segmented } from "../components/choice.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { formatNumber } from "../components/words.ts";
import { useApp } from "../state/app-state.ts";
import { BENCH_SIZES, type BenchState } from "../state/search-bench.ts";

/** Vector search, Alcove's engine beside others, on the visitor's own machine. */
export function BenchmarkScreen(): JSX.Element {
  const { bench } = useApp();
  const size = useSignal<number>(BENCH_SIZES[0]);
  const state = bench.state.value;
  const running = state.step === "running";
  return (
    <div class="screen">
      <ScreenHead
        title="Benchmark"
        text="How fast this browser finds the nearest vectors, with Alcove’s engine and with others."
      />
      <section class="block">
        <h2>Engines side by side</h2>
        <p>
          Every engine gets the same made-up vectors, shaped like embeddings of sentences, and all
          run in one worker. They take turns in five rounds, so that whatever else this machine does
          meets all of them. Recall compares each answer with a loop that looks at every vector.
          Your memories have no part in it, and nothing is sent or kept.
        </p>
        <div class="row">
          <Segmented
            label="Vectors"
            value={String(size.value)}
            options={BENCH_SIZES.map((value) => ({
              value: String(value),
              label: formatNumber(value),
            }))}
            onChange={(value) => (size.value = Number(value))}
          />
          <button
            type="button"
            class={running ? "button" : "button button-primary"}
            onClick={() => (running ? bench.cancel() : bench.start(size.value))}
          >
            {running ? "Cancel" : "Run"}
          </button>
        </div>
        <BenchOutput state={state} />
      </section>
    </div>
  );
}

function BenchOutput({ state }: { readonly state: BenchState }): JSX.Element | null {
  switch (state.step) {
    case "idle":
      return (
        <p class="muted small">
          1,000 vectors take a few seconds, 50,000 up to some minutes and about 1 GB of memory.
        </p>
      );
    case "running":
      return <BenchRunning size={state.size} progress={state.progress} />;
    case "failed":
      return <p class="problem-line">{state.problem}</p>;
    case "stopped":
      return <p class="muted">Stopped. Nothing was kept.</p>;
    case "done":
    default:
      return <BenchResult size={state.size} outcomes={state.outcomes} />;
  }
}

const STEPS = {
  generate: "Making vectors",
  build: "Building the index of",
  search: "Searching with",
} as const;

function BenchRunning({
  size,
  progress,
}: Omit<Extract<BenchState, { step: "running" }>, "step">): JSX.Element {
  const share = progress?.share ?? 0;
  const name = `Benchmark of ${formatNumber(size)} vectors`;
  return (
    <div class="panel">
      <p>{name}</p>
      <progress aria-label={name} max={1} value={share}>
        {Math.round(share * 100)} %
      </progress>
      <p class="muted">
        {progress === null
          ? "Starting"
          : `${STEPS[progress.step]}${progress.engine === null ? "" : ` ${progress.engine}`}`}
      </p>
    </div>
  );
}

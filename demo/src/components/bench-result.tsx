import type { JSX } from "preact";
import type {
  EngineFigures,
  EngineName,
  EngineOutcome,
} from "../../../sdk/bench/search/messages.ts";
import { formatBytes, formatNumber } from "./words.ts";

const ENGINES: Readonly<Record<EngineName, string>> = {
  "flat.int8": "Alcove, every row",
  "flat.1bit": "Alcove, signatures first",
  js: "Plain JavaScript loop",
  voy: "voy-search",
  orama: "Orama",
  hnswlib: "hnswlib-wasm",
};

/** What was measured: a drawing to see, and a table that says the same and more. */
export function BenchResult(props: {
  readonly size: number;
  readonly outcomes: readonly EngineOutcome[];
}): JSX.Element {
  const measured = props.outcomes
    .filter((outcome) => outcome.state === "measured")
    .toSorted((a, b) => a.p50Ms - b.p50Ms);
  const left = props.outcomes.filter((outcome) => outcome.state === "not-run");
  return (
    <>
      <BenchChart figures={measured} />
      <div class="table-wide" tabIndex={0} role="region" aria-label="Figures of every engine">
        <table>
          <caption>{formatNumber(props.size)} vectors of 384 dimensions, the nearest 10</caption>
          <thead>
            <tr>
              <th scope="col">Engine</th>
              <th scope="col">A search</th>
              <th scope="col">19 of 20 within</th>
              <th scope="col">Against the loop</th>
              <th scope="col">Recall</th>
              <th scope="col">Building</th>
              <th scope="col">Holds</th>
            </tr>
          </thead>
          <tbody>
            {measured.map((figures) => (
              <tr key={figures.engine}>
                <th scope="row">{ENGINES[figures.engine]}</th>
                <td class="figure">{formatFine(figures.p50Ms)}</td>
                <td class="figure">{formatFine(figures.p95Ms)}</td>
                <td class="figure">{comparison(figures)}</td>
                <td class="figure">{(figures.recallAt10 * 100).toFixed(1)} %</td>
                <td class="figure">{formatFine(figures.buildMs)}</td>
                <td class="figure">
                  {figures.heldBytes === null ? "not told" : formatBytes(figures.heldBytes)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left.length > 0 && (
        <ul class="muted small">
          {left.map(({ engine, reason }) => (
            <li key={engine}>
              {ENGINES[engine]} did not run: {reason}.
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Bars on a scale where each line is ten times the one before. */
function BenchChart({ figures }: { readonly figures: readonly EngineFigures[] }): JSX.Element {
  const low = Math.floor(Math.log10(Math.min(...figures.map(({ p50Ms }) => p50Ms)))) - 0.001;
  const high = Math.ceil(Math.log10(Math.max(...figures.map(({ p50Ms }) => p50Ms))));
  const place = (ms: number): number => (Math.log10(ms) - low) / Math.max(1, high - low);
  const lines = Array.from({ length: high - Math.ceil(low) + 1 }, (_, at) => Math.ceil(low) + at);
  return (
    <figure class="bench-chart" aria-hidden="true">
      <figcaption>
        Time of one search, shorter is better; each line is ten times the last
      </figcaption>
      <ul class="bench-bars">
        {figures.map(({ engine, p50Ms }) => (
          <li key={engine} data-own={engine.startsWith("flat")}>
            <span class="bench-name">{ENGINES[engine]}</span>
            <span class="bench-track">
              {lines.map((line) => (
                <span class="bench-line" key={line} style={{ left: percent(place(10 ** line)) }} />
              ))}
              <span class="bench-fill" style={{ width: percent(Math.max(0.01, place(p50Ms))) }} />
            </span>
            <span class="bench-time">{formatFine(p50Ms)}</span>
          </li>
        ))}
      </ul>
      <div class="bench-scale">
        {lines.map((line) => (
          <span key={line} style={{ left: percent(place(10 ** line)) }}>
            {formatFine(10 ** line)}
          </span>
        ))}
      </div>
    </figure>
  );
}

function comparison({ engine, timesPlain }: EngineFigures): string {
  if (engine === "js") return "the measure";
  return timesPlain >= 1
    ? `${formatTimes(timesPlain)} times as fast`
    : `${formatTimes(1 / timesPlain)} times slower`;
}

function formatTimes(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1);
}

/** From microseconds to seconds, with two figures that count. */
function formatFine(ms: number): string {
  if (ms >= 1_000) return `${Number((ms / 1_000).toPrecision(2))} s`;
  return ms >= 1 ? `${Number(ms.toPrecision(2))} ms` : `${Number((ms * 1_000).toPrecision(2))} µs`;
}

function percent(share: number): string {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
}

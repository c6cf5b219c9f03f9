import type { ColdFigures } from "./cold.ts";
import type { EngineFigures, EngineOutcome } from "./messages.ts";

/** A figure that DESIGN asks for. */
export interface Bar {
  readonly name: string;
  readonly asked: string;
  readonly within: boolean;
}

const COLUMNS = [
  "p50 ms",
  "p95 ms",
  "least ms",
  "x js",
  "recall@10",
  "build ms",
  "held MB",
  "grown MB",
];

/** Every figure by its name: `flat.int8.100000.p50_ms`; figures of isotropic rows have `iso` behind the size. */
export function resultsOf(
  outcomes: readonly EngineOutcome[],
  cold: readonly ColdFigures[],
): Readonly<Record<string, number>> {
  const results: Record<string, number> = {};
  for (const outcome of outcomes) {
    if (outcome.state !== "measured") continue;
    const name = nameOf(outcome);
    results[`${name}.p50_ms`] = round(outcome.p50Ms, 4);
    results[`${name}.p95_ms`] = round(outcome.p95Ms, 4);
    results[`${name}.least_ms`] = round(outcome.leastMs, 4);
    results[`${name}.x_js`] = round(outcome.timesPlain, 2);
    results[`${name}.recall@10`] = round(outcome.recallAt10, 4);
    results[`${name}.build_ms`] = round(outcome.buildMs, 0);
    if (outcome.heldBytes !== null)
      results[`${name}.held_mb`] = round(megabytes(outcome.heldBytes), 1);
    if (outcome.grownBytes !== null)
      results[`${name}.grown_mb`] = round(megabytes(outcome.grownBytes), 1);
  }
  for (const flat of figures(outcomes, "flat.1bit")) {
    const voy = results[`voy.${flat.size}.p50_ms`];
    if (voy !== undefined && flat.kind === "lr")
      results[`${nameOf(flat)}.x_voy`] = round(voy / flat.p50Ms, 1);
  }
  for (const { engine, size, p50Ms } of outcomes.filter(isMeasured)) {
    const tenth = outcomes
      .filter(isMeasured)
      .find((other) => other.engine === engine && other.size * 10 === size && other.kind === "lr");
    if (tenth !== undefined) results[`${engine}.${size}.growth`] = round(p50Ms / tenth.p50Ms, 1);
  }
  for (const { store, size, coldMs, p50Ms, p95Ms, timesPlain, recallAt10, heldBytes } of cold) {
    const name = `${store}.${size}`;
    results[`${name}.cold_ms`] = round(coldMs, 1);
    results[`${name}.p50_ms`] = round(p50Ms, 4);
    results[`${name}.p95_ms`] = round(p95Ms, 4);
    results[`${name}.recall@10`] = round(recallAt10, 4);
    results[`${name}.held_mb`] = round(megabytes(heldBytes), 1);
    results[`${name}.x_js`] = round(timesPlain, 2);
    const rows = cold.find((other) => other.store === "rows" && other.size === size);
    if (store === "flat" && rows !== undefined)
      results[`${name}.cold_x_rows`] = round(rows.coldMs / coldMs, 1);
  }
  return results;
}

interface Rule {
  readonly name: string;
  readonly least?: number;
  readonly most?: number;
}

/** DESIGN section 8. A rule without its figure in this run is left out. */
const RULES: readonly Rule[] = [
  { name: "flat.int8.100000.x_js", least: 10 },
  { name: "flat.1bit.100000.x_js", least: 60 },
  { name: "flat.1bit.100000.x_voy", least: 80 },
  { name: "flat.1bit.100000.recall@10", least: 0.99 },
  { name: "flat.1bit.100000.iso.recall@10", least: 0.95 },
  { name: "flat.100000.cold_x_rows", least: 10 },
  { name: "flat.1000000.x_js", least: 60 },
  { name: "flat.1000000.recall@10", least: 0.99 },
  { name: "flat.1000000.held_mb", most: 80 },
  { name: "flat.1000000.cold_ms", most: 500 },
];

export function barsOf(results: Readonly<Record<string, number>>): readonly Bar[] {
  return RULES.flatMap(({ name, least, most }) => {
    const value = results[name];
    if (value === undefined) return [];
    const within = value >= (least ?? -Infinity) && value <= (most ?? Infinity);
    return [{ name, asked: least === undefined ? `<= ${most}` : `>= ${least}`, within }];
  });
}

export function printOutcomes(
  outcomes: readonly EngineOutcome[],
  cold: readonly ColdFigures[],
  results: Readonly<Record<string, number>>,
  bars: readonly Bar[],
): void {
  const head = ["engine", ...COLUMNS];
  const rows = outcomes.map((outcome) =>
    outcome.state === "measured"
      ? [nameOf(outcome), ...cellsOf(outcome)]
      : [nameOf(outcome), `not run: ${outcome.reason}`],
  );
  const widths = head.map((title, column) =>
    Math.max(
      title.length,
      ...rows.filter((row) => row.length > 2).map((row) => row[column]!.length),
    ),
  );
  const first = Math.max(widths[0] ?? 0, ...rows.map(([name = ""]) => name.length));
  const line = ([name = "", ...cells]: readonly string[]): string =>
    [
      name.padEnd(first),
      ...cells.map((cell, at) => (cells.length === 1 ? cell : cell.padStart(widths[at + 1] ?? 0))),
    ].join("  ");
  const growth = Object.entries(results).filter(([name]) => name.endsWith(".growth"));
  const lines = [
    ...[head, ...rows].map(line),
    ...(growth.length > 0 ? ["", "cost of a search at ten times the rows"] : []),
    ...growth.map(([name, value]) => `${name.padEnd(first + 8)} ${value} times`),
    ...(cold.length > 0 ? ["", "stored, and opened in a fresh browser"] : []),
    ...cold.map(
      ({ store, size, coldMs, p50Ms, timesPlain, recallAt10, heldBytes, notes }) =>
        `${`${store}.${size}`.padEnd(first)}  cold ${coldMs.toFixed(0)} ms   p50 ${p50Ms.toFixed(3)} ms   x js ${timesPlain.toFixed(1)}   recall@10 ${recallAt10.toFixed(3)}   holds ${megabytes(heldBytes).toFixed(1)} MB   ${Object.entries(
          notes,
        )
          .map(([name, value]) => `${name} ${value}`)
          .join("   ")}`,
    ),
    ...(bars.length > 0 ? ["", "bars"] : []),
    ...bars.map(
      ({ name, asked, within }) =>
        `${name.padEnd(first + 8)} ${String(results[name]).padStart(9)}  ${asked.padEnd(8)} ${within ? "within" : "MISSED"}`,
    ),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function cellsOf(outcome: EngineFigures): readonly string[] {
  return [
    outcome.p50Ms.toFixed(3),
    outcome.p95Ms.toFixed(3),
    outcome.leastMs.toFixed(3),
    outcome.timesPlain.toFixed(2),
    outcome.recallAt10.toFixed(3),
    outcome.buildMs.toFixed(0),
    outcome.heldBytes === null ? "-" : megabytes(outcome.heldBytes).toFixed(1),
    outcome.grownBytes === null ? "-" : megabytes(outcome.grownBytes).toFixed(0),
  ];
}

function nameOf({ engine, size, kind }: EngineOutcome): string {
  return `${engine}.${size}${kind === "iso" ? ".iso" : ""}`;
}

function isMeasured(outcome: EngineOutcome): outcome is EngineFigures {
  return outcome.state === "measured";
}

function figures(
  outcomes: readonly EngineOutcome[],
  engine: EngineFigures["engine"],
): readonly EngineFigures[] {
  return outcomes.filter(isMeasured).filter((outcome) => outcome.engine === engine);
}

function megabytes(bytes: number): number {
  return bytes / 1e6;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

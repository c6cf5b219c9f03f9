import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { resolve } from "node:path";

export interface BenchReport {
  readonly bench: string;
  readonly results: Readonly<Record<string, number>>;
  readonly detail: unknown;
  readonly browser: string;
}

/** What the machine was like: figures without it say little. */
export function environment(
  browser: string,
): Readonly<Record<string, string | number | readonly number[]>> {
  return {
    node: process.version,
    browser,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg().map((load) => Math.round(load * 100) / 100),
  };
}

/** Writes `{ bench, commit, environment, results, detail }`. A relative path is one of the folder the command was started in. */
export function writeReport(file: string, report: BenchReport): void {
  const { bench, results, detail, browser } = report;
  writeFileSync(
    resolve(process.env["INIT_CWD"] ?? process.cwd(), file),
    `${JSON.stringify({ bench, commit: commit(), environment: environment(browser), results, detail }, null, 2)}\n`,
  );
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      cwd: import.meta.dirname,
    }).trim();
  } catch {
    return "unknown";
  }
}

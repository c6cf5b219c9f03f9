import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { ensureBuilt } from "./builds.mjs";
import { ensureChromium } from "./chromium.mjs";
import { run, tool } from "./child.mjs";
import { CACHE, ROOT } from "./paths.mjs";
import { Stop } from "./stop.mjs";

/**
 * The part of vitest's JSON report that is read here.
 *
 * @typedef {object} Report
 * @property {readonly { name: string, status: string, assertionResults: readonly { fullName: string, status: string, duration?: number }[] }[]} testResults
 */

/**
 * @param {readonly string[]} argv
 * @returns {Promise<number>}
 */
export async function runTests(argv) {
  const { soak, json, rest } = parseArguments(argv);
  const projects = projectsOf(rest);
  const startedAt = performance.now();
  if (projects === null || projects.some((name) => name !== "node")) await ensureChromium();
  if (projects === null || projects.includes("e2e")) await ensureBuilt();

  const reportFile = join(CACHE, `tests-${process.pid}.json`);
  const code = await run(
    process.execPath,
    [
      tool("vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${reportFile}`,
      ...rest,
    ],
    { env: soak ? { ALCOVE_SOAK: "1" } : {} },
  );
  const report = readReport(reportFile);
  const counts = countResults(report);
  if (soak) writeSoak(json, report, counts, performance.now() - startedAt);

  const ran = counts.passed + counts.failed;
  if (ran === 0) console.log("No test ran.");
  else if (code !== 0 && counts.failed === 0)
    console.log("Every test passed, but vitest met an error outside of them: see above.");
  console.log(
    `\n${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`,
  );
  return code !== 0 || counts.failed > 0 || ran === 0 ? 1 : 0;
}

/** @param {readonly string[]} argv */
function parseArguments(argv) {
  const rest = [...argv];
  const soakAt = rest.indexOf("--soak");
  if (soakAt >= 0) rest.splice(soakAt, 1);
  let json = join(ROOT, "test-results", "soak.json");
  const jsonAt = rest.indexOf("--json");
  if (jsonAt >= 0) {
    const [, file] = rest.splice(jsonAt, 2);
    if (file === undefined || soakAt < 0) throw new Stop("--json FILE goes with --soak.");
    json = resolve(file);
  }
  return { soak: soakAt >= 0, json, rest };
}

/**
 * @param {readonly string[]} args
 * @returns {string[] | null} The projects that are asked for by name; null means all.
 */
function projectsOf(args) {
  const names = args.flatMap((arg, index) => {
    if (arg === "--project") return [args[index + 1] ?? ""];
    return arg.startsWith("--project=") ? [arg.slice("--project=".length)] : [];
  });
  return names.length === 0 || names.some((name) => /[*!]/.test(name)) ? null : names;
}

/** @param {string} file */
function readReport(file) {
  try {
    return /** @type {Report} */ (JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null; // vitest ended before it could write one; its own message is on the screen
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * A file that fails as a whole (it does not load, or a hook fails) holds no failed test and counts as one.
 *
 * @param {Report | null} report
 */
export function countResults(report) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (report === null) return { ...counts, failed: 1 };
  for (const file of report.testResults) {
    const failedBefore = counts.failed;
    for (const { status } of file.assertionResults) {
      if (status === "passed") counts.passed += 1;
      else if (status === "failed") counts.failed += 1;
      else counts.skipped += 1;
    }
    if (file.status === "failed" && counts.failed === failedBefore) counts.failed += 1;
  }
  return counts;
}

/**
 * @param {string} file
 * @param {Report | null} report
 * @param {{ passed: number, failed: number, skipped: number }} counts
 * @param {number} ms
 */
function writeSoak(file, report, counts, ms) {
  const detail = (report?.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({
      file: relative(ROOT, name),
      test: test.fullName,
      status: test.status,
      ms: Math.round(test.duration ?? 0),
    })),
  );
  const result = {
    bench: "soak",
    commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    environment: {
      node: process.versions.node,
      os: `${process.platform} ${release()}`,
      cpus: cpus().length,
      load: loadavg(),
    },
    results: { ...counts, duration_s: Math.round(ms / 1000) },
    detail,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`Wrote ${relative(process.cwd(), file)}.`);
}

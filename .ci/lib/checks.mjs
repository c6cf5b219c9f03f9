import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, tool } from "./child.mjs";
import { CACHE, ROOT } from "./paths.mjs";
import { checkSizes } from "./sizes.mjs";

const CODE = ["sdk", "sync-server", "demo", ".ci", "vite.config.ts"];

/** @type {(file: string, ...args: readonly string[]) => () => Promise<boolean>} */
const passes =
  (file, ...args) =>
  async () =>
    (await run(process.execPath, [tool(file), ...args])) === 0;

/** @type {readonly { name: string, check: () => Promise<boolean> | boolean }[]} */
const CHECKS = [
  { name: "types", check: passes("typescript/bin/tsc", "-b") },
  { name: "lint", check: passes("oxlint/bin/oxlint", "--type-aware", "--deny-warnings", ...CODE) },
  { name: "format", check: passes("oxfmt/bin/oxfmt", "--check", ".") },
  { name: "dead code", check: passes("knip/bin/knip.js", "--treat-config-hints-as-errors") },
  { name: "package", check: passes("publint/src/cli.js", "sdk", "--strict") },
  { name: "server package", check: passes("publint/src/cli.js", "sync-server", "--strict") },
  {
    name: "package types",
    check: passes("@arethetypeswrong/cli/dist/index.js", "--pack", "sdk", "--profile", "esm-only"),
  },
  { name: "sizes", check: checkSizes },
  { name: "third-party notices", check: checkNotices },
];

const BUILT_NOTICES = join(CACHE, "sdk-notices.txt");
const NOTICES = join(ROOT, "sdk", "THIRD-PARTY-NOTICES.txt");

/**
 * @param {{ fix: boolean }} options
 * @returns {Promise<number>}
 */
export async function runChecks({ fix }) {
  if (fix) await writeFixes();
  /** @type {string[]} */
  const lines = [];
  let failed = 0;
  for (const { name, check } of CHECKS) {
    console.log(`\n== ${name}`);
    const startedAt = performance.now();
    const good = await check();
    if (!good) failed += 1;
    lines.push(`  ${good ? "ok    " : "FAILED"}  ${name.padEnd(20)} ${seconds(startedAt)} s`);
  }
  console.log(`\n${lines.join("\n")}\n`);
  console.log(failed === 0 ? "All checks passed." : `${failed} of ${CHECKS.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}

async function writeFixes() {
  await passes("oxlint/bin/oxlint", "--type-aware", "--fix", "--silent", ...CODE)();
  await passes("oxfmt/bin/oxfmt", ".")();
  copyFileSync(BUILT_NOTICES, NOTICES);
}

/** The licences of what is bundled go with the package; the build lists what it really took in. */
function checkNotices() {
  const there = existsSync(NOTICES) ? readFileSync(NOTICES, "utf8") : null;
  const good = there === readFileSync(BUILT_NOTICES, "utf8");
  console.log(
    good
      ? "sdk/THIRD-PARTY-NOTICES.txt lists what is bundled."
      : 'sdk/THIRD-PARTY-NOTICES.txt is not what the build bundles: run "npm run check -- --fix".',
  );
  return good;
}

/** @param {number} startedAt */
const seconds = (startedAt) => ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);

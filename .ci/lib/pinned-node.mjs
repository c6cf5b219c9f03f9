import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { capture, npm, run } from "./child.mjs";
import { ROOT } from "./paths.mjs";
import { Stop } from "./stop.mjs";

/** The Node that only has to start these scripts; everything else runs on the one that package.json pins. */
const OLDEST = [20, 19];

/** Refuses a Node that cannot even install the dependencies, and names the fix. */
export function checkStartingNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (
    major > /** @type {number} */ (OLDEST[0]) ||
    (major === OLDEST[0] && minor >= /** @type {number} */ (OLDEST[1]))
  )
    return;
  throw new Stop(
    `Node.js ${version} is too old: Alcove's scripts start from ${OLDEST.join(".")} or newer. Install a current LTS from https://nodejs.org and run again.`,
  );
}

/** The version of the npm package `node`, which carries the binary. */
function pinnedVersion() {
  return /** @type {string} */ (
    JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).devDependencies.node
  );
}

function pinnedBinary() {
  const folder = join(ROOT, "node_modules", "node", "bin");
  return join(folder, process.platform === "win32" ? "node.exe" : "node");
}

/** @param {string} version */
const starts = (version) =>
  existsSync(pinnedBinary()) &&
  capture(pinnedBinary(), ["--version"], { timeoutMs: 20_000 }).output === `v${version}`;

/**
 * Goes on in the pinned Node. Returns only when this process is that Node already; otherwise the script runs again in it, and
 * this process ends with its exit code.
 */
export async function continueOnPinnedNode() {
  const version = pinnedVersion();
  if (process.versions.node === version) return;
  if (!starts(version)) {
    // The binary comes by the package's install script, which `ignore-scripts` and newer npm defaults leave out.
    const rebuild = npm([
      "rebuild",
      "node",
      "--foreground-scripts",
      "--ignore-scripts=false",
      "--loglevel=error",
    ]);
    await run(rebuild.command, rebuild.args, { shell: rebuild.shell });
  }
  if (!starts(version)) {
    throw new Stop(
      `The pinned Node.js ${version} is not there (${pinnedBinary()}). Run "npm rebuild node --ignore-scripts=false", or start this command with Node.js ${version} itself.`,
    );
  }
  process.exit(await run(pinnedBinary(), process.argv.slice(1), { cwd: process.cwd() }));
}

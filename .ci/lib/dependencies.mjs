import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { npm, run } from "./child.mjs";
import { ROOT } from "./paths.mjs";
import { Stop } from "./stop.mjs";

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {string} [resolved]
 * @property {boolean} [link]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {boolean} [peer]
 * @property {readonly string[]} [os]
 * @property {readonly string[]} [cpu]
 * @property {readonly string[]} [libc]
 */

/**
 * @typedef {object} Platform
 * @property {string} os
 * @property {string} cpu
 * @property {"glibc" | "musl" | null} libc
 */

/** @returns {Platform} */
export function thisPlatform() {
  const header = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  ).header;
  const libc =
    process.platform === "linux"
      ? header?.glibcVersionRuntime === undefined
        ? "musl"
        : "glibc"
      : null;
  return { os: process.platform, cpu: process.arch, libc };
}

/**
 * Paths of the lock file that are not installed as locked. A package that is optional may be missing, unless it is the build for
 * exactly this platform: a `node_modules` copied from another machine would otherwise pass and fail later, far from its cause.
 *
 * @param {Record<string, LockEntry>} wanted `packages` of package-lock.json
 * @param {Record<string, LockEntry>} installed `packages` of node_modules/.package-lock.json
 * @param {Platform} platform
 * @returns {string[]}
 */
export function outOfDate(wanted, installed, platform) {
  return Object.entries(wanted)
    .filter(([path, entry]) => {
      if (!path.includes("node_modules/")) return false;
      const found = installed[path];
      if (found === undefined) return !mayBeMissing(entry, platform);
      if (entry.link === true) return found.link !== true;
      return (
        found.version !== entry.version || (found.integrity ?? entry.integrity) !== entry.integrity
      );
    })
    .map(([path]) => path);
}

/**
 * @param {LockEntry} entry
 * @param {Platform} platform
 */
function mayBeMissing(entry, platform) {
  if (entry.optional !== true && entry.devOptional !== true) return false;
  if (entry.os === undefined && entry.cpu === undefined) return true;
  const forThis =
    (entry.os?.includes(platform.os) ?? true) &&
    (entry.cpu?.includes(platform.cpu) ?? true) &&
    (entry.libc === undefined || (platform.libc !== null && entry.libc.includes(platform.libc)));
  return !forThis;
}

/** @returns {string[]} What is missing in this checkout; empty when all is there. */
function missingHere() {
  const installedFile = join(ROOT, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return ["node_modules"];
  const wanted = readPackages(join(ROOT, "package-lock.json"));
  const stale = outOfDate(wanted, readPackages(installedFile), thisPlatform());
  if (stale.length > 0) return stale;
  return Object.keys(readPackages(installedFile)).filter(
    (path) => path.includes("node_modules/") && !existsSync(join(ROOT, path)),
  );
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry>}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch (error) {
    throw new Stop(
      `${file} cannot be read (${/** @type {Error} */ (error).message}). Restore it from git, or delete node_modules, and run again.`,
    );
  }
}

/** Installs exactly what the lock file names when something is missing, and touches nothing (no network either) when all is there. */
export async function ensureDependencies() {
  const missing = missingHere();
  if (missing.length === 0) return;
  console.log(
    missing[0] === "node_modules"
      ? "Installing dependencies (npm ci)."
      : `Installing dependencies (npm ci): ${missing.length} missing or changed, first ${missing[0]}.`,
  );
  const { command, args, shell } = npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  const code = await run(command, args, { shell }).catch((error) => {
    throw new Stop(
      `npm cannot be started (${error.message}). Install it with Node.js and run again.`,
    );
  });
  if (code !== 0)
    throw new Stop(
      "Dependencies could not be installed: npm's own message is above. The first run needs the npm registry; later runs need no network.",
    );
}

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { CACHE, ROOT } from "./paths.mjs";

/** Neither tests nor prose change what a build gives. */
const IGNORED = /(^|\/)node_modules(\/|$)|\.(test|contract)\.tsx?$|\.md$|(^|\/)(e2e|bench|test)\//;

/**
 * A hash over the contents of everything a build is made from. Contents and not times: git gives a fresh clone new times.
 *
 * @param {readonly string[]} inputs Files and folders, relative to the checkout. One that is missing counts as empty.
 */
export function fingerprint(inputs) {
  const hash = createHash("sha256");
  for (const input of inputs) {
    for (const file of filesIn(join(ROOT, input))) {
      hash
        .update(`${relative(ROOT, file)}\0`)
        .update(readFileSync(file))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  const name = relative(ROOT, path).replaceAll("\\", "/");
  if (IGNORED.test(name) || !existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .flatMap((entry) => filesIn(join(path, entry)));
}

/** @param {string} name */
const stampFile = (name) => join(CACHE, `${name}.stamp`);

/** @param {string} name */
export const readStamp = (name) =>
  existsSync(stampFile(name)) ? readFileSync(stampFile(name), "utf8") : null;

/**
 * @param {string} name
 * @param {string} value
 */
export function writeStamp(name, value) {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(stampFile(name), value);
}

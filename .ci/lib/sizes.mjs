import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { ROOT } from "./paths.mjs";

const DIST = join(ROOT, "sdk", "dist");
const KB = 1000;

const STATIC = /(?:^|[;}\s])(?:import|export)(?:[^"'`();]*?from)?\s*["']\.\/([^"']+)["']/g;
const STATIC_AND_DYNAMIC = /(?:from|import)\s*\(?\s*["'`]\.\/([^"'`]+)["'`]/g;

/**
 * What a page really loads. On the main thread that is what the entry imports statically: the chunk it imports when no worker can be
 * had is no part of it. The worker imports its database when it opens, so there everything counts.
 */
const LIMITS = [
  { name: "main thread (createMemory)", entry: "index.js", imports: STATIC, maxBytes: 60 * KB },
  { name: "worker", entry: "worker.js", imports: STATIC_AND_DYNAMIC, maxBytes: 80 * KB },
];

/** Prints the table and tells whether all is under its bar. */
export function checkSizes() {
  const rows = LIMITS.map(({ name, entry, imports, maxBytes }) => {
    const files = withImports(entry, imports);
    const bytes = files
      .map((file) => brotliBytes(join(DIST, file)))
      .reduce((sum, size) => sum + size, 0);
    return { name, files: files.length, bytes, maxBytes };
  });
  for (const { name, files, bytes, maxBytes } of rows) {
    const verdict = bytes <= maxBytes ? "ok" : "OVER";
    console.log(
      `  ${name.padEnd(28)} ${kb(bytes)} KB brotli of ${kb(maxBytes)} KB  (${files} file${files === 1 ? "" : "s"})  ${verdict}`,
    );
  }
  return rows.every(({ bytes, maxBytes }) => bytes <= maxBytes);
}

/**
 * @param {string} entry
 * @param {RegExp} imports
 * @returns {string[]} The entry and every file it imports, each once.
 */
function withImports(entry, imports) {
  const files = [entry];
  for (const file of files) {
    const code = readFileSync(join(DIST, file), "utf8");
    for (const [, name] of code.matchAll(imports)) {
      const found = join(dirname(file), /** @type {string} */ (name));
      if (!files.includes(found)) files.push(found);
    }
  }
  return files;
}

/** @param {string} file */
function brotliBytes(file) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return brotliCompressSync(readFileSync(file), { params }).length;
}

/** @param {number} bytes */
const kb = (bytes) => (bytes / KB).toFixed(1).padStart(5);

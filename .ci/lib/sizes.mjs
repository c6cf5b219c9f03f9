import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { ROOT } from "./paths.mjs";

const DIST = join(ROOT, "sdk", "dist");
const KB = 1000;

/** What a page loads: an entry with all it imports statically. Chunks that are imported when needed are no part of it. */
const LIMITS = [
  { name: "main thread (createMemory)", entry: "index.js", maxBytes: 60 * KB },
  { name: "worker", entry: "worker.js", maxBytes: 80 * KB },
];

const STATIC_IMPORT = /(?:^|[;}\s])(?:import|export)(?:[^"'`();]*?from)?\s*["']\.\/([^"']+)["']/g;

/** Prints the table and tells whether all is under its bar. */
export function checkSizes() {
  const rows = LIMITS.map(({ name, entry, maxBytes }) => {
    const files = withImports(entry);
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
 * @returns {string[]} The entry and every file it imports statically, each once.
 */
function withImports(entry) {
  const files = [entry];
  for (const file of files) {
    const code = readFileSync(join(DIST, file), "utf8");
    for (const [, name] of code.matchAll(STATIC_IMPORT)) {
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

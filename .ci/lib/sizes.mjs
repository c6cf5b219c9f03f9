import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { ROOT } from "./paths.mjs";

const DIST = join(ROOT, "sdk", "dist");
const KB = 1000;

const STATIC = /(?:^|[;}\s])(?:import|export)(?:[^"'`();]*?from)?\s*["']\.\/([^"']+)["']/g;

/**
 * What a page really loads. On the main thread that is what the entry imports statically: the chunk it imports when no worker can be
 * had is no part of it. The worker imports its database when it opens, so that counts with its start. The rules that read requests and
 * texts are chunks of their own, asked for while the vault opens: each is told apart, without what the rows above hold already.
 */
const LIMITS = [
  { name: "main thread (createMemory)", entries: ["index"], below: [], maxBytes: 60 * KB },
  { name: "worker", entries: ["worker", "dexie"], below: [], maxBytes: 80 * KB },
  {
    name: "worker: rules for requests",
    entries: ["request-reader"],
    below: ["worker"],
    // Raised from 30: words of whole fields (money, buying, going along, travel) brought every tenth story more. Raised from 34: what
    // a word may mean moved here out of the worker's start, what general words cover and the function words of 21 languages came.
    maxBytes: 48 * KB,
  },
  {
    name: "worker: rules for texts",
    entries: ["analyze"],
    below: ["worker", "request-reader"],
    maxBytes: 60 * KB,
  },
  // Each is a chunk of its own, asked for where a vault holds texts in its language; in English none is.
  {
    name: "stemmers: what they share",
    entries: ["snowball-stems"],
    below: ["worker", "request-reader"],
    maxBytes: 2 * KB,
  },
  { name: "stemmers: German", entries: ["german-stemmer"], below: [], maxBytes: 2.5 * KB },
  {
    name: "stemmers: all languages",
    entries:
      "arabic czech danish dutch finnish french german greek hindi hungarian italian norwegian polish portuguese romanian russian spanish swedish turkish"
        .split(" ")
        .map((language) => `${language}-stemmer`),
    below: [],
    maxBytes: 33 * KB,
  },
  // Asked for where a vault is shared with other devices, and only there: what always runs, and founding a vault. The words are needed to
  // make or read a phrase, the curves in browsers that have none of their own.
  {
    name: "sync + crypto (lazy)",
    entries: ["open-sync"],
    below: ["worker", "dexie"],
    maxBytes: 37 * KB,
  },
  {
    name: "sync: words of phrases",
    entries: ["english-words"],
    below: ["worker", "open-sync"],
    maxBytes: 4.5 * KB,
  },
  {
    name: "sync: curves (fallback)",
    entries: ["noble-curves"],
    below: ["worker", "dexie", "open-sync"],
    maxBytes: 6 * KB,
  },
  // The bar of the three together. Not in it is the row after it, and what reads vectors: that stands in the chunk of their engine.
  {
    name: "sync: all of these",
    entries: ["open-sync", "english-words", "noble-curves"],
    below: ["worker", "dexie"],
    maxBytes: 45 * KB,
  },
  // The making of a vault, a further device's way in, by link or by phrase; repairs (rows that this version cannot read, a device that was removed too late or
  // was away for long, tombstones that all have seen, once a day); snapshots, for a device that is new to a large vault and the one that
  // makes them.
  {
    name: "sync: what seldom happens",
    entries: ["rare"],
    below: ["worker", "dexie", "open-sync"],
    maxBytes: 13 * KB,
  },
  // Asked for by an app that names a model, and only then. The wasm is a file of its own and no part of these.
  {
    name: "models: loading, canary",
    entries: ["neural-embedder", "runtimes"],
    below: ["worker"],
    maxBytes: 8 * KB,
  },
  { name: "models: tables", entries: ["static-runtime"], below: [], maxBytes: 14 * KB },
  { name: "models: networks", entries: ["onnx-runtime"], below: [], maxBytes: 140 * KB },
];

/** Prints the table and tells whether all is under its bar. */
export function checkSizes() {
  const rows = LIMITS.map(({ name, entries, below, maxBytes }) => {
    const loaded = new Set(below.flatMap((entry) => withImports(entry)));
    const files = [...new Set(entries.flatMap((entry) => withImports(entry)))].filter(
      (file) => !loaded.has(file),
    );
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
 * @param {string} entry Name of a file, with or without a hash.
 * @returns {string[]} It and every file it imports statically, each once.
 */
function withImports(entry) {
  const first = readdirSync(DIST).find(
    (file) => file === `${entry}.js` || new RegExp(`^${entry}-[\\w-]{8}\\.js$`).test(file),
  );
  if (first === undefined) throw new Error(`There is no ${entry} in sdk/dist.`);
  const files = [first];
  for (const file of files) {
    const code = readFileSync(join(DIST, file), "utf8");
    for (const [, name] of code.matchAll(STATIC)) {
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

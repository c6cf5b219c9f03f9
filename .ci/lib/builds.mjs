import { existsSync } from "node:fs";
import { join } from "node:path";
import { run, tool } from "./child.mjs";
import { ROOT } from "./paths.mjs";
import { fingerprint, readStamp, writeStamp } from "./stamp.mjs";
import { Stop } from "./stop.mjs";

/**
 * @typedef {object} Build
 * @property {string} name
 * @property {readonly string[]} inputs
 * @property {readonly string[]} outputs
 * @property {() => Promise<number>} make
 */

/** In the order they need each other: the demo is made from the built package, as any app would be. @type {readonly Build[]} */
const BUILDS = [
  {
    name: "sdk",
    inputs: [
      "package-lock.json",
      "sdk/package.json",
      "sdk/build",
      "sdk/tsconfig.json",
      "sdk/tsconfig.build.json",
      "sdk/src",
    ],
    outputs: [
      "sdk/dist/index.js",
      "sdk/dist/worker.js",
      "sdk/dist/types/index.d.ts",
      "node_modules/.cache/alcove/sdk-notices.txt",
    ],
    make: () => run(process.execPath, ["sdk/build/build.ts"]),
  },
  {
    name: "sync-server",
    inputs: [
      "package-lock.json",
      "sync-server/package.json",
      "sync-server/build",
      "sync-server/src",
      "sdk/src/wire",
      "sdk/src/crypto",
      "sdk/src/wire.ts",
    ],
    outputs: ["sync-server/dist/main.js"],
    make: () => run(process.execPath, ["sync-server/build/build.ts"]),
  },
  {
    name: "demo",
    inputs: [
      "package-lock.json",
      "demo/vite.config.ts",
      "demo/package.json",
      "demo/tsconfig.json",
      "demo/index.html",
      "demo/public",
      "demo/src",
      "sdk/package.json",
      "sdk/dist",
    ],
    outputs: ["demo/dist/index.html"],
    make: () =>
      run(process.execPath, [tool("vite/bin/vite.js"), "build", "demo", "--logLevel", "warn"]),
  },
];

/**
 * Builds the packages.
 *
 * @param {{ always?: boolean, only?: readonly string[] }} [options] `always` builds what is up to date too.
 */
export async function ensureBuilt(options = {}) {
  for (const build of BUILDS) {
    if (options.only !== undefined && !options.only.includes(build.name)) continue;
    const before = fingerprint(build.inputs);
    const there = build.outputs.every((file) => existsSync(join(ROOT, file)));
    if (options.always !== true && there && readStamp(build.name) === before) continue;
    console.log(`Building ${build.name}.`);
    const startedAt = performance.now();
    if ((await build.make()) !== 0) throw new Stop(`The build of ${build.name} failed: see above.`);
    writeStamp(build.name, before);
    console.log(`Built ${build.name} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  }
}

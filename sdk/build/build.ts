import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";
import { bundledPackages, noticesOf } from "./bundled-packages.ts";
import { writeDeclarations } from "./declarations.ts";
import { COMMAND, ENTRIES, OLDEST_NODE, RUNTIMES, SDK, TARGET } from "./entries.ts";
import { kernelModules } from "./kernel-modules.ts";
import { keepWorkerUrl } from "./keep-worker-url.ts";
import { keepRuntimes, keepWasmUrl, neuralRuntime } from "./neural-runtime.ts";
import { ownCopy } from "./own-copy.ts";
import { smaller } from "./smaller.ts";
import { workerSource } from "./worker-source.ts";

/** What was bundled, for `npm run check` to compare with the committed notices. */
const NOTICES = join(SDK, "..", "node_modules", ".cache", "alcove", "sdk-notices.txt");

const DIST = join(SDK, "dist");
/** Built aside and moved in whole: a build that fails, or two at once, leave no half a package behind. */
const ASIDE = join(SDK, `dist.${process.pid}`);

try {
  const moduleIds = await writeCode();
  writeDeclarations(join(ASIDE, "types"));
  rmSync(DIST, { recursive: true, force: true });
  renameSync(ASIDE, DIST);
  mkdirSync(dirname(NOTICES), { recursive: true });
  writeFileSync(NOTICES, noticesOf(bundledPackages(moduleIds)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(ASIDE, { recursive: true, force: true });
}

/** Writes dist/*.js and gives the ids of all modules in it. */
async function writeCode(): Promise<readonly string[]> {
  const inlined: string[] = [];
  const { wire, ...inPages } = ENTRIES;
  const chunks = await bundle(
    inPages,
    [
      keepWorkerUrl(),
      keepRuntimes(),
      kernelModules(),
      ownCopy(),
      workerSource((ids) => inlined.push(...ids)),
      smaller(),
    ],
    true,
  );
  // Apart, it does not cut what sync shares with it out of the chunk of sync: that compresses better in one piece.
  chunks.push(...(await bundle({ wire }, [], false)));
  // Each apart, and whole: `./inline` loads it from a folder that holds nothing else of the package.
  for (const [name, entry] of Object.entries(RUNTIMES))
    chunks.push(...(await bundle({ [name]: entry }, [keepWasmUrl(), neuralRuntime()], false)));
  refuseForeignImports(chunks);
  chunks.push(...(await bundleCommand()));
  return [...inlined, ...chunks.flatMap((chunk) => chunk.moduleIds)];
}

async function bundle(
  entry: Record<string, string>,
  plugins: readonly Plugin[],
  codeSplitting: boolean,
): Promise<Rolldown.OutputChunk[]> {
  const result = await build({
    configFile: false,
    root: SDK,
    logLevel: "warn",
    publicDir: false,
    plugins: [...plugins],
    build: {
      outDir: ASIDE,
      emptyOutDir: false,
      target: TARGET,
      lib: { entry, formats: ["es"] },
      rolldownOptions: {
        checks: { bundlerTimings: false },
        output: {
          entryFileNames: "[name].js",
          chunkFileNames: "[name]-[hash].js",
          minify: true,
          // Licences stand in the notices. What is pure is known to whoever bundles the package from its `sideEffects`.
          comments: false,
          codeSplitting,
        },
      },
    },
  });
  return chunksOf(result);
}

function chunksOf(result: Awaited<ReturnType<typeof build>>): Rolldown.OutputChunk[] {
  return (Array.isArray(result) ? result : [result])
    .flatMap((output) => ("output" in output ? output.output : []))
    .filter((file): file is Rolldown.OutputChunk => file.type === "chunk");
}

/** The `alcove` command, for Node. */
async function bundleCommand(): Promise<Rolldown.OutputChunk[]> {
  const result = await build({
    configFile: false,
    root: SDK,
    logLevel: "warn",
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      outDir: ASIDE,
      emptyOutDir: false,
      target: OLDEST_NODE,
      ssr: COMMAND,
      rolldownOptions: {
        output: { entryFileNames: "cli.js", banner: "#!/usr/bin/env node", codeSplitting: false },
      },
    },
  });
  return chunksOf(result);
}

/** A plain page has no bundler and no import map, so every import has to be a file of the package. */
function refuseForeignImports(chunks: readonly Rolldown.OutputChunk[]): void {
  const own = new Set(chunks.map(({ fileName }) => fileName));
  for (const { fileName, imports, dynamicImports } of chunks) {
    const foreign = [...imports, ...dynamicImports].filter(
      (name) => !own.has(name.replace(/^\.\//, "")),
    );
    if (foreign.length > 0) {
      throw new Error(
        `dist/${fileName} would import ${foreign.join(", ")}: everything has to be in the package.`,
      );
    }
  }
}

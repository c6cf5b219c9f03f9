import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, defineConfig, type Plugin } from "vite";
import { kernelModules } from "../sdk/build/kernel-modules.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The oldest browsers the SDK supports; the demo asks for no newer ones. */
const TARGET = ["chrome122", "firefox128", "safari17.4"];

const PROVIDER_FILE = "scripted-provider.js";

/**
 * The scripted provider is a service worker. It is bundled alone into one classic script at the root of the site: a service
 * worker's reach is the folder of its file, its name must not change from build to build, and not every supported browser
 * runs service workers as modules.
 */
function scriptedProvider(): Plugin {
  return {
    name: "alcove-scripted-provider",
    configureServer(server) {
      server.middlewares.use(`/${PROVIDER_FILE}`, (_request, response, next) => {
        bundleProvider(false).then((code) => {
          response.setHeader("content-type", "text/javascript");
          response.setHeader("cache-control", "no-store");
          response.end(code);
        }, next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: PROVIDER_FILE, source: await bundleProvider(true) });
    },
  };
}

async function bundleProvider(minify: boolean): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      write: false,
      minify,
      target: TARGET,
      lib: {
        entry: here("src/scripted-provider/service-worker.ts"),
        formats: ["iife"],
        name: "scriptedProvider",
      },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  for (const output of outputs) {
    if (!("output" in output)) continue;
    for (const chunk of output.output) if (chunk.type === "chunk") return chunk.code;
  }
  throw new Error("The scripted provider gave no bundle.");
}

/** What the built page holds of others' work; their licences go with it. */
const OTHERS = [
  "@fontsource-variable/hanken-grotesk",
  "@fontsource-variable/literata",
  "@orama/orama",
  "@preact/signals",
  "@preact/signals-core",
  "hnswlib-wasm",
  "openai",
  "preact",
  "uqr",
  "voy-search",
];

function licenceOf(name: string): string {
  const folder = here(`../node_modules/${name}`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/iu.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence beside it.`);
  return join(folder, file);
}

function licences(): Plugin {
  return {
    name: "alcove-licences",
    apply: "build",
    generateBundle() {
      const texts = OTHERS.map((name) => `${name}\n\n${readFileSync(licenceOf(name), "utf8")}`);
      const sdk = readFileSync(here("../sdk/THIRD-PARTY-NOTICES.txt"), "utf8");
      const source = [...texts, sdk].join(`\n\n${"-".repeat(80)}\n\n`);
      this.emitFile({ type: "asset", fileName: "licences.txt", source });
    },
  };
}

/** The page's content security policy stands in index.html; the dev server alone goes without, because it injects styles. */
function policyOfBuiltPageOnly(): Plugin {
  return {
    name: "alcove-dev-without-policy",
    apply: "serve",
    transformIndexHtml: (html) =>
      html.replace(/\s*<meta\s+http-equiv="Content-Security-Policy"[^>]*>/u, ""),
  };
}

export default defineConfig(({ mode }) => ({
  root: here("."),
  base: "./",
  plugins: [kernelModules(), scriptedProvider(), licences(), policyOfBuiltPageOnly()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    // `vite --mode source` runs the demo on the SDK's sources, without a build of the SDK.
    alias:
      mode === "source"
        ? [
            { find: /^@alcove\/sdk$/u, replacement: here("../sdk/src/index.ts") },
            { find: /^@alcove\/sdk\/mem0$/u, replacement: here("../sdk/src/mem0.ts") },
            { find: /^@alcove\/sdk\/wire$/u, replacement: here("../sdk/src/wire.ts") },
            {
              find: /^@alcove\/sdk\/worker(?=$|\?)/u,
              replacement: here("../sdk/src/worker/worker.ts"),
            },
          ]
        : [],
  },
  optimizeDeps: { exclude: ["@alcove/sdk", "@alcove/sdk/mem0", "@alcove/sdk/wire"] },
  // The benchmark runs the SDK's engines from their sources.
  worker: { format: "es" as const, plugins: () => [kernelModules()] },
  build: {
    target: TARGET,
    // Fonts stay files: the policy allows them from this origin only, not as data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // hnswlib-wasm, which the benchmark alone loads, holds its WASM.
    chunkSizeWarningLimit: 750,
  },
}));

import type { Plugin } from "vite";

/** The one spelling that Vite, webpack, Turbopack and a plain page all take for "a worker in the file beside this one". */
const IN_SOURCE =
  /new Worker\(\s*new URL\("\.\/worker\.ts", import\.meta\.url\),\s*\{\s*type: "module"\s*\}\s*\)/g;
const IN_PACKAGE = 'new Worker(new URL("./worker.js", import.meta.url), { type: "module" })';
const PLACEHOLDER = "__ALCOVE_NEW_WORKER__";

/**
 * Keeps the spawn literally as it must stand in the package. Vite's library mode would put the worker into a data URL, and the
 * minifier would respell the literal, so it is hidden from both and put back at the end. All chunks stand beside `worker.js`.
 */
export function keepWorkerUrl(): Plugin {
  let hidden = 0;
  return {
    name: "alcove-keep-worker-url",
    apply: "build",
    enforce: "pre",
    buildStart() {
      hidden = 0;
    },
    transform(code, id) {
      if (!code.includes("./worker.ts") || id.includes("node_modules")) return null;
      const kept = code.replace(IN_SOURCE, () => {
        hidden += 1;
        return PLACEHOLDER;
      });
      return kept === code ? null : { code: kept, map: null };
    },
    generateBundle(_options, bundle) {
      if (hidden !== 1)
        throw new Error(
          `Expected the worker to be spawned in one place of the sources, spelled as ${IN_SOURCE.source}; found ${hidden}.`,
        );
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk")
          chunk.code = chunk.code.replaceAll(PLACEHOLDER, () => IN_PACKAGE);
      }
    },
  };
}

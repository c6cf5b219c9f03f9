import { build, type Plugin } from "vite";
import { TARGET } from "./entries.ts";
import { kernelModules } from "./kernel-modules.ts";
import { runtimesFromAssets } from "./neural-runtime.ts";

const SUFFIX = "?worker-source";
const RESOLVED = "\0worker-source:";

/**
 * `import source from "./worker/worker.ts?worker-source"` gives the whole worker as one string of self-contained code, for a page
 * that cannot load a second file. It works in builds and in tests alike.
 */
export function workerSource(
  report: (moduleIds: readonly string[]) => void = () => undefined,
): Plugin {
  return {
    name: "alcove-worker-source",
    enforce: "pre",
    async resolveId(id, importer) {
      if (!id.endsWith(SUFFIX)) return null;
      const file = await this.resolve(id.slice(0, -SUFFIX.length), importer, { skipSelf: true });
      return file === null ? null : `${RESOLVED}${file.id}`;
    },
    async load(id) {
      if (!id.startsWith(RESOLVED)) return null;
      const { code, moduleIds } = await bundleWhole(id.slice(RESOLVED.length));
      report(moduleIds);
      return `export default ${JSON.stringify(code)};`;
    },
  };
}

/** An engine that few choose would be a third of the inlined worker: there it counts as one that cannot be loaded, and flat serves. */
function withoutVoy(): Plugin {
  const absent = "\0alcove-no-voy";
  return {
    name: "alcove-without-voy",
    enforce: "pre",
    resolveId: (id) => (id.endsWith("/voy-package.ts") ? absent : null),
    load: (id) =>
      id === absent
        ? 'export const bindings = {};\nexport function wasmBytes() { throw new Error("The inlined worker holds no voy-search."); }'
        : null,
  };
}

async function bundleWhole(entry: string): Promise<{ code: string; moduleIds: readonly string[] }> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    plugins: [kernelModules(), runtimesFromAssets(), withoutVoy()],
    build: {
      write: false,
      target: TARGET,
      lib: { entry, formats: ["es"], fileName: "worker" },
      rolldownOptions: { output: { codeSplitting: false, minify: true } },
    },
  });
  for (const output of Array.isArray(result) ? result : [result]) {
    if (!("output" in output)) continue;
    const [chunk, ...others] = output.output;
    if (others.length === 0) return { code: chunk.code, moduleIds: chunk.moduleIds };
  }
  throw new Error("The worker did not become one file.");
}

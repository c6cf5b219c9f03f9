import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "vite";
import { RUNTIMES } from "./entries.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PLAIN_BUILD = "onnxruntime-web/wasm";
const WASM = "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
const KEPT = "\0alcove-kept-asset:";
const FOR_WEBGPU = "?for-webgpu";
const PLACEHOLDER = "__ALCOVE_ORT_WASM_URL__";

interface Change {
  readonly from: string | RegExp;
  readonly to: string;
  readonly times: number;
}

/** webpack writes the path of the build machine in the place of it. Only threads would need it, and there is one. */
const OWN_ADDRESS = { from: /import\.meta\.url/g, to: "self.location.href" } as const;

/**
 * What is changed in the libraries, and why. Each must be found exactly so often: another release of them fails the build here and is
 * looked at again.
 */
const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  "transformers.web.js": [
    // A model that failed to load, or failed on one text, would make every later one fail with the same error.
    { from: "webInitChain.then(load)", to: "webInitChain.catch(() => {}).then(load)", times: 1 },
    {
      from: "webInferenceChain.then(run)",
      to: "webInferenceChain.catch(() => {}).then(run)",
      times: 1,
    },
    // Where the code is fetched from if nobody says so. Somebody always does; no address of a CDN stays in the package.
    { from: /`https:\/\/cdn\.jsdelivr\.net\/[^`]*`/g, to: '""', times: 1 },
    { ...OWN_ADDRESS, times: 3 },
  ],
  "ort.wasm.bundle.min.mjs": ortChanges("ort.wasm.bundle", "ort-wasm-simd-threaded"),
  "ort.webgpu.bundle.min.mjs": ortChanges("ort.webgpu.bundle", "ort-wasm-simd-threaded.asyncify"),
};

function ortChanges(bundle: string, wasm: string): readonly Change[] {
  return [
    // The wasm is handed over as bytes. Bundlers would copy it a second time for these, or fail to find the second file.
    { from: `new URL("${wasm}.wasm",import.meta.url).href`, to: '""', times: 2 },
    {
      from: new RegExp(`new (\\w)\\("${bundle}\\.min\\.mjs",import\\.meta\\.url\\)`, "g"),
      to: "new $1(self.location.href)",
      times: 2,
    },
    { ...OWN_ADDRESS, times: 7 },
  ];
}

/**
 * Makes `@huggingface/transformers` run on the plain WASM build of ONNX Runtime, from one file of wasm. Left alone it imports the
 * WebGPU build, whose wasm is twice as large, and hangs for ever when it is given the plain one.
 */
export function neuralRuntime(): Plugin {
  return {
    name: "alcove-neural-runtime",
    enforce: "pre",
    async resolveId(id, importer) {
      // The chunk for WebGPU has a copy of the library to itself, with the build it asks for.
      if (id === "@huggingface/transformers" && importer?.endsWith("/webgpu-runtime.ts")) {
        const file = await this.resolve(id, importer, { skipSelf: true });
        return file === null ? null : `${file.id}${FOR_WEBGPU}`;
      }
      if (id !== "onnxruntime-web/webgpu" || importer?.endsWith(FOR_WEBGPU)) return null;
      return this.resolve(PLAIN_BUILD, importer, { skipSelf: true });
    },
    transform(code, id) {
      const changes = CHANGES[basename(id.replace(/\?.*$/, ""))];
      if (changes === undefined || !id.includes("node_modules")) return null;
      return { code: changes.reduce((text, change) => applied(text, change, id), code), map: null };
    },
  };
}

function applied(text: string, { from, to, times }: Change, id: string): string {
  const found =
    typeof from === "string" ? text.split(from).length - 1 : (text.match(from) ?? []).length;
  if (found !== times)
    throw new Error(
      `${id} holds ${String(from)} ${found} times and not ${times}: look at the new release.`,
    );
  return typeof from === "string" ? text.replaceAll(from, to) : text.replace(from, to);
}

/**
 * For the package: the wasm becomes a file of it, named by the release it belongs to, and its URL stays spelled as every bundler and a
 * plain page understand it. Vite's library mode would put 19 MB of base64 in its place.
 */
export function keepWasmUrl(): Plugin {
  const { version } = JSON.parse(
    readFileSync(join(ROOT, "node_modules", "onnxruntime-web", "package.json"), "utf8"),
  ) as { version: string };
  const fileName = `assets/ort-${version}.wasm`;
  return {
    name: "alcove-keep-wasm-url",
    apply: "build",
    enforce: "pre",
    async resolveId(id, importer) {
      if (id !== WASM) return null;
      const file = await this.resolve(id.replace("?url", ""), importer, { skipSelf: true });
      return file === null ? null : `${KEPT}${file.id}`;
    },
    load(id) {
      if (!id.startsWith(KEPT)) return null;
      this.emitFile({ type: "asset", fileName, source: readFileSync(id.slice(KEPT.length)) });
      return `export default ${PLACEHOLDER};`;
    },
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk")
          chunk.code = chunk.code.replaceAll(
            PLACEHOLDER,
            () => `new URL("./${fileName}",import.meta.url).href`,
          );
      }
    },
  };
}

/** The chunks that run models are built apart; the worker imports them by the names they have in the package. */
export function keepRuntimes(): Plugin {
  const names = Object.keys(RUNTIMES);
  return {
    name: "alcove-keep-runtimes",
    enforce: "pre",
    resolveId(id) {
      const name = names.find((runtime) => id === `./${runtime}.ts`);
      return name === undefined ? null : { id: `./${name}.js`, external: true };
    },
  };
}

/** For a worker that is one string: the chunks that run models stay out of it and are asked from `assets`. */
export function runtimesFromAssets(): Plugin {
  return {
    name: "alcove-runtimes-from-assets",
    enforce: "pre",
    async resolveId(id, importer) {
      if (!id.endsWith("/runtimes.ts") || importer === undefined) return null;
      const other = id.replace(/runtimes\.ts$/, "runtimes-from-assets.ts");
      return this.resolve(other, importer, { skipSelf: true });
    },
  };
}

import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import type { Plugin } from "vite";
import { SDK } from "./entries.ts";

const SUFFIX = "?packed-wasm";
const RESOLVED = "\0packed-wasm:";
const CACHE = join(SDK, "..", "node_modules", ".cache", "alcove", "kernels");
const COMPILER = join(SDK, "..", "node_modules", "assemblyscript", "package.json");
/** AS112 warns of vectors as arguments of exports; the ones here are called from inside the module alone. */
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--disableWarning", "112"];
const FEATURES = ["simd", "simd,relaxed-simd"];

/**
 * `import { packed } from "./assembly/kernels.ts?packed-wasm"` compiles that AssemblyScript file with its neighbours, once with
 * plain and once with relaxed SIMD, and gives both as one text: no asset to serve, no address to resolve, the same in tests,
 * workers and the package. They are deflated together, as they are nearly the same. What was compiled is kept by a hash of all
 * that went in.
 */
export function kernelModules(): Plugin {
  return {
    name: "alcove-kernel-modules",
    enforce: "pre",
    async resolveId(id, importer) {
      if (!id.endsWith(SUFFIX)) return null;
      const file = await this.resolve(id.slice(0, -SUFFIX.length), importer, { skipSelf: true });
      // With ".ts" at its end the result would be taken for TypeScript.
      return file === null ? null : `${RESOLVED}${file.id}.js`;
    },
    async load(id) {
      if (!id.startsWith(RESOLVED)) return null;
      const entry = id.slice(RESOLVED.length, -".js".length);
      const sources = sourcesBeside(entry);
      for (const { path } of sources) this.addWatchFile(path);
      const modules: Buffer[] = [];
      for (const features of FEATURES) modules.push(await compiled(entry, sources, features));
      const packed = deflateRawSync(Buffer.concat(modules), { level: 9 }).toString("base64");
      return `export const packed = "${packed}", simdBytes = ${modules[0]?.length ?? 0};`;
    },
  };
}

interface Source {
  readonly path: string;
  readonly text: string;
}

function sourcesBeside(entry: string): readonly Source[] {
  const folder = dirname(entry);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .toSorted()
    .map((name) => ({
      path: join(folder, name),
      text: readFileSync(join(folder, name), "utf8"),
    }));
}

async function compiled(
  entry: string,
  sources: readonly Source[],
  features: string,
): Promise<Buffer> {
  const { version } = JSON.parse(readFileSync(COMPILER, "utf8")) as { version: string };
  const names = sources.map(({ path, text }) => [basename(path), text]);
  const key = createHash("sha256")
    .update(JSON.stringify([version, OPTIONS, features, basename(entry), names]))
    .digest("hex")
    .slice(0, 32);
  const file = join(CACHE, `${key}.wasm`);
  try {
    return readFileSync(file);
  } catch {
    const wasm = await compile(basename(entry), sources, features);
    mkdirSync(CACHE, { recursive: true });
    // Written aside, as several processes may compile at the same time.
    const aside = join(CACHE, `${key}.${randomUUID()}`);
    writeFileSync(aside, wasm);
    renameSync(aside, file);
    return Buffer.from(wasm);
  }
}

/** The compiler takes 30 MB and some hundred milliseconds to load, so it is loaded when there is something to compile. */
async function compile(
  entry: string,
  sources: readonly Source[],
  features: string,
): Promise<Uint8Array> {
  const { main } = await import("assemblyscript/asc");
  const texts = new Map(sources.map(({ path, text }) => [basename(path), text]));
  let wasm: Uint8Array | undefined;
  let told = "";
  const { error } = await main([entry, "--outFile", "out.wasm", "--enable", features, ...OPTIONS], {
    readFile: (name) => texts.get(name) ?? null,
    listFiles: () => [],
    writeFile: (name, contents) => {
      if (name === "out.wasm" && typeof contents !== "string") wasm = contents;
    },
    stdout: { write: (text) => void (told += String(text)) },
    stderr: { write: (text) => void (told += String(text)) },
  });
  if (error !== null || wasm === undefined)
    throw new Error(`${entry} could not be compiled.\n${told}`, { cause: error });
  return wasm;
}

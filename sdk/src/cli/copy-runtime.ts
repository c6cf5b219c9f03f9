import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Refusal } from "./command-line.ts";

/** The package's chunks that run models. `./inline` loads them from `assets`; the others have them beside the worker. */
const CHUNKS = ["onnx-runtime.js", "static-runtime.js", "webgpu-runtime.js"];

const WASM = /^ort-(.+)\.wasm$/;

/** Copies what runs models from the package's own folder to `folder`, and gives the names there. */
export async function copyRuntime(dist: string, folder: string): Promise<string[]> {
  const names = [...CHUNKS, await wasmOf(dist)];
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const from = WASM.test(name) ? join(dist, "assets", name) : join(dist, name);
    await copyFile(from, join(folder, name));
  }
  return names;
}

/** Copies the wasm for WebGPU, which the package does not bring, from the project's own install of exactly the release that fits. */
export async function copyWebGpu(dist: string, folder: string, project: string): Promise<string> {
  const [, version = ""] = WASM.exec(await wasmOf(dist)) ?? [];
  const help = `Run "npm install --save-dev --save-exact onnxruntime-web@${version}" first: the wasm for WebGPU is taken from there.`;
  let found: string;
  try {
    const require = createRequire(join(project, "package.json"));
    found = require.resolve("onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm");
  } catch {
    throw new Refusal(`This project has no onnxruntime-web. ${help}`);
  }
  const manifest = await readFile(join(dirname(found), "..", "package.json"), "utf8");
  const installed = (JSON.parse(manifest) as { readonly version: string }).version;
  if (installed !== version)
    throw new Refusal(`This project has onnxruntime-web ${installed}. ${help}`);
  const name = `ort-webgpu-${version}.wasm`;
  await copyFile(found, join(folder, name));
  return name;
}

async function wasmOf(dist: string): Promise<string> {
  const folder = join(dist, "assets");
  const name = (await readdir(folder).catch(() => [])).find((file) => WASM.test(file));
  if (name === undefined) throw new Refusal(`The package is not whole: ${folder} holds no wasm.`);
  return name;
}

import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "./command-line.ts";

/** The package's files that run models: two chunks for `./inline`, and the wasm for everybody. */
const CHUNKS = ["onnx-runtime.js", "static-runtime.js"];

/** Copies them from the package's own folder to `folder`, and gives their names there. */
export async function copyRuntime(dist: string, folder: string): Promise<readonly string[]> {
  const wasm = (await readdir(join(dist, "assets")).catch(() => [])).filter((name) =>
    name.endsWith(".wasm"),
  );
  if (wasm.length === 0)
    throw new Refusal(`The package is not whole: ${join(dist, "assets")} holds no wasm.`);
  await mkdir(folder, { recursive: true });
  for (const name of CHUNKS) await copyFile(join(dist, name), join(folder, name));
  for (const name of wasm) await copyFile(join(dist, "assets", name), join(folder, name));
  return [...CHUNKS, ...wasm];
}

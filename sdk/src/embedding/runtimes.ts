import type { RuntimeName, TextModelRuntime } from "./text-model.ts";

/**
 * Imports a chunk that runs models. Only here are the chunks named, so that the worker's own code stays free of them; the build of
 * `./inline`, which must not hold them, puts `runtimes-from-assets.ts` in this file's place.
 */
export function importRuntime(
  name: RuntimeName,
  _assets: string | null,
): Promise<TextModelRuntime> {
  return RUNTIMES[name]();
}

const RUNTIMES: Readonly<Record<RuntimeName, () => Promise<TextModelRuntime>>> = {
  onnx: () => import("./onnx-runtime.ts"),
  static: () => import("./static-runtime.ts"),
  webgpu: () => import("./webgpu-runtime.ts"),
};

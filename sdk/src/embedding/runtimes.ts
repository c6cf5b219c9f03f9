import type { RuntimeName, TextModelRuntime } from "./text-model.ts";

/**
 * Imports a chunk that runs models. Only here are the chunks named, so that the worker's own code stays free of them; the build of
 * `./inline`, which must not hold them, puts `runtimes-from-assets.ts` in this file's place.
 */
export function importRuntime(
  name: RuntimeName,
  _assets: string | null,
): Promise<TextModelRuntime> {
  switch (name) {
    case "onnx":
      return import("./onnx-runtime.ts");
    case "static":
      return import("./static-runtime.ts");
    case "webgpu":
      return import("./webgpu-runtime.ts");
  }
}

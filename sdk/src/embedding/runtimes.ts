import type { EmbeddingPreset } from "./presets.ts";
import type { TextModelRuntime } from "./text-model.ts";

/**
 * Imports the chunk that runs a kind of model. Only here are the chunks named, so that the worker's own code stays free of them; the
 * build of `./inline`, which must not hold them, puts `runtimes-from-assets.ts` in this file's place.
 */
export function importRuntime(
  kind: EmbeddingPreset["kind"],
  _assets: string | null,
): Promise<TextModelRuntime> {
  return kind === "static" ? import("./static-runtime.ts") : import("./onnx-runtime.ts");
}

import { AutoModel, AutoTokenizer, env, LogLevel, Tensor } from "@huggingface/transformers";
import type { RuntimeWasm } from "./text-model.ts";
import { createTransformersLoader } from "./transformers-model.ts";

/**
 * Networks on WebGPU, for who asks for it. Its wasm is 27 MB and no part of the package: `alcove assets --webgpu` copies it. What the
 * graphics card cannot compute (8-bit products) is computed by that wasm.
 */
export const wasm: RuntimeWasm = {
  url: null,
  file: `ort-webgpu-${env.backends.onnx.versions?.web ?? "unknown"}.wasm`,
};

export const loadTextModel = createTransformersLoader(
  { AutoModel, AutoTokenizer, env, LogLevel, Tensor },
  "webgpu",
);

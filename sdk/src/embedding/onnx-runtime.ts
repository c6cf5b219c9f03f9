import { AutoModel, AutoTokenizer, env, LogLevel, Tensor } from "@huggingface/transformers";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { RuntimeWasm } from "./text-model.ts";
import { createTransformersLoader } from "./transformers-model.ts";

/**
 * Networks on the plain WASM build of ONNX Runtime. The build of the package puts that one in the place of the WebGPU build that the
 * library asks for (`sdk/build/neural-runtime.ts`), and makes one file of this chunk: `./inline` loads it from `assets`.
 */
export const wasm: RuntimeWasm = {
  url: new URL(wasmUrl, self.location.href).href,
  file: `ort-${env.backends.onnx.versions?.web ?? "unknown"}.wasm`,
};

export const loadTextModel = createTransformersLoader(
  { AutoModel, AutoTokenizer, env, LogLevel, Tensor },
  "wasm",
);

import { AutoModel, AutoTokenizer, env, LogLevel, Tensor } from "@huggingface/transformers";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { EmbeddingPreset } from "./presets.ts";
import type { RuntimeWasm, TextModel, TextModelRequest } from "./text-model.ts";

/**
 * `@huggingface/transformers` on the plain WASM build of ONNX Runtime. The build puts that build in the place of the WebGPU one
 * (`sdk/build/neural-runtime.ts`). This chunk imports no value of the SDK: `./inline` loads it as one file from `assets`.
 *
 * The library's settings are global to the thread and point to a hub and a CDN by default. All of that is turned off here: it gets
 * its files from memory, and a request of its own finds nothing.
 */
const MEMORY = "/alcove-memory/";

type Files = TextModelRequest["files"];

const held = new Map<string, Files>();
let loads = 0;

const ort = env.backends.onnx;

export const wasm: RuntimeWasm = {
  url: new URL(wasmUrl, self.location.href).href,
  file: `ort-${ort.versions?.web ?? "unknown"}.wasm`,
};

function settle(code: TextModelRequest["wasm"]): void {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = MEMORY;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.logLevel = LogLevel.ERROR;
  env.fetch = async (input) => answer(String(input));
  if (!ort.wasm) throw new Error("This build of the runtime has no WASM backend.");
  ort.wasm.numThreads = 1;
  ort.wasm.proxy = false;
  ort.wasm.wasmPaths = { wasm: wasm.url };
  if (code) ort.wasm.wasmBinary = code.buffer;
}

/** `/alcove-memory/alcove/7/onnx/model.onnx` is that file of the seventh load. */
function answer(url: string): Response {
  const [slot = "", ...path] = url
    .slice(MEMORY.length)
    .replace(/^alcove\//, "")
    .split("/");
  const bytes = url.startsWith(MEMORY) ? held.get(slot)?.get(path.join("/")) : undefined;
  if (bytes === undefined) return new Response(null, { status: 404 });
  return new Response(bytes, { headers: { "content-length": String(bytes.length) } });
}

export async function loadTextModel({
  preset,
  files,
  wasm: code,
}: TextModelRequest): Promise<TextModel> {
  settle(code);
  const slot = String((loads += 1));
  held.set(slot, files);
  try {
    const id = `alcove/${slot}`;
    const tokenizer = await AutoTokenizer.from_pretrained(id);
    const model = await AutoModel.from_pretrained(id, {
      device: "wasm",
      // `fp32` adds nothing to the file's name, so that the preset alone says what it is called.
      dtype: "fp32",
      subfolder: folderOf(preset.weights),
      model_file_name: nameOf(preset.weights),
      use_external_data_format: preset.files.filter((path) => path.includes(".onnx_data")).length,
    });
    return serve(preset, tokenizer, model);
  } finally {
    held.delete(slot);
    // The runtime has compiled it; the bytes would stay for as long as the worker lives.
    if (ort.wasm) delete ort.wasm.wasmBinary;
  }
}

const folderOf = (path: string): string => path.split("/").slice(0, -1).join("/");
const nameOf = (path: string): string => (path.split("/").at(-1) ?? "").replace(/\.onnx$/, "");

type Tokenizer = Awaited<ReturnType<typeof AutoTokenizer.from_pretrained>>;
type Model = Awaited<ReturnType<typeof AutoModel.from_pretrained>>;

function serve(preset: EmbeddingPreset, tokenizer: Tokenizer, model: Model): TextModel {
  const special = new Set(tokenizer.all_special_ids);
  return {
    dimensions: preset.dimensions,
    encode(text) {
      const { input_ids: ids } = tokenizer(text, { return_tensor: false }) as {
        input_ids: number[];
      };
      if (ids.length <= preset.maxTokens) return ids;
      const last = ids.at(-1);
      // What is cut off is text: a closing special token stays at the end, as in training.
      return last !== undefined && special.has(last)
        ? [...ids.slice(0, preset.maxTokens - 1), last]
        : ids.slice(0, preset.maxTokens);
    },
    async run(rows) {
      const length = Math.max(...rows.map((row) => row.length));
      const ids = new BigInt64Array(rows.length * length).fill(BigInt(tokenizer.pad_token_id ?? 0));
      const mask = new BigInt64Array(rows.length * length);
      for (const [at, row] of rows.entries()) {
        ids.set(row.map(BigInt), at * length);
        mask.fill(1n, at * length, at * length + row.length);
      }
      const shape = [rows.length, length];
      const output = (await model({
        input_ids: new Tensor("int64", ids, shape),
        attention_mask: new Tensor("int64", mask, shape),
      })) as Readonly<Record<string, Tensor>>;
      try {
        return pool(output, rows, preset.pooling);
      } finally {
        for (const tensor of Object.values(output)) tensor.dispose();
      }
    },
    async dispose() {
      await model.dispose();
    },
  };
}

function pool(
  output: Readonly<Record<string, Tensor>>,
  rows: readonly (readonly number[])[],
  pooling: EmbeddingPreset["pooling"],
): Float32Array[] {
  const wanted =
    pooling === "output"
      ? output["sentence_embedding"]
      : (output["last_hidden_state"] ?? output["token_embeddings"]);
  if (wanted === undefined) throw new Error(`The network gives ${Object.keys(output).join(", ")}.`);
  const numbers = wanted.data as Float32Array;
  const width = wanted.dims.at(-1) ?? 0;
  if (pooling === "output") return rows.map((_, at) => numbers.slice(at * width, (at + 1) * width));
  const length = wanted.dims[1] ?? 0;
  return rows.map((row, at) => {
    const start = at * length * width;
    if (pooling === "cls") return numbers.slice(start, start + width);
    return meanOf(numbers.subarray(start, start + row.length * width), width);
  });
}

function meanOf(numbers: Float32Array, width: number): Float32Array {
  const mean = new Float32Array(width);
  for (let at = 0; at < numbers.length; at += 1)
    mean[at % width] = (mean[at % width] ?? 0) + (numbers[at] ?? 0);
  const count = numbers.length / width;
  return mean.map((sum) => sum / count);
}

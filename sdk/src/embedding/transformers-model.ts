import type { AutoModel, AutoTokenizer, env, LogLevel, Tensor } from "@huggingface/transformers";
import type { EmbeddingPreset } from "./presets.ts";
import type { LoadTextModel, TextModel, TextModelRequest } from "./text-model.ts";

/** What is used of `@huggingface/transformers`. Handed over, since each device needs a copy of its own of the library. */
export interface TransformersLibrary {
  readonly AutoModel: typeof AutoModel;
  readonly AutoTokenizer: typeof AutoTokenizer;
  readonly env: typeof env;
  readonly LogLevel: typeof LogLevel;
  readonly Tensor: typeof Tensor;
}

type Files = TextModelRequest["files"];

const MEMORY = "/alcove-memory/";

/**
 * Models through `@huggingface/transformers` and ONNX Runtime. The library's settings are global to the thread and point to a hub and
 * a CDN by default. All of that is turned off here: it gets its files from memory, and a request of its own finds nothing.
 */
export function createTransformersLoader(
  library: TransformersLibrary,
  device: "wasm" | "webgpu",
): LoadTextModel {
  const { env: settings } = library;
  const ort = settings.backends.onnx.wasm;
  const held = new Map<string, Files>();
  let loads = 0;

  /** `/alcove-memory/alcove/7/onnx/model.onnx` is that file of the seventh load. */
  const answer = (url: string): Response => {
    const [slot = "", ...path] = url
      .slice(MEMORY.length)
      .replace(/^alcove\//, "")
      .split("/");
    const bytes = url.startsWith(MEMORY) ? held.get(slot)?.get(path.join("/")) : undefined;
    if (bytes === undefined) return new Response(null, { status: 404 });
    return new Response(bytes, { headers: { "content-length": String(bytes.length) } });
  };

  return async ({ preset, files, wasm }) => {
    if (!ort || wasm === null) throw new Error("There is no code for the runtime.");
    settings.allowRemoteModels = false;
    settings.allowLocalModels = true;
    settings.localModelPath = MEMORY;
    settings.useBrowserCache = false;
    settings.useWasmCache = false;
    // It would write the inputs of a failed run to the console: token ids of what the user said.
    settings.logLevel = library.LogLevel.NONE;
    settings.fetch = async (input) => answer(String(input));
    ort.numThreads = 1;
    ort.proxy = false;
    ort.wasmPaths = { wasm: `${MEMORY}runtime.wasm` };
    ort.wasmBinary = wasm.buffer;
    const slot = String((loads += 1));
    held.set(slot, files);
    try {
      const id = `alcove/${slot}`;
      const tokenizer = await library.AutoTokenizer.from_pretrained(id);
      const model = await library.AutoModel.from_pretrained(id, {
        device,
        // `fp32` adds nothing to the file's name, so that the preset alone says what it is called.
        dtype: "fp32",
        subfolder: folderOf(preset.weights),
        model_file_name: nameOf(preset.weights),
        use_external_data_format: preset.files.filter((path) => path.includes(".onnx_data")).length,
      });
      return serve(preset, tokenizer, model, library.Tensor);
    } finally {
      held.delete(slot);
      // The runtime has compiled it; the bytes would stay for as long as the worker lives. Another load may have put its own there.
      if (ort.wasmBinary === wasm.buffer) delete ort.wasmBinary;
    }
  };
}

const folderOf = (path: string): string => path.split("/").slice(0, -1).join("/");
const nameOf = (path: string): string => (path.split("/").at(-1) ?? "").replace(/\.onnx$/, "");

type Tokenizer = Awaited<ReturnType<(typeof AutoTokenizer)["from_pretrained"]>>;
type Model = Awaited<ReturnType<(typeof AutoModel)["from_pretrained"]>>;

function serve(
  preset: EmbeddingPreset,
  tokenizer: Tokenizer,
  model: Model,
  tensorOf: typeof Tensor,
): TextModel {
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
        input_ids: new tensorOf("int64", ids, shape),
        attention_mask: new tensorOf("int64", mask, shape),
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

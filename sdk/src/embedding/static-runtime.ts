import { Tokenizer } from "@huggingface/tokenizers";
import { readTensors, type StoredTensor } from "./safetensors.ts";
import type { TextModel, TextModelRequest } from "./text-model.ts";

/**
 * Static models (model2vec, "potion"): one vector a token, looked up and averaged. No network is computed, so nothing but the
 * tokenizer is needed and WASM may be forbidden. This chunk imports no value of the SDK's other parts: `./inline` loads it as one
 * file from `assets`.
 */
export const wasm = null;

export async function loadTextModel({ preset, files }: TextModelRequest): Promise<TextModel> {
  const tokenizer = new Tokenizer(readJson(files, "tokenizer.json"), {});
  const bytes = files.get(preset.weights);
  if (bytes === undefined) throw new Error(`${preset.weights} is missing.`);
  const tensors = readTensors(bytes);
  const table = tensors.get("embeddings");
  if (table?.shape.length !== 2) throw new Error(`${preset.weights} holds no table "embeddings".`);
  const [rows = 0, width = 0] = table.shape;
  // Newer models share one vector among tokens, and weigh tokens apart from their vectors.
  const mapping = tensors.get("mapping");
  const weights = tensors.get("weights");
  const unknown = unknownToken(readJson(files, "tokenizer.json"));
  const unknownId = unknown === null ? undefined : tokenizer.token_to_id(unknown);

  return {
    dimensions: width,
    encode(text) {
      const { ids } = tokenizer.encode(text, { add_special_tokens: false });
      return ids.filter((id) => id !== unknownId).slice(0, preset.maxTokens);
    },
    async run(texts) {
      return texts.map((ids) => average(ids, { table, mapping, weights, rows, width }));
    },
    async dispose() {
      tensors.clear();
    },
  };
}

interface Table {
  readonly table: StoredTensor;
  readonly mapping: StoredTensor | undefined;
  readonly weights: StoredTensor | undefined;
  readonly rows: number;
  readonly width: number;
}

function average(
  ids: readonly number[],
  { table, mapping, weights, rows, width }: Table,
): Float32Array {
  const mean = new Float32Array(width);
  let used = 0;
  for (const id of ids) {
    const row = mapping ? Number(mapping.numbers[id]) : id;
    if (!(row >= 0 && row < rows)) continue;
    const weight = weights ? Number(weights.numbers[id] ?? 1) : 1;
    for (let at = 0; at < width; at += 1)
      mean[at] = (mean[at] ?? 0) + weight * Number(table.numbers[row * width + at]);
    used += 1;
  }
  // A text of unknown words only still has a place: the first axis, where the other embedders put one without words too.
  if (used === 0 || mean.every((value) => value === 0)) mean[0] = 1;
  return mean;
}

function readJson(files: TextModelRequest["files"], path: string): object {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`${path} is missing.`);
  return JSON.parse(new TextDecoder().decode(bytes)) as object;
}

function unknownToken(tokenizer: {
  readonly model?: { readonly unk_token?: unknown };
}): string | null {
  const token = tokenizer.model?.unk_token;
  return typeof token === "string" ? token : null;
}

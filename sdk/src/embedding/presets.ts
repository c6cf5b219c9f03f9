import { hashText } from "../text/hash.ts";

/**
 * How a model's files are turned into vectors: everything that has to be right for its vectors to mean something, kept in one place
 * so that no app has to know it.
 */
export interface EmbeddingPreset {
  /** Short name, as the `embedder` option and the `alcove` command take it. */
  readonly name: string;
  /** `owner/name` on a hub, and the folder under `models/` of the assets. */
  readonly model: string;
  /** The commit of the model's repository. A branch name is allowed and is not kept in any cache. */
  readonly revision: string;
  /** `onnx` is a network that ONNX Runtime computes; `static` is a table of one vector a token, which needs no runtime. */
  readonly kind: "onnx" | "static";
  /** Precision of the weights in `weights`. */
  readonly precision: "fp32" | "fp16" | "q8" | "q4";
  /** Every file that is needed, weights included, relative to the model's folder. */
  readonly files: readonly string[];
  /** The one of `files` that is the network or the table. */
  readonly weights: string;
  /** `output`: the network gives one vector a text itself, under the name `sentence_embedding`. */
  readonly pooling: "mean" | "cls" | "output";
  readonly queryPrefix: string;
  readonly documentPrefix: string;
  readonly dimensions: number;
  /** Smaller lengths it may be cut to, as it was trained for that (Matryoshka); none for most models. */
  readonly shorterDimensions: readonly number[];
  /** Longer texts are cut off, special tokens included. */
  readonly maxTokens: number;
  /**
   * `false` where a vector would depend on the texts beside it. 8-bit networks scale their activations by the largest of the whole
   * batch, padding included (https://github.com/microsoft/onnxruntime/issues/8625), so they take one text at a time.
   */
  readonly batches: boolean;
  readonly languages: "en" | "many";
  /** SPDX identifier, or the name of terms that have none. */
  readonly licence: string;
  /** Of all files together, for a question before a download. */
  readonly approximateBytes: number;
  /** Whether `verifyCommand` has passed for exactly this revision. */
  readonly verified: boolean;
}

const BERT_FILES = ["config.json", "tokenizer.json", "tokenizer_config.json"] as const;

/** Where no command has loaded a preset from a hub yet it says `verified: false`; see `verifyCommand`. */
export const PRESETS = {
  minilm: {
    name: "minilm",
    model: "Xenova/all-MiniLM-L6-v2",
    revision: "751bff37182d3f1213fa05d7196b954e230abad9",
    kind: "onnx",
    precision: "q8",
    files: [...BERT_FILES, "onnx/model_quantized.onnx"],
    weights: "onnx/model_quantized.onnx",
    pooling: "mean",
    queryPrefix: "",
    documentPrefix: "",
    dimensions: 384,
    shorterDimensions: [],
    // The network could take 512; it was trained on 256 at most.
    maxTokens: 256,
    batches: false,
    languages: "en",
    licence: "Apache-2.0",
    approximateBytes: 23_700_000,
    verified: false,
  },
  "arctic-xs": {
    name: "arctic-xs",
    model: "Snowflake/snowflake-arctic-embed-xs",
    revision: "d8c86521100d3556476a063fc2342036d45c106f",
    kind: "onnx",
    precision: "q8",
    files: [...BERT_FILES, "onnx/model_quantized.onnx"],
    weights: "onnx/model_quantized.onnx",
    pooling: "cls",
    queryPrefix: "Represent this sentence for searching relevant passages: ",
    documentPrefix: "",
    dimensions: 384,
    shorterDimensions: [],
    maxTokens: 512,
    batches: false,
    languages: "en",
    licence: "Apache-2.0",
    approximateBytes: 23_700_000,
    verified: false,
  },
  "granite-multilingual": {
    name: "granite-multilingual",
    model: "onnx-community/granite-embedding-97m-multilingual-r2-ONNX",
    revision: "536a9f241cb3f02a9c5995a1e708c784bd274859",
    kind: "onnx",
    precision: "q8",
    files: [...BERT_FILES, "onnx/model_quantized.onnx"],
    weights: "onnx/model_quantized.onnx",
    pooling: "cls",
    queryPrefix: "",
    documentPrefix: "",
    dimensions: 384,
    shorterDimensions: [],
    // It could take 32,768; the time one text takes grows with the square of its length.
    maxTokens: 512,
    batches: false,
    languages: "many",
    licence: "Apache-2.0",
    approximateBytes: 115_000_000,
    verified: false,
  },
  potion: {
    name: "potion",
    model: "minishlab/potion-base-8M",
    revision: "bf8b056651a2c21b8d2565580b8569da283cab23",
    kind: "static",
    precision: "fp32",
    files: ["config.json", "tokenizer.json", "model.safetensors"],
    weights: "model.safetensors",
    pooling: "mean",
    queryPrefix: "",
    documentPrefix: "",
    dimensions: 256,
    shorterDimensions: [],
    maxTokens: 512,
    batches: true,
    languages: "en",
    licence: "MIT",
    approximateBytes: 31_000_000,
    verified: false,
  },
  embeddinggemma: {
    name: "embeddinggemma",
    model: "onnx-community/embeddinggemma-300m-ONNX",
    revision: "5090578d9565bb06545b4552f76e6bc2c93e4a66",
    kind: "onnx",
    precision: "q4",
    files: [...BERT_FILES, "onnx/model_q4.onnx", "onnx/model_q4.onnx_data"],
    weights: "onnx/model_q4.onnx",
    pooling: "output",
    queryPrefix: "task: search result | query: ",
    documentPrefix: "title: none | text: ",
    dimensions: 768,
    shorterDimensions: [512, 256, 128],
    // It could take 2,048; one text holds the worker until it is through, and recall with it.
    maxTokens: 512,
    batches: true,
    languages: "many",
    licence: "Gemma Terms of Use",
    approximateBytes: 220_000_000,
    verified: false,
  },
} as const satisfies Record<string, EmbeddingPreset>;

export type PresetName = keyof typeof PRESETS;

export function isPresetName(value: unknown): value is PresetName {
  return typeof value === "string" && Object.hasOwn(PRESETS, value);
}

/**
 * The id of a preset's vectors: model, revision, precision, pooling, prefixes and length, all that makes two vectors
 * comparable. `revision` is that of the files that were really loaded, where they say one.
 */
export function spaceOf(
  preset: EmbeddingPreset,
  dimensions: number = preset.dimensions,
  revision: string = preset.revision,
): string {
  const parts = [
    `${preset.model}@${revision.slice(0, 12)}`,
    preset.precision,
    preset.pooling,
    `${preset.maxTokens}t`,
    String(dimensions),
  ];
  const prefixes = preset.queryPrefix + "\n" + preset.documentPrefix;
  if (prefixes !== "\n") parts.push(`p${hashText(prefixes)}`);
  return parts.join("/");
}

/** The command that loads a preset from a hub, computes the canary texts and says whether it may be called verified. */
export function verifyCommand(preset: EmbeddingPreset): string {
  return `npx -p @alcove/sdk alcove verify --model ${preset.name}`;
}

import type { EmbeddingPreset } from "../../src/embedding/presets.ts";
import { createOnnxGraph, type OnnxGraph } from "./onnx-graph.ts";
import { join } from "./protobuf.ts";
import { isCommon, TOKENS, tokenizerJson } from "./tiny-tokenizer.ts";

/**
 * Models of a few hundred kilobytes that this project makes itself, so that tests run a real network through the real libraries with
 * nothing to download. Their weights are random: a mean over random word vectors behaves like a bag of words, so texts that share words
 * are near each other. The bytes are the same on every machine (whole-number generator, no `Math.sin` or `Math.log`).
 */
export interface TinyModel {
  readonly preset: EmbeddingPreset;
  /** By path, as a hub has them. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

const REVISION = "0123456789abcdef0123456789abcdef01234567";
const MAX_TOKENS = 128;

const BASE = {
  revision: REVISION,
  kind: "onnx",
  pooling: "mean",
  queryPrefix: "",
  documentPrefix: "",
  maxTokens: MAX_TOKENS,
  languages: "en",
  licence: "MIT",
  verified: true,
} as const;

/** 64 numbers, full precision: takes texts in batches. */
export function makeTinyModel(): TinyModel {
  const network = makeNetwork({ seed: 0x9e3779b9, width: 64, quantized: false });
  return onnxModel("tiny", "onnx/model.onnx", network, {
    precision: "fp32",
    dimensions: 64,
    shorterDimensions: [32],
    batches: true,
  });
}

/** The first one with 10 MB of weights, to see what becomes of them. */
export function makeTinyLargeModel(): TinyModel {
  const network = makeNetwork({ seed: 0x9e3779b9, width: 64, quantized: false, tokens: 40_000 });
  return onnxModel("tiny-large", "onnx/model.onnx", network, {
    precision: "fp32",
    dimensions: 64,
    shorterDimensions: [],
    batches: true,
  });
}

/** Another space: 32 numbers, 8-bit weights with activations scaled batch by batch, as the 8-bit models of the hubs are. */
export function makeTinyQuantizedModel(): TinyModel {
  const network = makeNetwork({ seed: 0x2545f491, width: 32, quantized: true });
  return onnxModel("tiny-q8", "onnx/model_quantized.onnx", network, {
    precision: "q8",
    dimensions: 32,
    shorterDimensions: [],
    batches: false,
  });
}

/**
 * A model that stands in for one of the presets: its files, its length of vectors, its precision, and random weights. For tests of
 * everything around a model that an app can name.
 */
export function makeStandIn(preset: EmbeddingPreset): TinyModel {
  if (preset.kind === "static") return staticModel(preset, 0x7f4a7c15);
  const quantized = preset.precision === "q8";
  const network = makeNetwork({
    seed: 0x7f4a7c15,
    width: preset.dimensions,
    quantized,
    places: preset.maxTokens,
  });
  return { preset, files: bertFiles(preset, network) };
}

/** A table of one vector a token, as static models are. */
export function makeTinyStaticModel(): TinyModel {
  const name = "tiny-static";
  return staticModel(
    {
      ...BASE,
      name,
      model: `alcove-tests/${name}`,
      kind: "static",
      precision: "fp32",
      files: ["config.json", "tokenizer.json", "model.safetensors"],
      weights: "model.safetensors",
      dimensions: 48,
      shorterDimensions: [],
      batches: true,
      approximateBytes: 50_000,
    },
    0x51ed270b,
  );
}

function staticModel(preset: EmbeddingPreset, seed: number): TinyModel {
  const shape = [TOKENS.length, preset.dimensions];
  const table = wordVectors(seed, preset.dimensions, TOKENS.length);
  return {
    preset,
    files: new Map([
      ["config.json", json({ model_type: "model2vec", normalize: true })],
      ["tokenizer.json", json(tokenizerJson(false))],
      [preset.weights, safetensors("embeddings", shape, table)],
    ]),
  };
}

function onnxModel(
  name: string,
  weights: string,
  network: Uint8Array<ArrayBuffer>,
  rest: Pick<EmbeddingPreset, "precision" | "dimensions" | "shorterDimensions" | "batches">,
): TinyModel {
  const preset: EmbeddingPreset = {
    ...BASE,
    ...rest,
    name,
    model: `alcove-tests/${name}`,
    files: ["config.json", "tokenizer.json", "tokenizer_config.json", weights],
    weights,
    approximateBytes: network.length + 10_000,
  };
  return { preset, files: bertFiles(preset, network) };
}

function bertFiles(
  preset: EmbeddingPreset,
  network: Uint8Array<ArrayBuffer>,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const config = {
    model_type: "bert",
    architectures: ["BertModel"],
    hidden_size: preset.dimensions,
    num_hidden_layers: 1,
    num_attention_heads: 1,
    intermediate_size: preset.dimensions,
    vocab_size: TOKENS.length,
    max_position_embeddings: preset.maxTokens,
    type_vocab_size: 2,
    pad_token_id: 0,
  };
  const tokenizerConfig = {
    tokenizer_class: "BertTokenizer",
    do_lower_case: true,
    model_max_length: preset.maxTokens,
    pad_token: "[PAD]",
    unk_token: "[UNK]",
    cls_token: "[CLS]",
    sep_token: "[SEP]",
    mask_token: "[MASK]",
  };
  return new Map([
    ["config.json", json(config)],
    ["tokenizer.json", json(tokenizerJson(true))],
    ["tokenizer_config.json", json(tokenizerConfig)],
    [preset.weights, network],
  ]);
}

interface NetworkOptions {
  readonly seed: number;
  readonly width: number;
  readonly quantized: boolean;
  /** Rows of the table of words; more than the tokenizer knows make a model larger and nothing else. */
  readonly tokens?: number;
  /** Positions that have a vector: the longest text. */
  readonly places?: number;
}

/** Word, place and segment vectors and one attention layer over their norm: the shape of a BERT, one layer deep. */
function makeNetwork({
  seed,
  width,
  quantized,
  tokens = TOKENS.length,
  places = MAX_TOKENS,
}: NetworkOptions): Uint8Array<ArrayBuffer> {
  const graph = createOnnxGraph();
  const floats = (name: string, shape: readonly number[], scale: number): string =>
    graph.weights(name, shape, randomNumbers(seed ^ hash(name), product(shape), scale));
  const number = (name: string, value: number): string =>
    graph.weights(name, [1], Float32Array.of(value));

  const table = graph.weights(
    "words",
    [tokens, width],
    wordVectors(seed ^ hash("words"), width, tokens),
  );
  const words = graph.node("Gather", [table, "input_ids"]);
  const kinds = graph.node("Gather", [floats("kinds", [2, width], 0.02), "token_type_ids"]);
  const first = graph.weights("first", [], BigInt64Array.of(0n));
  const one = graph.weights("one", [], BigInt64Array.of(1n));
  const length = graph.node("Gather", [graph.node("Shape", ["input_ids"]), one]);
  const positions = graph.node("Gather", [
    floats("places", [places, width], 0.02),
    graph.node("Range", [first, length, one]),
  ]);
  const input = graph.node("Add", [graph.node("Add", [words, kinds]), positions]);
  const even = norm(graph, input, width);

  const project = (name: string): string =>
    quantized
      ? quantizedProduct(graph, even, name, width, seed)
      : graph.node("MatMul", [even, floats(name, [width, width], 0.02)]);
  const query = project("query");
  const key = graph.node("Transpose", [project("key")], { perm: [0, 2, 1] });
  const scores = graph.node("Mul", [graph.node("MatMul", [query, key]), number("scale", 0.125)]);
  const axis = graph.weights("axis", [1], BigInt64Array.of(1n));
  const present = graph.node("Unsqueeze", [
    graph.node("Cast", ["attention_mask"], { to: 1 }),
    axis,
  ]);
  const absent = graph.node("Sub", [number("present", 1), present]);
  const masked = graph.node("Add", [scores, graph.node("Mul", [absent, number("never", -10_000)])]);
  const attention = graph.node("Softmax", [masked], { axis: -1 });
  const context = graph.node("MatMul", [attention, project("value")]);
  const output = graph.node("Add", [input, context]);
  return graph.model(["input_ids", "attention_mask", "token_type_ids"], output, {
    name: "last_hidden_state",
    width,
  });
}

function norm(graph: OnnxGraph, input: string, width: number): string {
  const gain = graph.weights("gain", [width], new Float32Array(width).fill(1));
  const shift = graph.weights("shift", [width], new Float32Array(width));
  const attributes = { axis: -1, epsilon: { float: 1e-12 } };
  return graph.node("LayerNormalization", [input, gain, shift], attributes);
}

/** The product as dynamic quantisation writes it: the activations get one scale for the whole batch. */
function quantizedProduct(
  graph: OnnxGraph,
  input: string,
  name: string,
  width: number,
  seed: number,
): string {
  const weights = Int8Array.from(randomNumbers(seed ^ hash(name), width * width, 40), (value) =>
    Math.max(-127, Math.min(127, Math.round(value))),
  );
  const [quantized = "", scale = "", zero = ""] = graph.nodes("DynamicQuantizeLinear", [input], 3);
  const product = graph.node("MatMulInteger", [
    quantized,
    graph.weights(name, [width, width], weights),
    zero,
  ]);
  const step = graph.node("Mul", [
    scale,
    graph.weights(`${name}-step`, [1], Float32Array.of(0.02 / 40)),
  ]);
  return graph.node("Mul", [graph.node("Cast", [product], { to: 1 }), step]);
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A vector a token. Common words have short ones, so that a mean tells what a text is about. */
function wordVectors(seed: number, width: number, tokens: number): Float32Array<ArrayBuffer> {
  const table = randomNumbers(seed, tokens * width, 1);
  for (const [row, token] of TOKENS.entries()) {
    if (!isCommon(token)) continue;
    for (let at = row * width; at < (row + 1) * width; at += 1) table[at] = 0.1 * (table[at] ?? 0);
  }
  return table;
}

/** Sums of four uniform numbers, by mulberry32 (public domain): near enough to a bell, and exact everywhere. */
function randomNumbers(seed: number, count: number, scale: number): Float32Array<ArrayBuffer> {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => (next() + next() + next() + next() - 2) * 1.732 * scale,
  );
}

function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1)
    value = Math.imul(value ^ name.charCodeAt(at), 0x01000193);
  return value;
}

function json(value: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

function safetensors(
  name: string,
  shape: readonly number[],
  numbers: Float32Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const header = JSON.stringify({
    [name]: { dtype: "F32", shape, data_offsets: [0, numbers.byteLength] },
  });
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return join([length, new TextEncoder().encode(header), new Uint8Array(numbers.buffer)]);
}

import type { EmbeddingPreset } from "./presets.ts";

/**
 * A loaded model, as small as a runtime can be asked to be. Tokens and vectors only: prefixes, order, batches, length of the vector and
 * norm are the embedder's business (`neural-embedder.ts`).
 */
export interface TextModel {
  /** Numbers of one raw vector, as the weights have them. */
  readonly dimensions: number;
  /** The token ids of a text, special ones included, `maxTokens` at most. */
  encode(text: string): readonly number[];
  /** One raw vector a row, in order. Never called again before it has settled. */
  run(rows: readonly (readonly number[])[]): Promise<Float32Array[]>;
  /** Gives the memory back. Nothing is called afterwards. */
  dispose(): Promise<void>;
}

export interface TextModelRequest {
  readonly preset: EmbeddingPreset;
  /** All of `preset.files`, by path. The runtime reads nothing else from anywhere. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** ONNX Runtime's own code; `null` for a static model. */
  readonly wasm: Uint8Array<ArrayBuffer> | null;
}

export type LoadTextModel = (request: TextModelRequest) => Promise<TextModel>;

/** The chunks there are. */
export type RuntimeName = "onnx" | "static" | "webgpu";

/** A chunk that knows one kind of model. */
export interface TextModelRuntime {
  readonly loadTextModel: LoadTextModel;
  /** The code that it runs models with; `null` if it needs none. */
  readonly wasm: RuntimeWasm | null;
}

export interface RuntimeWasm {
  /** Where it lies in this build; `null` if it is no part of it and has to come from `assets`. */
  readonly url: string | null;
  /** Its name below `assets`. It holds the version, so that code of another release is not found rather than misread. */
  readonly file: string;
}

/**
 * Turns texts into vectors in a way of the app's own: an API, the browser's own model, anything. It runs in the page.
 *
 * **Sends**: whatever `embed` itself sends. Every remembered text passes through it, so a remote one sees them all.
 *
 * @example
 * ```ts
 * import { createMemory } from "@alcove/sdk";
 *
 * const words = ["boat", "garden", "music", "dinner"];
 * const embedder = {
 *   space: "four-words-1",
 *   dimensions: 4,
 *   embed: async (texts) =>
 *     texts.map((text) => words.map((word) => 1 + text.toLowerCase().split(word).length)),
 * };
 * const memory = createMemory({ vault: "own-embedder", embedder });
 * await memory.destroy();
 * ```
 */
export interface Embedder {
  /**
   * Names everything that makes two vectors comparable: model, version, prefix, length. It is stored beside each vector. Change it
   * whenever vectors change; what was embedded under another name is embedded again in the background.
   */
  readonly space: string;
  /** Numbers in a vector, 1 to 4,096. */
  readonly dimensions: number;
  /**
   * Milliseconds after which a call of `embed` that has not answered is given up: its `signal` is aborted, the `error` event tells
   * `embedder/timeout`, and it is tried again later. 100 to 600,000. @defaultValue 60000
   */
  readonly timeoutMs?: number;
  /**
   * One vector a text, in order. Vectors need no unit length. The same text must give the same vector. An aborted `signal` may reject
   * with its reason; a rejection of any other kind leaves recall to words alone and is tried again later.
   *
   * A question may be asked while documents are still being embedded: calls may overlap.
   */
  embed(
    texts: readonly string[],
    options: EmbedOptions,
  ): Promise<readonly (Float32Array | readonly number[])[]>;
}

export interface EmbedOptions {
  /** Models with prefixes embed what is stored and what is asked differently. */
  readonly purpose: "document" | "query";
  readonly signal: AbortSignal;
}

/** How far the files of a model are loaded. */
export interface ModelProgress {
  /** The preset's name. */
  readonly model: string;
  /** The file that is being loaded. */
  readonly file: string;
  /** Bytes of that file. `total` is `null` where nothing tells it. */
  readonly loaded: number;
  readonly total: number | null;
  /** Of all files together, 0 to 100. An estimate until every size is known; 100 is told once, when the model can be used. */
  readonly percent: number;
}

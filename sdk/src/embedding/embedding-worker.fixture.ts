import * as Comlink from "comlink";
import type { ModelProgress } from "../domain/embedder.ts";
import { createNeuralEmbedder, type NeuralEmbedder } from "./neural-embedder.ts";
import type { EmbeddingPreset } from "./presets.ts";
import { importRuntime } from "./runtimes.ts";

const memories: WebAssembly.Memory[] = [];
WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
  construct(target, args: ConstructorParameters<typeof WebAssembly.Memory>) {
    const memory = new target(...args);
    memories.push(memory);
    return memory;
  },
});

/** A real worker that loads models as the memory worker does, for tests to call. */
const loaded = new Map<number, NeuralEmbedder>();
const fingerprints = new Map<string, Float32Array>();

const api = {
  async load(
    preset: EmbeddingPreset,
    assets: string,
    onProgress: (progress: ModelProgress) => void = () => undefined,
    dimensions?: number,
  ) {
    const started = performance.now();
    const embedder = await createNeuralEmbedder({
      preset,
      ...(dimensions === undefined ? {} : { dimensions }),
      source: { assets, hub: null },
      importRuntime,
      fetch: (input, init) => fetch(input, init),
      caches,
      canary: {
        get: async (space) => fingerprints.get(space) ?? null,
        put: async (space, fingerprint) => void fingerprints.set(space, fingerprint),
      },
      pause: () => new Promise((resolve) => setTimeout(resolve)),
      onProgress,
    });
    loaded.set(loaded.size, embedder);
    const { space, revision } = embedder;
    return {
      id: loaded.size - 1,
      space,
      revision,
      dimensions: embedder.dimensions,
      ms: performance.now() - started,
    };
  },
  async embed(id: number, texts: readonly string[], purpose: "document" | "query") {
    const vectors = (await loaded.get(id)?.embed(texts, purpose)) ?? [];
    return Comlink.transfer(
      vectors,
      vectors.map(({ buffer }) => buffer as ArrayBuffer),
    );
  },
  async dispose(id: number) {
    await loaded.get(id)?.dispose();
  },
  /** Of all WASM memory in this thread; it never shrinks. */
  wasmBytes: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  resources: () => performance.getEntriesByType("resource").map(({ name }) => name),
};

export type EmbeddingWorkerApi = typeof api;

Comlink.expose(api);

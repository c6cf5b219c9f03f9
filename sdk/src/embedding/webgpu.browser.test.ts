import { expect, test } from "vitest";
import { makeTinyModel } from "../../test/tiny-model/make-tiny-model.ts";
import type { MemoryError } from "../domain/errors.ts";
import type { CanaryStore } from "./canary.ts";
import { createNeuralEmbedder, type NeuralEmbedder } from "./neural-embedder.ts";
import { importRuntime } from "./runtimes.ts";
import { cosine } from "./vectors.ts";

const TEXTS = ["My mother made a garden by the river.", "tea", ""];

/** Whether the browser that runs the tests computes on a graphics card, or on what stands in for one. */
const hasGpu = async (): Promise<boolean> => (await navigator.gpu?.requestAdapter()) != null;

async function loadTiny(canary: CanaryStore) {
  const fallbacks: MemoryError[] = [];
  const embedder: NeuralEmbedder = await createNeuralEmbedder({
    preset: makeTinyModel().preset,
    device: "webgpu",
    onFallback: (error) => fallbacks.push(error),
    source: { assets: new URL("/tiny-assets/", location.href).href, hub: null },
    importRuntime,
    fetch: (url, init) => fetch(url, init),
    caches: null,
    canary,
    pause: async () => undefined,
  });
  return { embedder, fallbacks };
}

function memoryStore(): CanaryStore & { readonly kept: Map<string, Float32Array> } {
  const kept = new Map<string, Float32Array>();
  return {
    kept,
    get: async (space) => kept.get(space) ?? null,
    put: async (space, fingerprint) => void kept.set(space, fingerprint),
  };
}

// Two runtimes are compiled, and the graphics card is one in software.
const TIMEOUT_MS = 90_000;

test(
  "WebGPU computes what WASM computes, in the same space, or WASM does the work",
  { timeout: TIMEOUT_MS },
  async () => {
    const gpu = await hasGpu();
    const store = memoryStore();
    const { embedder, fallbacks } = await loadTiny(store);
    expect(embedder.device).toBe(gpu ? "webgpu" : "wasm");
    expect(fallbacks.map(({ code }) => code)).toEqual(gpu ? [] : ["embedder/failed"]);
    expect(store.kept.size).toBe(1);
    const vectors = await embedder.embed(TEXTS, "document");
    await embedder.dispose();

    const wasm = await createNeuralEmbedder({
      preset: makeTinyModel().preset,
      source: { assets: new URL("/tiny-assets/", location.href).href, hub: null },
      importRuntime,
      fetch: (url, init) => fetch(url, init),
      caches: null,
      canary: store,
      pause: async () => undefined,
    });
    expect(wasm.space).toBe(embedder.space);
    for (const [at, vector] of (await wasm.embed(TEXTS, "document")).entries())
      expect(cosine(vector, vectors[at]!)).toBeGreaterThan(0.98);
    await wasm.dispose();
  },
);

test("what differs from the first verified load is not used", { timeout: TIMEOUT_MS }, async () => {
  const store = memoryStore();
  const { embedder } = await loadTiny(store);
  await embedder.dispose();
  for (const [space, fingerprint] of store.kept) store.kept.set(space, fingerprint.toReversed());
  await expect(loadTiny(store)).rejects.toMatchObject({ code: "embedder/canary" });
});

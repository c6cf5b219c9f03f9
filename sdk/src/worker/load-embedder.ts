import type { CanaryStore } from "../embedding/canary.ts";
import { createRemoteEmbedder, type OwnEmbedderPort } from "../embedding/own-embedder.ts";
import { PRESETS } from "../embedding/presets.ts";
import { MemoryError } from "../domain/errors.ts";
import type { ModelProgress } from "../domain/embedder.ts";
import type { Embedder } from "../engine/embedder.ts";
import type { Vault } from "../vault/vault.ts";
import type { EmbedderConfig } from "./host-api.ts";

export interface LoadedEmbedder {
  readonly embedder: Embedder;
  /** Whether it computes in this thread, so that its work is to be cut into slices. */
  readonly local: boolean;
  dispose(): Promise<void>;
}

export interface LoadEmbedderDeps {
  readonly vault: Pick<Vault, "meta" | "setMeta">;
  readonly pause: () => Promise<void>;
  readonly onProgress: (progress: ModelProgress) => void;
  /** WebGPU was asked for and WASM does the work. */
  readonly onFallback: (error: MemoryError) => void;
  readonly signal: AbortSignal;
}

/**
 * The embedder that a configuration names. A model's code is a chunk of its own, fetched only here.
 *
 * @throws {@link MemoryError} `embedder/*` - see `createNeuralEmbedder`.
 */
export async function loadEmbedder(
  config: Exclude<EmbedderConfig, { readonly kind: "builtin" }>,
  own: OwnEmbedderPort | undefined,
  deps: LoadEmbedderDeps,
): Promise<LoadedEmbedder> {
  if (config.kind === "own") {
    if (own === undefined)
      throw new MemoryError("embedder/failed", "The page did not hand its embedder over.");
    return {
      embedder: createRemoteEmbedder(config, own),
      local: false,
      dispose: async () => undefined,
    };
  }
  const { createNeuralEmbedder, importRuntime } = await loadNeuralTier();
  const embedder = await createNeuralEmbedder({
    preset: PRESETS[config.preset],
    ...(config.dimensions === undefined ? {} : { dimensions: config.dimensions }),
    ...(config.device === undefined ? {} : { device: config.device }),
    onFallback: deps.onFallback,
    source: { assets: config.assets, hub: config.hub },
    importRuntime,
    fetch: globalThis.fetch.bind(globalThis),
    caches: globalThis.caches ?? null,
    canary: createCanaryStore(deps.vault),
    pause: deps.pause,
    onProgress: deps.onProgress,
    signal: deps.signal,
  });
  return { embedder, local: true, dispose: () => embedder.dispose() };
}

async function loadNeuralTier() {
  try {
    const [{ createNeuralEmbedder }, { importRuntime }] = await Promise.all([
      import("../embedding/neural-embedder.ts"),
      import("../embedding/runtimes.ts"),
    ]);
    return { createNeuralEmbedder, importRuntime };
  } catch (cause) {
    throw new MemoryError(
      "embedder/failed",
      "The chunk that runs models could not be loaded. Check that the SDK's files are served together.",
      { cause, retryable: true },
    );
  }
}

function createCanaryStore(vault: Pick<Vault, "meta" | "setMeta">): CanaryStore {
  const keyOf = (space: string): string => `canary:${space}`;
  return {
    async get(space) {
      const kept = await vault.meta(keyOf(space));
      return kept === null ? null : Float32Array.from(JSON.parse(kept) as readonly number[]);
    },
    put: (space, fingerprint) => vault.setMeta(keyOf(space), JSON.stringify([...fingerprint])),
  };
}

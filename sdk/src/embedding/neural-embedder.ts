import type { ModelProgress } from "../domain/embedder.ts";
import { isMemoryError, MemoryError } from "../domain/errors.ts";
import type { Embedder } from "../engine/embedder.ts";
import { passCanary, type CanaryStore } from "./canary.ts";
import { loadModelFiles, type FetchFile, type ModelSource } from "./model-files.ts";
import { spaceOf, type EmbeddingPreset } from "./presets.ts";
import type { RuntimeName, TextModel, TextModelRuntime } from "./text-model.ts";
import { chosenDimensions, toUnit } from "./vectors.ts";

export interface NeuralEmbedderDeps {
  readonly preset: EmbeddingPreset;
  /** A shorter vector, one of `preset.shorterDimensions`. Default: the whole. */
  readonly dimensions?: number;
  /**
   * Where networks are computed. `webgpu` is proved against WASM before it is used; where there is none, or it fails or computes
   * something else, WASM does the work and `onFallback` says why. Default `wasm`.
   */
  readonly device?: "wasm" | "webgpu";
  readonly onFallback?: (error: MemoryError) => void;
  /** Absolute URLs: a worker knows nothing of the page's base. */
  readonly source: ModelSource;
  /** Imports a chunk that runs models (`runtimes.ts`); `assets` is where it comes from if the build has none. */
  readonly importRuntime: (name: RuntimeName, assets: string | null) => Promise<TextModelRuntime>;
  readonly fetch: FetchFile;
  readonly caches: CacheStorage | null;
  readonly canary: CanaryStore;
  /** Lets what waits in this thread run; awaited between two batches. */
  readonly pause: () => Promise<void>;
  readonly onProgress?: (progress: ModelProgress) => void;
  /** Gives up loading. */
  readonly signal?: AbortSignal;
}

export interface NeuralEmbedder extends Embedder {
  readonly preset: EmbeddingPreset;
  /** The commit that was loaded. */
  readonly revision: string;
  readonly device: "wasm" | "webgpu";
  /** Waits for the batch that runs and gives the model's memory back. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/** One batch is one step in which the thread answers nothing, so it is kept short. */
const BATCH_TEXTS = 16;
const BATCH_TOKENS = 1_024;
/** More characters than these a token are never needed, so a very long text is cut before it is read. */
const CHARACTERS_A_TOKEN = 32;

/**
 * Loads a model and proves it with the canary. Nothing of it is in the worker's own code: this is where the chunk is imported.
 *
 * @throws {@link MemoryError} `usage/invalid-option` - `dimensions` is none the model can give.
 * @throws {@link MemoryError} `embedder/not-found`, `embedder/checksum` - see `loadModelFiles`.
 * @throws {@link MemoryError} `embedder/failed` - the network failed (retryable), or the runtime could not load the model.
 * @throws {@link MemoryError} `embedder/canary` - it loaded and computes something wrong.
 */
export async function createNeuralEmbedder(deps: NeuralEmbedderDeps): Promise<NeuralEmbedder> {
  const { preset, signal } = deps;
  chosenDimensions(preset, deps.dimensions);
  signal?.throwIfAborted();
  const gpu = deps.device === "webgpu" && preset.kind === "onnx" ? await tryWebGpu(deps) : null;
  const embedder = gpu ?? (await prove(await load(deps, "wasm"), deps));
  const file = preset.weights;
  deps.onProgress?.({ model: preset.name, file, loaded: 0, total: null, percent: 100 });
  return embedder;
}

/** Null where WASM has to do the work. What is missing is missing for both, and an abort is no fallback. */
async function tryWebGpu(deps: NeuralEmbedderDeps): Promise<NeuralEmbedder | null> {
  let embedder: NeuralEmbedder | null = null;
  try {
    if ((await navigator.gpu?.requestAdapter()) == null)
      throw new MemoryError("embedder/failed", "This device has no WebGPU; WASM is used.");
    embedder = await load(deps, "webgpu");
    // Without anything to compare with, what the graphics card computes would become the measure of all later loads.
    if ((await deps.canary.get(embedder.space)) === null)
      await (await prove(await load(deps, "wasm"), deps)).dispose();
    return await prove(embedder, deps);
  } catch (error) {
    await embedder?.dispose();
    if (deps.signal?.aborted || !isMemoryError(error)) throw error;
    deps.onFallback?.(error);
    return null;
  }
}

async function prove(embedder: NeuralEmbedder, deps: NeuralEmbedderDeps): Promise<NeuralEmbedder> {
  try {
    deps.signal?.throwIfAborted();
    await passCanary(embedder, deps.canary, deps.signal);
    return embedder;
  } catch (error) {
    await embedder.dispose();
    throw error;
  }
}

async function load(
  deps: NeuralEmbedderDeps,
  device: NeuralEmbedder["device"],
): Promise<NeuralEmbedder> {
  const dimensions = chosenDimensions(deps.preset, deps.dimensions);
  const { model, revision } = await loadModel(deps, device);
  return serve(model, deps, { dimensions, revision, device });
}

async function loadModel(
  deps: NeuralEmbedderDeps,
  device: NeuralEmbedder["device"],
): Promise<{ model: TextModel; revision: string }> {
  const { preset, source } = deps;
  try {
    const runtime = await deps.importRuntime(
      device === "webgpu" ? device : preset.kind,
      source.assets,
    );
    const { files, wasm, revision } = await loadModelFiles(preset, source, runtime.wasm, deps);
    return { model: await runtime.loadTextModel({ preset, files, wasm }), revision };
  } catch (cause) {
    if (isMemoryError(cause) || deps.signal?.aborted) throw cause;
    throw new MemoryError(
      "embedder/failed",
      `The model ${preset.name} could not be loaded. Under a CSP, script-src needs 'wasm-unsafe-eval'.`,
      { cause },
    );
  }
}

function serve(
  model: TextModel,
  { preset, pause }: NeuralEmbedderDeps,
  { dimensions, revision, device }: Pick<NeuralEmbedder, "dimensions" | "revision" | "device">,
): NeuralEmbedder {
  let running: Promise<unknown> = Promise.resolve();
  let closed = false;
  const mustBeOpen = (): void => {
    if (closed) throw new MemoryError("usage/closed", "The embedding model was given back.");
  };
  const run = async (rows: readonly (readonly number[])[]): Promise<Float32Array[]> => {
    const before = running;
    const step = before.then(() => {
      mustBeOpen();
      return model.run(rows);
    });
    running = step.catch(() => undefined);
    return step;
  };

  return {
    space: spaceOf(preset, dimensions, revision),
    dimensions,
    preset,
    revision,
    device,
    async embed(texts, purpose, signal) {
      signal?.throwIfAborted();
      mustBeOpen();
      const prefix = purpose === "query" ? preset.queryPrefix : preset.documentPrefix;
      const most = preset.maxTokens * CHARACTERS_A_TOKEN;
      const rows = texts.map((text) => model.encode(prefix + text.slice(0, most)));
      const vectors: Float32Array[] = [];
      let first = true;
      for (const batch of batchesOf(rows, preset.batches)) {
        if (!first) await pause();
        first = false;
        signal?.throwIfAborted();
        const raw = await runOrExplain(
          run,
          batch.map((at) => rows[at] ?? []),
          preset,
        );
        for (const [i, at] of batch.entries()) {
          const unit = toUnit(raw[i] ?? [], dimensions);
          if (unit === null) throw spoiled(preset);
          vectors[at] = unit;
        }
      }
      return vectors;
    },
    async dispose() {
      if (closed) return;
      closed = true;
      await running;
      await model.dispose();
    },
  };
}

/** Places of `rows`, shortest first so that little is padded, in batches that one step can take. */
export function batchesOf(
  rows: readonly { readonly length: number }[],
  together: boolean,
): readonly (readonly number[])[] {
  const order = rows.map((_, at) => at).toSorted((a, b) => lengthOf(rows, a) - lengthOf(rows, b));
  const batches: number[][] = [];
  for (const at of order) {
    const batch = batches.at(-1);
    const fits =
      together &&
      batch !== undefined &&
      batch.length < BATCH_TEXTS &&
      (batch.length + 1) * lengthOf(rows, at) <= BATCH_TOKENS;
    if (fits) batch.push(at);
    else batches.push([at]);
  }
  return batches;
}

function lengthOf(rows: readonly { readonly length: number }[], at: number): number {
  return rows[at]?.length ?? 0;
}

async function runOrExplain(
  run: (rows: readonly (readonly number[])[]) => Promise<Float32Array[]>,
  rows: readonly (readonly number[])[],
  preset: EmbeddingPreset,
): Promise<Float32Array[]> {
  try {
    return await run(rows);
  } catch (cause) {
    if (isMemoryError(cause)) throw cause;
    throw new MemoryError("embedder/failed", `The model ${preset.name} failed on a text.`, {
      cause,
      details: { texts: rows.length, tokens: rows.reduce((sum, row) => sum + row.length, 0) },
    });
  }
}

function spoiled(preset: EmbeddingPreset): MemoryError {
  return new MemoryError(
    "embedder/failed",
    `The model ${preset.name} computed a vector that holds no direction.`,
    { details: { model: preset.model } },
  );
}

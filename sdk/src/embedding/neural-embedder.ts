import type { ModelProgress } from "../domain/embedder.ts";
import { isMemoryError, MemoryError } from "../domain/errors.ts";
import type { Embedder } from "../engine/embedder.ts";
import { passCanary, type CanaryStore } from "./canary.ts";
import { loadModelFiles, type FetchFile, type ModelSource } from "./model-files.ts";
import { spaceOf, type EmbeddingPreset } from "./presets.ts";
import type { TextModel, TextModelRuntime } from "./text-model.ts";
import { chosenDimensions, toUnit } from "./vectors.ts";

export interface NeuralEmbedderDeps {
  readonly preset: EmbeddingPreset;
  /** A shorter vector, one of `preset.shorterDimensions`. Default: the whole. */
  readonly dimensions?: number;
  /** Absolute URLs: a worker knows nothing of the page's base. */
  readonly source: ModelSource;
  /** Imports the chunk for this kind of model (`runtimes.ts`); `assets` is where it comes from if the build has no such chunk. */
  readonly importRuntime: (
    kind: EmbeddingPreset["kind"],
    assets: string | null,
  ) => Promise<TextModelRuntime>;
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
  const dimensions = chosenDimensions(preset, deps.dimensions);
  signal?.throwIfAborted();
  const { model, revision } = await loadModel(deps);
  const embedder = serve(model, preset, dimensions, revision, deps.pause);
  try {
    signal?.throwIfAborted();
    await passCanary(embedder, deps.canary, signal);
  } catch (error) {
    await embedder.dispose();
    throw error;
  }
  const file = preset.weights;
  deps.onProgress?.({ model: preset.name, file, loaded: 0, total: null, percent: 100 });
  return embedder;
}

async function loadModel(
  deps: NeuralEmbedderDeps,
): Promise<{ model: TextModel; revision: string }> {
  const { preset, source } = deps;
  try {
    const runtime = await deps.importRuntime(preset.kind, source.assets);
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
  preset: EmbeddingPreset,
  dimensions: number,
  revision: string,
  pause: () => Promise<void>,
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

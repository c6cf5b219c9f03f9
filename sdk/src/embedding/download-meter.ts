import type { ModelProgress } from "../domain/embedder.ts";
import type { ModelManifest } from "./model-manifest.ts";
import type { EmbeddingPreset } from "./presets.ts";

/** Adds up what is read of a model's files and tells it, at most once a hundredth. */
export interface DownloadMeter {
  readonly preset: EmbeddingPreset;
  read(file: string, loaded: number, total: number | null): void;
}

/** ONNX Runtime's code, where its length is not told yet. */
const WASM_BYTES = 14_300_000;

export function createDownloadMeter(
  preset: EmbeddingPreset,
  manifest: ModelManifest | null,
  tell: (progress: ModelProgress) => void = () => undefined,
): DownloadMeter {
  const listed = manifest?.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const estimate = (listed ?? preset.approximateBytes) + (preset.kind === "onnx" ? WASM_BYTES : 0);
  const loadedOf = new Map<string, number>();
  let told = -1;
  let toldFile = "";
  return {
    preset,
    read(file, loaded, total) {
      loadedOf.set(file, loaded);
      const sum = [...loadedOf.values()].reduce((a, b) => a + b, 0);
      // 100 is kept for the model that can be used: its load goes on after the last byte.
      const percent = Math.min(99, Math.floor((100 * sum) / estimate));
      const ends = loaded === total;
      if (percent <= told && file === toldFile && !ends) return;
      told = Math.max(told, percent);
      toldFile = file;
      tell({ model: preset.name, file, loaded, total, percent: told });
    },
  };
}

import type { Embedder } from "./domain/embedder.ts";
import {
  problemsOfOwnEmbedder,
  serveOwnEmbedder,
  type OwnEmbedderPort,
} from "./embedding/own-embedder.ts";
import { isPresetName, PRESETS, type PresetName } from "./embedding/presets.ts";
import type { Check } from "./option-check.ts";
import type { EmbedderConfig } from "./worker/host-api.ts";

/** A model that runs on the device, with more than its name said. */
export interface ModelChoice {
  readonly model: PresetName;
  /** A shorter vector, where the model was trained for it (EmbeddingGemma: 512, 256, 128). @defaultValue the model's own */
  readonly dimensions?: number;
  /**
   * `"webgpu"` computes on the graphics card where there is one, after it has been proved against WASM; its code comes from `assets`
   * (`alcove assets DIR --webgpu`). Where it cannot be used WASM is, and the `error` event says why. @defaultValue "wasm"
   */
  readonly device?: "wasm" | "webgpu";
  /**
   * Base URL of a hub that serves `{model}/resolve/{revision}/{file}`, for what `assets` does not hold.
   * **Sends**: requests for the model's files, nothing of the user's. @defaultValue none is ever asked
   */
  readonly hub?: string;
}

/** What finds memories that mean the same in other words. */
export type EmbedderOption = "builtin" | PresetName | ModelChoice | Embedder;

export interface ChosenEmbedder {
  readonly config: EmbedderConfig;
  /** An embedder of the app's own, as the worker reaches it. */
  readonly own?: OwnEmbedderPort;
}

export function checkEmbedder(check: Check, path: string, value: unknown): void {
  if (value === undefined || value === "builtin" || isPresetName(value)) return;
  if (typeof value !== "object" || value === null) {
    const names = ["builtin", ...Object.keys(PRESETS)].map((name) => `"${name}"`).join(", ");
    check.problem(path, `one of ${names}, { model }, or an Embedder`);
    return;
  }
  if (!("model" in value)) {
    for (const problem of problemsOfOwnEmbedder(value))
      check.problem(path, `an Embedder: ${problem}`);
    return;
  }
  check.object(path, value, {
    model: (at, model) => check.oneOf(at, model, Object.keys(PRESETS)),
    dimensions(at, dimensions) {
      const { model } = value;
      if (dimensions === undefined || !isPresetName(model)) return;
      const preset = PRESETS[model];
      const possible: readonly number[] = [preset.dimensions, ...preset.shorterDimensions];
      if (!possible.includes(dimensions as number))
        check.problem(at, `one of ${possible.join(", ")} for ${model}`);
    },
    device: (at, device) => check.oneOf(at, device, ["wasm", "webgpu"]),
    hub: (at, hub) => checkUrl(check, at, hub),
  });
}

export function checkUrl(check: Check, path: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "string" || absolute(value) === null)
    check.problem(path, "a URL, absolute or relative to the page");
}

/** The checked option as the host takes it. A worker knows nothing of the page's base, so URLs are made absolute here. */
export function chooseEmbedder(
  option: EmbedderOption | undefined,
  assets: string | undefined,
): ChosenEmbedder {
  if (option === undefined || option === "builtin") return { config: { kind: "builtin" } };
  const base = assets === undefined ? null : absolute(assets);
  if (typeof option === "object" && !("model" in option)) {
    const { space, dimensions, timeoutMs } = option;
    return {
      config: {
        kind: "own",
        space,
        dimensions,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        assets: base,
      },
      own: serveOwnEmbedder(option),
    };
  }
  const { model, dimensions, device, hub }: ModelChoice =
    typeof option === "string" ? { model: option } : option;
  return {
    config: {
      kind: "model",
      preset: model,
      ...(dimensions === undefined ? {} : { dimensions }),
      ...(device === undefined ? {} : { device }),
      assets: base,
      hub: hub === undefined ? null : absolute(hub),
    },
  };
}

function absolute(url: string): string | null {
  const base: string | undefined = globalThis.location?.href;
  return URL.canParse(url, base) ? new URL(url, base).href : null;
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ModelManifest } from "../../src/embedding/model-manifest.ts";
import { PRESETS } from "../../src/embedding/presets.ts";
import {
  makeStandIn,
  makeTinyLargeModel,
  makeTinyModel,
  makeTinyQuantizedModel,
  makeTinyStaticModel,
  type TinyModel,
} from "./make-tiny-model.ts";

const ORT = fileURLToPath(new URL("../../../node_modules/onnxruntime-web/", import.meta.url));

/** A folder of assets as `alcove assets` writes one, by path: every tiny model with its manifest, two that stand in for presets, and the runtime's wasm. */
export function tinyAssets(): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const { version } = JSON.parse(readFileSync(`${ORT}package.json`, "utf8")) as { version: string };
  const wasm = (name: string) => new Uint8Array(readFileSync(`${ORT}dist/${name}.wasm`));
  const assets = new Map([
    [`ort-${version}.wasm`, wasm("ort-wasm-simd-threaded")],
    [`ort-webgpu-${version}.wasm`, wasm("ort-wasm-simd-threaded.asyncify")],
  ]);
  const models = [
    makeTinyModel(),
    makeTinyQuantizedModel(),
    makeTinyStaticModel(),
    makeTinyLargeModel(),
    makeStandIn(PRESETS.minilm),
    makeStandIn(PRESETS.potion),
  ];
  for (const tiny of models) {
    const folder = `models/${tiny.preset.model}/`;
    assets.set(
      `${folder}alcove-model.json`,
      new TextEncoder().encode(JSON.stringify(manifestOf(tiny))),
    );
    for (const [path, bytes] of tiny.files) assets.set(folder + path, bytes);
  }
  return assets;
}

export function manifestOf({ preset, files }: TinyModel): ModelManifest {
  return {
    alcove: 1,
    model: preset.model,
    revision: preset.revision,
    files: [...files].map(([path, bytes]) => ({
      path,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    })),
  };
}

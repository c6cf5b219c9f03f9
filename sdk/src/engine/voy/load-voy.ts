import { MemoryError } from "../../domain/errors.ts";
import { createVoyTree, type VoyTree } from "./voy-tree.ts";

/** voy-search, compiled. Each tree has WASM memory of its own, which goes with it: WASM memory never shrinks. */
export interface VoyEngine {
  createTree(dimensions: number): VoyTree;
}

/**
 * Downloads and compiles voy-search.
 *
 * @throws MemoryError `engine/load-failed` - its file could not be had, or the page's policy forbids WASM
 */
export async function loadVoy(): Promise<VoyEngine> {
  try {
    const { bindings, wasmBytes } = await import("./voy-package.ts");
    const module = await WebAssembly.compile(wasmBytes());
    return { createTree: (dimensions) => createVoyTree(bindings, module, dimensions) };
  } catch (cause) {
    throw new MemoryError(
      "engine/load-failed",
      "The voy engine could not be loaded: serve its file and allow 'wasm-unsafe-eval' in the content security policy.",
      { cause, details: { engine: "voy" } },
    );
  }
}

import { MemoryError } from "../../domain/errors.ts";
import wasmText from "./assembly/kernels.ts?wasm-base64";
import type { KernelExports } from "./kernel-exports.ts";
import type { KernelKind, ScanKernels, ScanSpace } from "./scan-kernels.ts";
import { createScriptSpace } from "./script-space.ts";
import { createWasmSpace } from "./wasm-space.ts";

const LARGEST_DIMENSIONS = 4096;

export interface KernelChoice {
  /** What may be used. Default: everything, the fastest that runs here. `script` is always there. */
  readonly kinds?: readonly KernelKind[];
}

/**
 * The fastest kernels that run here. Never rejects: a page that forbids WASM (a CSP without `wasm-unsafe-eval`) and an engine
 * without SIMD get plain JavaScript.
 */
export async function loadKernels({ kinds }: KernelChoice = {}): Promise<ScanKernels> {
  const module = kinds === undefined || kinds.includes("simd") ? await compileOrNull() : null;
  return module === null
    ? kernelsOf("script", createScriptSpace)
    : kernelsOf("simd", (dimensions) =>
        createWasmSpace(
          new WebAssembly.Instance(module).exports as unknown as KernelExports,
          dimensions,
        ),
      );
}

function kernelsOf(kind: KernelKind, create: (dimensions: number) => ScanSpace): ScanKernels {
  return {
    kind,
    createSpace(dimensions) {
      if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= LARGEST_DIMENSIONS))
        throw new MemoryError(
          "usage/invalid-input",
          `Vectors have 1 to ${LARGEST_DIMENSIONS} dimensions, not ${dimensions}.`,
        );
      return create(dimensions);
    },
  };
}

/** `null` where WASM is forbidden, missing or without SIMD. The reason does not matter: the answer is the same. */
async function compileOrNull(): Promise<WebAssembly.Module | null> {
  try {
    const bytes = Uint8Array.from(atob(wasmText), (char) => char.charCodeAt(0));
    return await WebAssembly.compile(bytes);
  } catch {
    return null;
  }
}

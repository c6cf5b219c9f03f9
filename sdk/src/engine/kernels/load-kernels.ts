import { MemoryError } from "../../domain/errors.ts";
import { packed, simdBytes } from "./assembly/kernels.ts?packed-wasm";
import type { KernelExports } from "./kernel-exports.ts";
import type { KernelKind, ScanKernels, ScanSpace } from "./scan-kernels.ts";
import { createKernelSpace } from "./kernel-space.ts";
import { createScriptKernels } from "./script-kernels.ts";

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
  const modules = await unpack().catch(() => null);
  for (const kind of ["relaxed", "simd"] as const) {
    if (modules === null || kinds?.includes(kind) === false) continue;
    const module = await compileOrNull(modules[kind]);
    if (module === null) continue;
    return kernelsOf(kind, (dimensions) => {
      const { exports } = new WebAssembly.Instance(module);
      return createKernelSpace(exports as unknown as KernelExports, dimensions, kind === "relaxed");
    });
  }
  return kernelsOf("script", (dimensions) =>
    createKernelSpace(createScriptKernels(), dimensions, false),
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

async function unpack(): Promise<Readonly<Record<"simd" | "relaxed", Uint8Array<ArrayBuffer>>>> {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const whole = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const both = new Uint8Array(await new Response(whole).arrayBuffer());
  return { simd: both.subarray(0, simdBytes), relaxed: both.subarray(simdBytes) };
}

/** `null` where WASM is forbidden or missing, or does not know these instructions. The answer is the same. */
async function compileOrNull(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module | null> {
  try {
    return WebAssembly.validate(bytes) ? await WebAssembly.compile(bytes) : null;
  } catch {
    return null;
  }
}

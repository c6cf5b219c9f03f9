import { MemoryError } from "../domain/errors.ts";
import { loadKernels } from "../engine/kernels/load-kernels.ts";
import type { ScanKernels } from "../engine/kernels/scan-kernels.ts";
import { createFlatVectorIndex } from "../engine/vectors/flat-vector-index.ts";
import type { VectorIndex } from "../engine/vectors/vector-index.ts";
import {
  createVectorSpaces,
  type VectorSpaces,
  type VectorSpacesDeps,
} from "../engine/vectors/vector-spaces.ts";

export { readVectors } from "../engine/vectors/read-vectors.ts";
export { createRowFiles } from "../engine/vectors/row-file.ts";

type EngineDeps = Omit<VectorSpacesDeps, "loadKernels" | "createIndex">;

/** The engine that an app chose, with the flat one to fall back on. A chunk of the worker that is loaded where there are vectors. */
export async function createEngine(kind: "flat" | "voy", deps: EngineDeps): Promise<VectorSpaces> {
  if (kind === "flat") return createVectorSpaces({ ...deps, loadKernels: () => loadKernels() });
  const kernels = await loadKernels();
  const createIndex = await createVoyIndexes(kernels, deps.onProblem);
  return createVectorSpaces({
    ...deps,
    loadKernels: async () => kernels,
    ...(createIndex ? { createIndex } : {}),
  });
}

/** `null` where voy cannot be had: the flat engine does its work, and the app is told. */
async function createVoyIndexes(
  kernels: ScanKernels,
  onProblem: EngineDeps["onProblem"],
): Promise<((dimensions: number) => VectorIndex) | null> {
  try {
    const [{ loadVoy }, { createVoyVectorIndex }] = await Promise.all([
      import("../engine/voy/load-voy.ts"),
      import("../engine/voy/voy-vector-index.ts"),
    ]);
    const engine = await loadVoy();
    return (dimensions) =>
      createVoyVectorIndex(dimensions, {
        engine,
        fallback: () => createFlatVectorIndex({ kernels, dimensions }),
        onFallback: (reason, cause) => onProblem(fellBack(reason, cause)),
      });
  } catch (cause) {
    onProblem(fellBack("load-failed", cause));
    return null;
  }
}

function fellBack(reason: string, cause: unknown): MemoryError {
  return new MemoryError(
    "engine/fallback",
    `voy-search gave way to the flat engine (${reason}). Nothing is lost; set index: "flat" to stop this notice.`,
    { cause, details: { reason } },
  );
}

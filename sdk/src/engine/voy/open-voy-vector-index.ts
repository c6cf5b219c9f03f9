import type { VectorIndex } from "../vectors/vector-index.ts";
import { loadVoy, type VoyEngine } from "./load-voy.ts";
import { createVoyVectorIndex, type VoyIndexDeps } from "./voy-vector-index.ts";

export interface OpenVoyDeps extends Omit<VoyIndexDeps, "engine"> {
  /** Default: {@link loadVoy}. */
  readonly load?: () => Promise<VoyEngine>;
}

/**
 * An empty index on voy-search. Where that cannot be loaded it is the fallback at once, and `onFallback` is told `load-failed`.
 *
 * @throws MemoryError `usage/invalid-option` - more dimensions than voy has (rejects)
 */
export async function openVoyVectorIndex(
  dimensions: number,
  { load = loadVoy, ...deps }: OpenVoyDeps,
): Promise<VectorIndex> {
  let engine: VoyEngine;
  try {
    engine = await load();
  } catch (cause) {
    const fallback = deps.fallback(dimensions);
    deps.onFallback("load-failed", cause);
    return fallback;
  }
  return createVoyVectorIndex(dimensions, { ...deps, engine });
}

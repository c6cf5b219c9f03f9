import type { SpaceVector, VectorStore } from "../../vault/vector-store.ts";

/** Whether bytes that came from elsewhere are a vector of a space that is here. */
export async function takesVector(
  store: VectorStore,
  { space, vector }: SpaceVector,
): Promise<boolean> {
  const here = (await store.spaces()).find(({ id }) => id === space);
  return (
    here !== undefined &&
    vector.length === here.dimensions * Float32Array.BYTES_PER_ELEMENT &&
    new Float32Array(vector.slice().buffer).every(Number.isFinite)
  );
}

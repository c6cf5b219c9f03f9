import { MemoryError } from "../../domain/errors.ts";

/**
 * What every index refuses, in one place.
 *
 * @throws MemoryError `usage/invalid-input`
 */
export function checkVectors(vectors: Float32Array, rows: number, dimensions: number): void {
  if (vectors.length !== rows * dimensions)
    throw new MemoryError(
      "usage/invalid-input",
      `A vector index of ${dimensions} dimensions got ${vectors.length} numbers where ${rows * dimensions} were due.`,
    );
  for (let at = 0; at < vectors.length; at += 1)
    if (!Number.isFinite(vectors[at]))
      throw new MemoryError("usage/invalid-input", "A vector holds a number that is not finite.");
}

/** @throws MemoryError `usage/invalid-input` */
export function checkKeys(keys: readonly number[]): void {
  for (const key of keys)
    if (!Number.isSafeInteger(key) || key < 0)
      throw new MemoryError(
        "usage/invalid-input",
        "A key of a vector index must be a whole number from 0 to 2^53 - 1.",
      );
}

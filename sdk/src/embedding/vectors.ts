import { MemoryError } from "../domain/errors.ts";

/**
 * A raw vector cut to `dimensions` and brought to length 1. Null for one that has no direction or holds what is no number: no
 * comparison with it would mean anything.
 */
export function toUnit(raw: ArrayLike<number>, dimensions: number): Float32Array | null {
  let sum = 0;
  for (let at = 0; at < dimensions; at += 1) sum += (raw[at] ?? Number.NaN) ** 2;
  const length = Math.sqrt(sum);
  if (!Number.isFinite(length) || length < 1e-12) return null;
  const unit = new Float32Array(dimensions);
  for (let at = 0; at < dimensions; at += 1) unit[at] = (raw[at] ?? 0) / length;
  return unit;
}

/** Of two unit vectors of one length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/**
 * A preset's vector length, or the shorter one that was asked for.
 *
 * @throws {@link MemoryError} `usage/invalid-option` - the model was not trained to be cut to that length.
 */
export function chosenDimensions(
  preset: {
    readonly name: string;
    readonly dimensions: number;
    readonly shorterDimensions: readonly number[];
  },
  wanted: number | undefined,
): number {
  if (wanted === undefined || wanted === preset.dimensions) return preset.dimensions;
  if (preset.shorterDimensions.includes(wanted)) return wanted;
  const possible = [preset.dimensions, ...preset.shorterDimensions].join(", ");
  throw new MemoryError(
    "usage/invalid-option",
    `${preset.name} gives vectors of ${possible} numbers, not of ${wanted}.`,
    { details: { dimensions: wanted } },
  );
}

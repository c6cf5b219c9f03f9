import { LIMITS } from "./limits.ts";

const TAG_BYTES = 16;
const STEP = 256;
const FINE_LIMIT = 4_096;

/** The largest size of the padding set: the next one would no longer fit into an envelope. */
const LARGEST_PADDED = 258_048;

/** The longest content that can be padded: one byte marks where the padding begins. */
export const MAX_CONTENT_BYTES = LARGEST_PADDED - 1;

/**
 * The size that content of this length is padded to, marker included: multiples of 256 below 4,096, above that PADME (Nikitin et al.
 * 2019), which costs at most 6 % there.
 *
 * @returns `null` for content that is too long
 */
export function paddedSize(contentBytes: number): number | null {
  const length = contentBytes + 1;
  if (length > LARGEST_PADDED) return null;
  if (length <= FINE_LIMIT) return Math.ceil(length / STEP) * STEP;
  const exponent = Math.floor(Math.log2(length));
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return Math.ceil(length / step) * step;
}

/** Whether a ciphertext of this length, tag included, can have come from the padding set. */
export function isSealedSize(ciphertextBytes: number): boolean {
  const padded = ciphertextBytes - TAG_BYTES;
  return (
    padded >= STEP && ciphertextBytes <= LIMITS.ciphertextBytes && paddedSize(padded - 1) === padded
  );
}

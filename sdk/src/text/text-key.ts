import { hashNumber } from "./hash.ts";
import { normalizeText } from "./normalize.ts";

/** A 53-bit number that is equal for texts that read the same. For columns of numbers; it takes no part in what is stored as `textHash`. */
export function textKey(text: string): number {
  return hashNumber(normalizeText(text));
}

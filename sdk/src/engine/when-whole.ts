/** `null` where the bytes are damaged: readers throw `RangeError`, or `SyntaxError` from a string table. */
export function whenWhole<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

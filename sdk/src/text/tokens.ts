/** Tokens of a text, never fewer than the o200k encoding counts. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 3) + 2;
}

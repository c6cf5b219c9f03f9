/**
 * Turns text into unit vectors. The `space` id is stored beside every vector; vectors of two spaces are never compared.
 *
 * Contract (`embedder.contract.ts`): one unit vector of `dimensions` numbers a text, in order; the same text gives the same
 * vector; an empty list gives an empty array; an aborted signal rejects with its reason.
 */
export interface Embedder {
  /** Names model, revision, precision, pooling, prefix and dimensions: all that makes two vectors comparable. */
  readonly space: string;
  readonly dimensions: number;
  embed(
    texts: readonly string[],
    purpose: "document" | "query",
    signal?: AbortSignal,
  ): Promise<Float32Array[]>;
}

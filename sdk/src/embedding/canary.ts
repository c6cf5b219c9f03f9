import { MemoryError } from "../domain/errors.ts";
import type { Embedder } from "../engine/embedder.ts";
import { cosine } from "./vectors.ts";

/**
 * Where the first verified load of a space leaves what it computed, for every later load to be compared with: another device, driver
 * or runtime that computes something else would spoil the vault silently.
 */
export interface CanaryStore {
  get(space: string): Promise<Float32Array | null>;
  put(space: string, fingerprint: Float32Array): Promise<void>;
}

/** Plain words that any model knows. They are part of the fingerprint: never change them. */
const ASKED = "Where does my sister live?";
const RELATED = "My sister lives in a small town by the sea.";
const UNRELATED = "The printer is out of paper again.";

/** Below this the same text has not given the same vector. Rounding of one machine stays far above it. */
const SAME = 0.9999;
/** Between devices and runtimes (WebGPU against WASM, one release against the next). */
const ALIKE = 0.98;

/**
 * Proves that a model computes what it should, with three short texts: unit vectors, the same text twice the same, alone as among
 * others; a related pair nearer than an unrelated one; and all of it as it was when this space was first used here.
 *
 * @throws {@link MemoryError} `embedder/canary` - `details.check` names the check that failed. The model must not be used.
 */
export async function passCanary(
  embedder: Embedder,
  store: CanaryStore,
  signal?: AbortSignal,
): Promise<void> {
  const [related, unrelated] = await embedder.embed([RELATED, UNRELATED], "document", signal);
  const [again] = await embedder.embed([RELATED], "document", signal);
  const [asked] = await embedder.embed([ASKED], "query", signal);
  if (!related || !unrelated || !again || !asked) throw failed(embedder, "count");
  const vectors = [related, unrelated, again, asked];
  if (vectors.some((vector) => vector.length !== embedder.dimensions))
    throw failed(embedder, "dimensions");
  if (vectors.some((vector) => !(Math.abs(Math.hypot(...vector) - 1) < 1e-3)))
    throw failed(embedder, "norm");
  if (!(cosine(related, again) >= SAME)) throw failed(embedder, "same-text");
  if (!(cosine(asked, related) > cosine(asked, unrelated))) throw failed(embedder, "related-text");

  const known = await store.get(embedder.space);
  const fingerprint = new Float32Array([related, unrelated, asked].flatMap((row) => [...row]));
  if (known === null) return store.put(embedder.space, fingerprint);
  if (known.length !== fingerprint.length) throw failed(embedder, "fingerprint");
  for (let row = 0; row < fingerprint.length; row += embedder.dimensions) {
    const end = row + embedder.dimensions;
    if (!(cosine(known.subarray(row, end), fingerprint.subarray(row, end)) >= ALIKE))
      throw failed(embedder, "fingerprint");
  }
}

type Check = "count" | "dimensions" | "norm" | "same-text" | "related-text" | "fingerprint";

const REASONS: Readonly<Record<Check, string>> = {
  count: "it answered too few vectors",
  dimensions: "its vectors have another length than it says",
  norm: "its vectors have no unit length",
  "same-text": "the same text gave two different vectors",
  "related-text": "a question was nearer to an unrelated text than to its answer",
  fingerprint: "it computes other vectors than when it was first used here",
};

function failed(embedder: Embedder, check: Check): MemoryError {
  return new MemoryError(
    "embedder/canary",
    `The embedding model is not used: ${REASONS[check]}. Recall goes by words.`,
    { details: { check, space: embedder.space } },
  );
}

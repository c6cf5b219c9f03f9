import { stem, words } from "../text/words.ts";
import type { Embedder } from "./embedder.ts";
import { letterGrams } from "./letter-grams.ts";

/** Weight of a run of letters beside the whole word's 1. */
const GRAM = 0.3;

/**
 * Vectors without a model: every stem and every run of its letters has a fixed place and sign. Texts with like words are near each
 * other, meanings are not known. For tests, and where a vector space is wanted with nothing to load.
 */
export function createHashedEmbedder(dimensions = 256): Embedder {
  return {
    space: `hashed-1/${dimensions}`,
    dimensions,
    async embed(texts, _purpose, signal) {
      signal?.throwIfAborted();
      return texts.map((text) => vectorOf(text, dimensions));
    },
  };
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const add = (feature: string, weight: number): void => {
    const hash = hashOf(feature);
    const place = hash % dimensions;
    vector[place] = (vector[place] ?? 0) + (hash & 0x80000000 ? -weight : weight);
  };
  for (const word of words(text)) {
    const term = stem(word);
    add(term, 1);
    for (const gram of letterGrams(term)) add(`#${gram}`, GRAM);
  }
  const length = Math.hypot(...vector);
  // A text without words still has a place: the first axis.
  if (length === 0) vector[0] = 1;
  else for (let at = 0; at < dimensions; at += 1) vector[at] = (vector[at] ?? 0) / length;
  return vector;
}

/** FNV-1a, 32 bits, with a last mix so that low bits depend on all. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

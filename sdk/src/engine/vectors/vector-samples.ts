/** Seeded vectors for tests and measurements: the same seed gives the same numbers everywhere. */

/** Numbers in 0..1 from a linear congruential generator (Numerical Recipes' constants). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Unit vectors in no particular direction. */
export function unitVectors(count: number, dimensions: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const vectors = Float32Array.from({ length: count * dimensions }, () => random() * 2 - 1);
  return normalise(vectors, dimensions);
}

/**
 * Unit vectors somewhat like those of sentences: clusters of unequal sizes, inside of each the spread lies in a few directions, with
 * some noise.
 */
export function clusteredVectors(count: number, dimensions: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const normal = (): number => random() + random() + random() + random() - 2;
  const [clusters, directions] = [100, 24];
  const centres = unitVectors(clusters, dimensions, seed + 1);
  const spreads = unitVectors(clusters * directions, dimensions, seed + 2);
  const vectors = new Float32Array(count * dimensions);
  for (let row = 0; row < count; row += 1) {
    const cluster = Math.floor(random() ** 2 * clusters);
    const vector = vectors.subarray(row * dimensions, (row + 1) * dimensions);
    vector.set(centres.subarray(cluster * dimensions, (cluster + 1) * dimensions));
    for (let at = 0; at < directions; at += 1) {
      const amount = (normal() * 0.9) / Math.sqrt((at + 1) * 4);
      const start = (cluster * directions + at) * dimensions;
      for (let place = 0; place < dimensions; place += 1)
        vector[place] = (vector[place] ?? 0) + amount * (spreads[start + place] ?? 0);
    }
    for (let place = 0; place < dimensions; place += 1)
      vector[place] = (vector[place] ?? 0) + (normal() * 0.4) / Math.sqrt(dimensions);
  }
  return normalise(vectors, dimensions);
}

/** Scales every row to length 1, in place. A row of zeros stays. */
export function normalise(vectors: Float32Array, dimensions: number): Float32Array {
  for (let start = 0; start < vectors.length; start += dimensions) {
    let sum = 0;
    for (let at = start; at < start + dimensions; at += 1) sum += (vectors[at] ?? 0) ** 2;
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let at = start; at < start + dimensions; at += 1) vectors[at] = (vectors[at] ?? 0) * scale;
  }
  return vectors;
}

export function rowOf(vectors: Float32Array, row: number, dimensions: number): Float32Array {
  return vectors.slice(row * dimensions, (row + 1) * dimensions);
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

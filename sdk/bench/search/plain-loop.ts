/**
 * One dot product a row in plain JavaScript over Float32Array, the best k kept by insertion: what an app would write first. Gives the
 * numbers of the rows.
 */
export function plainLoop(
  blocks: readonly Float32Array[],
  dimensions: number,
  query: Float32Array,
  k: number,
): readonly number[] {
  const scores = new Float64Array(k).fill(-Infinity);
  const rows = Array.from({ length: k }, () => -1);
  let least = -Infinity;
  let first = 0;
  for (const block of blocks) {
    const count = block.length / dimensions;
    for (let row = 0; row < count; row += 1) {
      const start = row * dimensions;
      let score = 0;
      for (let at = 0; at < dimensions; at += 1) score += block[start + at]! * query[at]!;
      if (score <= least) continue;
      let place = k - 1;
      for (; place > 0 && scores[place - 1]! < score; place -= 1) {
        scores[place] = scores[place - 1]!;
        rows[place] = rows[place - 1]!;
      }
      scores[place] = score;
      rows[place] = first + row;
      least = scores[k - 1]!;
    }
    first += count;
  }
  return rows.filter((row) => row !== -1);
}

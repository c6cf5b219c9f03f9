import { seeded } from "../statistics.ts";
import type { DataKind } from "./messages.ts";

/**
 * Unit vectors that are made from a seed, so that every engine and every run has the same bytes.
 *
 * Both kinds have 200 centres in random directions, whose shares of the rows fall as 1/sqrt(rank). `lr`: the spread about a centre
 * lies in 48 directions of its own, with a deviation that falls as 1/sqrt(rank), plus a little noise in all directions: the spectrum
 * of sentence embeddings. `iso`: equal noise in all directions, so that within a cluster everything is about equally far; no
 * embedding model does that, and quantised rows find it hardest. Neither is a real embedding: recall on them is an indication.
 */
export interface VectorSource {
  /** The next rows, one after the other. */
  next(rows: number): Float32Array<ArrayBuffer>;
}

const CENTRES = 200;
const DIRECTIONS = 48;
const NOISE_OF: Readonly<Record<DataKind, (dimensions: number) => number>> = {
  lr: (dimensions) => 0.25 / Math.sqrt(dimensions),
  iso: () => 0.05,
};

/** Queries come from the same space as the rows but are none of them: pass another `stream`. */
export function createVectorSource(
  kind: DataKind,
  dimensions: number,
  stream: "rows" | "queries",
): VectorSource {
  const space = createNormal(seeded(kind === "lr" ? 42 : 43));
  const centres = directions(CENTRES, dimensions, space);
  const spread = kind === "lr" ? directions(CENTRES * DIRECTIONS, dimensions, space) : null;
  const weights = spectrum(DIRECTIONS);
  const noise = NOISE_OF[kind](dimensions);
  const shares = cumulative(CENTRES);
  const random = seeded(stream === "rows" ? 7 : 8);
  const normal = createNormal(random);

  const fill = (row: Float32Array): void => {
    const centre = pick(shares, random());
    row.set(centres.subarray(centre * dimensions, (centre + 1) * dimensions));
    if (spread !== null)
      for (let rank = 0; rank < DIRECTIONS; rank += 1)
        addScaled(
          row,
          spread,
          (centre * DIRECTIONS + rank) * dimensions,
          normal() * weights[rank]!,
        );
    for (let at = 0; at < dimensions; at += 1) row[at]! += noise * normal();
    scaleToUnit(row);
  };

  return {
    next(rows) {
      const block = new Float32Array(rows * dimensions);
      for (let row = 0; row < rows; row += 1)
        fill(block.subarray(row * dimensions, (row + 1) * dimensions));
      return block;
    },
  };
}

/** Normal deviates by Marsaglia's polar method, in pairs. */
function createNormal(random: () => number): () => number {
  let kept: number | null = null;
  return () => {
    if (kept !== null) {
      const value = kept;
      kept = null;
      return value;
    }
    for (;;) {
      const x = 2 * random() - 1;
      const y = 2 * random() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      kept = y * scale;
      return x * scale;
    }
  };
}

function directions(count: number, dimensions: number, normal: () => number): Float32Array {
  const rows = new Float32Array(count * dimensions);
  for (let at = 0; at < rows.length; at += 1) rows[at] = normal();
  for (let row = 0; row < count; row += 1)
    scaleToUnit(rows.subarray(row * dimensions, (row + 1) * dimensions));
  return rows;
}

/** 1, 1/sqrt(2), 1/sqrt(3) and so on, scaled to a sum of squares of 1. */
function spectrum(count: number): Float32Array {
  const values = Float32Array.from({ length: count }, (_, rank) => 1 / Math.sqrt(rank + 1));
  scaleToUnit(values);
  return values;
}

function cumulative(count: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) sums[rank] = sum += 1 / Math.sqrt(rank + 1);
  return sums.map((value) => value / sum);
}

function pick(shares: Float64Array, value: number): number {
  const found = shares.findIndex((share) => value < share);
  return found === -1 ? shares.length - 1 : found;
}

function addScaled(row: Float32Array, from: Float32Array, start: number, scale: number): void {
  for (let at = 0; at < row.length; at += 1) row[at]! += scale * from[start + at]!;
}

function scaleToUnit(row: Float32Array): void {
  let square = 0;
  for (let at = 0; at < row.length; at += 1) square += row[at]! * row[at]!;
  const scale = 1 / Math.sqrt(square);
  for (let at = 0; at < row.length; at += 1) row[at]! *= scale;
}

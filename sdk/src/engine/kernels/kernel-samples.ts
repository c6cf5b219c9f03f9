import { createRandom, normalise, rowOf, unitVectors } from "../vectors/vector-samples.ts";

export interface SampleData {
  readonly dimensions: number;
  readonly vectors: Float32Array;
  readonly mean: Float32Array;
}

export interface NamedData extends SampleData {
  readonly name: string;
  readonly queries: readonly Float32Array[];
}

const ROWS = 203;

export function kindsOfData(): readonly NamedData[] {
  return [384, 100].flatMap((dimensions) => {
    const zeros = new Float32Array(dimensions);
    const random = unitVectors(ROWS, dimensions, 1);
    const query = rowOf(unitVectors(1, dimensions, 2), 0, dimensions);
    const base = { dimensions, mean: zeros };
    const clustered = clusters(dimensions);
    const tied = Float32Array.from(random, (_, at) => random[at % (dimensions * 5)] ?? 0);
    const denormal = Float32Array.from(random, (value) => value * 2 ** -140);
    const broken = Float32Array.from(random);
    for (const [row, value] of [
      [3, Number.NaN],
      [50, Infinity],
      [51, -Infinity],
      [202, Number.NaN],
    ] as const)
      broken[row * dimensions + 17] = value;
    const brokenQuery = Float32Array.from(query);
    brokenQuery[4] = Number.NaN;
    const huge = Float32Array.from(random, (value) => value * 3e38);
    return [
      { ...base, name: "random", vectors: random, queries: [query] },
      {
        ...base,
        name: "clustered",
        vectors: clustered,
        mean: meanOf(clustered, dimensions),
        queries: [rowOf(clustered, 40, dimensions)],
      },
      { ...base, name: "tied", vectors: tied, queries: [rowOf(tied, 2, dimensions), zeros] },
      { ...base, name: "zero", vectors: new Float32Array(random.length), queries: [query, zeros] },
      {
        ...base,
        name: "denormal",
        vectors: denormal,
        queries: [query, rowOf(denormal, 1, dimensions)],
      },
      {
        ...base,
        name: "huge",
        vectors: huge,
        queries: [query, rowOf(huge, 5, dimensions)],
      },
      {
        ...base,
        name: "not finite",
        vectors: broken,
        queries: [query, brokenQuery, rowOf(broken, 50, dimensions)],
      },
    ].map((data) => ({ ...data, name: `${data.name}, ${dimensions} dimensions` }));
  });
}

export interface NamedFilter {
  readonly name: string;
  /** Absent: no filter is passed at all. */
  readonly passes: ((row: number) => boolean) | undefined;
}

export function filtersOf(rows: number): readonly NamedFilter[] {
  const random = createRandom(11);
  const sparse = new Set(Array.from({ length: 9 }, () => Math.floor(random() * rows)));
  const half = new Set(Array.from({ length: rows / 2 }, () => Math.floor(random() * rows)));
  return [
    { name: "no filter", passes: undefined },
    { name: "all pass", passes: () => true },
    { name: "none pass", passes: () => false },
    { name: "sparse", passes: (row) => sparse.has(row) },
    { name: "half", passes: (row) => half.has(row) },
    { name: "blocks", passes: (row) => Math.floor(row / 45) % 2 === 1 },
    { name: "only the last", passes: (row) => row === rows - 1 },
  ];
}

/** Rows around a few directions, closer to each other than to the rest. */
function clusters(dimensions: number): Float32Array {
  const centres = unitVectors(6, dimensions, 21);
  const noise = unitVectors(ROWS, dimensions, 22);
  return normalise(
    Float32Array.from(noise, (value, at) => {
      const cluster = Math.floor(at / dimensions) % 6;
      return value * 0.4 + (centres[cluster * dimensions + (at % dimensions)] ?? 0);
    }),
    dimensions,
  );
}

function meanOf(vectors: Float32Array, dimensions: number): Float32Array {
  const rows = vectors.length / dimensions;
  const mean = new Float32Array(dimensions);
  vectors.forEach((value, at) => {
    mean[at % dimensions] = (mean[at % dimensions] ?? 0) + value / rows;
  });
  return mean;
}

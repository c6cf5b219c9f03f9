import { describe, expect, test } from "vitest";
import { createRandom, rowOf, unitVectors } from "../vectors/vector-samples.ts";
import { filtersOf, kindsOfData, type SampleData } from "./kernel-samples.ts";
import {
  referenceBest,
  referenceDistances,
  referenceInt8,
  referenceInt8Scores,
  referenceNearest,
} from "./reference-scan.ts";
import type { ScanKernels, ScanPart, ScanSpace } from "./scan-kernels.ts";

/** What both implementations of `ScanKernels` must hold. */
export function scanKernelsContract(name: string, load: () => Promise<ScanKernels>): void {
  describe(`${name} compares as the reference does`, () => {
    for (const data of kindsOfData())
      test(
        `${data.name}: int8 and signatures, through every filter and count`,
        { timeout: 30_000 },
        async () => {
          const { createSpace } = await load();
          const space = createSpace(data.dimensions);
          const { rows, parts } = placed(space, data.vectors, data.mean, [37, 4, 1, 64]);
          for (const query of data.queries) {
            const expected = expectedOf(space, data, query);
            for (const { name: filterName, passes } of filtersOf(rows))
              for (const k of [0, 1, 7, rows, rows + 50])
                compareAll(space, filtered(parts, passes), expected, k, passes, filterName);
          }
        },
      );

    test("every dimension from 32 to 1,024", { timeout: 120_000 }, async () => {
      const { createSpace } = await load();
      for (let dimensions = 32; dimensions <= 1024; dimensions += 1) {
        const vectors = unitVectors(11, dimensions, dimensions);
        const mean = Float32Array.from({ length: dimensions }, (_, at) => ((at % 5) - 2) / 200);
        const space = createSpace(dimensions);
        const { parts } = placed(space, vectors, mean, [7]);
        const query = rowOf(unitVectors(1, dimensions, dimensions + 5000), 0, dimensions);
        const sample = { dimensions, vectors, mean };
        const expected = expectedOf(space, sample, query);
        compareAll(space, parts, expected, 4, undefined, `${dimensions} dimensions`);
      }
    });

    test("the largest sums that can be stay exact", async () => {
      const { createSpace } = await load();
      for (const dimensions of [1024, 2064, 4096]) {
        const vectors = new Float32Array(3 * dimensions).fill(1);
        vectors.fill(-1, dimensions, 2 * dimensions);
        const space = createSpace(dimensions);
        const { parts } = placed(space, vectors, new Float32Array(dimensions), [2]);
        const hits = space.scanInt8(vectors.subarray(0, dimensions), parts, 3);
        expect([...hits.rows]).toEqual([0, 2, 1]);
        expect(hits.scores[0]).toBeCloseTo(dimensions, 1);
        expect(hits.scores[2]).toBeCloseTo(-dimensions, 1);
      }
    });

    test("rows passed in score as rows that are there", async () => {
      const { createSpace } = await load();
      const dimensions = 100;
      const space = createSpace(dimensions);
      const vectors = unitVectors(700, dimensions, 3);
      const { parts } = placed(space, vectors, new Float32Array(dimensions), [300, 300]);
      const query = rowOf(vectors, 650, dimensions);
      const rows = Uint32Array.from({ length: 600 }, (_, at) => at + 55);
      const passed = vectors.subarray(55 * dimensions, 655 * dimensions);
      expect(space.rescoreInt8Rows(query, rows, space.quantizeInt8(passed), 20)).toEqual(
        space.rescoreInt8(query, rows, parts, 20),
      );
      expect(space.rescoreInt8Rows(query, rows, space.quantizeInt8(passed), 20).rows[0]).toBe(650);
    });

    test("numbers of rows may leave gaps, and a part may be a window of its block", async () => {
      const { createSpace } = await load();
      const dimensions = 48;
      const space = createSpace(dimensions);
      const vectors = unitVectors(120, dimensions, 9);
      const mean = new Float32Array(dimensions);
      const { parts } = placed(space, vectors, mean, [60]);
      const [first, second] = parts as [ScanPart, ScanPart];
      const windows = [
        { ...first, from: 5, to: 38 },
        { ...second, firstRow: 1000, from: 33, to: 59, filter: new Uint32Array([0, 0x5555_5555]) },
      ];
      const inWindow = (row: number): boolean =>
        (row >= 5 && row < 38) || (row >= 93 && row < 119 && (row - 60) % 2 === 0);
      const query = rowOf(vectors, 70, dimensions);
      const renamed = (hits: { readonly rows: Uint32Array }): number[] =>
        Array.from(hits.rows, (row) => (row >= 60 ? row + 940 : row));
      const scores = referenceInt8Scores(referenceInt8(vectors, dimensions), query, 48);
      const expected = referenceBest(scores, 30, inWindow);
      expect([...space.scanInt8(query, windows, 30).rows]).toEqual(renamed(expected));
      expect([...space.scanBits(query, mean, windows, 30)]).toEqual(
        renamed({
          rows: referenceNearest(referenceDistances(vectors, query, mean), 30, inWindow),
        }),
      );
    });
  });

  describe(`${name} keeps rows`, () => {
    test("as they were written, while the memory grows around them", async () => {
      const { createSpace } = await load();
      const dimensions = 72;
      const space = createSpace(dimensions);
      const all = { int8: true, bits: true };
      const mean = new Float32Array(dimensions);
      const kept = Array.from({ length: 12 }, (_, at) => {
        const vectors = unitVectors(500, dimensions, at);
        const columns = {
          int8: space.quantizeInt8(vectors),
          bits: space.quantizeBits(vectors, mean),
        };
        const block = space.createBlock(500 + at, all);
        block.write(at, columns);
        return { block, columns, at };
      });
      for (const { block, columns, at } of kept) expect(block.read(at, at + 500)).toEqual(columns);
      expect(space.usedBytes).toBe(kept.reduce((sum, { block }) => sum + block.bytes, 0));
      expect(space.reservedBytes).toBeGreaterThanOrEqual(space.usedBytes);
    });

    test("and takes released room again, zeroed", async () => {
      const { createSpace } = await load();
      const space = createSpace(384);
      const ones = new Float32Array(384 * 256).fill(1);
      const make = () => {
        const block = space.createBlock(256, { int8: true, bits: true });
        block.write(0, {
          int8: space.quantizeInt8(ones),
          bits: space.quantizeBits(ones, new Float32Array(384)),
        });
        return block;
      };
      const blocks = Array.from({ length: 8 }, make);
      const { reservedBytes } = space;
      for (const block of blocks.filter((_, at) => at % 2 === 1)) block.release();
      for (const block of blocks.filter((_, at) => at % 2 === 0)) block.release();
      blocks[0]?.release();
      expect(space.usedBytes).toBe(0);
      const whole = space.createBlock(7 * 256, { int8: true, bits: true });
      expect(space.reservedBytes).toBeLessThanOrEqual(reservedBytes);
      expect(whole.read(0, 7 * 256).bits?.every((value) => value === 0)).toBe(true);
      expect(whole.read(0, 7 * 256).int8?.values.every((value) => value === 0)).toBe(true);
    });

    test("in two spaces that know nothing of each other", async () => {
      const { createSpace } = await load();
      const [one, other] = [createSpace(64), createSpace(64)];
      const block = one.createBlock(4, { int8: true });
      const part = { block, firstRow: 0, to: 4 };
      expect(() => other.scanInt8(new Float32Array(64), [part], 1)).toThrow(RangeError);
      expect(other.usedBytes).toBe(0);
    });

    test("and refuses what does not fit", async () => {
      const { createSpace } = await load();
      const space = createSpace(40);
      const block = space.createBlock(4, { int8: true });
      const query = new Float32Array(40);
      const part = { block, firstRow: 0, to: 4 };
      const int8 = space.quantizeInt8(new Float32Array(40 * 2));
      for (const refused of [
        () => block.write(3, { int8 }),
        () => block.write(-1, { int8 }),
        () => block.write(0, { bits: new Uint8Array(8) }),
        () => block.write(0, { int8: { values: int8.values, scales: new Float32Array(1) } }),
        () => block.read(2, 5),
        () => space.scanInt8(query, [{ ...part, to: 5 }], 1),
        () => space.scanInt8(query, [{ ...part, from: 5 }], 1),
        () => space.scanInt8(query, [{ ...part, filter: new Uint32Array(0) }], 1),
        () => space.scanInt8(query, [part, part], 1),
        () => space.scanBits(query, query, [part], 1),
        () => space.rescoreInt8(query, new Uint32Array([1, 4]), [part], 1),
        () => space.rescoreInt8(query, new Uint32Array([1]), [{ ...part, firstRow: 2 }], 1),
        () => space.rescoreInt8Rows(query, new Uint32Array([1]), int8, 1),
      ])
        expect(refused).toThrow(RangeError);
      block.release();
      expect(() => block.read(0, 1)).toThrow(RangeError);
      expect(() => block.write(0, { int8 })).toThrow(RangeError);
      expect(() => space.scanInt8(query, [part], 1)).toThrow(RangeError);
      for (const dimensions of [0, -1, 1.5, 4097, Number.NaN])
        expect(() => createSpace(dimensions)).toThrow(/dimensions/u);
    });

    test("and finds none in nothing", async () => {
      const { createSpace } = await load();
      const space = createSpace(384);
      const query = new Float32Array(384).fill(1);
      expect(space.scanInt8(query, [], 10).rows).toHaveLength(0);
      expect(space.scanBits(query, query, [], 10)).toHaveLength(0);
      expect(space.scanBitsThenInt8(query, query, [], 10, 10).rows).toHaveLength(0);
      expect(space.rescoreInt8(query, new Uint32Array(0), [], 10).rows).toHaveLength(0);
      expect(space.quantizeInt8(new Float32Array(0)).values).toHaveLength(0);
      expect(space.quantizeBits(new Float32Array(0), query)).toHaveLength(0);
    });
  });

  describe(`${name} chooses signatures`, () => {
    test("in the same way in every order of distances", { timeout: 60_000 }, async () => {
      const { createSpace } = await load();
      for (const dimensions of [384, 64, 200]) {
        const space = createSpace(dimensions);
        const random = createRandom(7);
        const count = 3000;
        const orders: Readonly<Record<string, (row: number) => number>> = {
          falling: (row) => Math.floor(((count - row) * dimensions) / count),
          rising: (row) => Math.floor((row * dimensions) / count),
          equal: () => 5,
          random: () => Math.floor(random() * dimensions),
          "two values": (row) => (row % 3 === 0 ? 9 : 10),
        };
        for (const [order, distanceOf] of Object.entries(orders)) {
          const distances = Array.from({ length: count }, (_, row) => distanceOf(row));
          const { bitStride } = space.layout;
          const bits = new Uint8Array(count * bitStride);
          distances.forEach((distance, row) => {
            for (let at = 0; at < distance; at += 1)
              bits[row * bitStride + (at >> 3)]! |= 1 << (at & 7);
          });
          const block = space.createBlock(count, { bits: true });
          block.write(0, { bits });
          const zero = new Float32Array(dimensions);
          for (const wanted of [1, 10, 200, 2999])
            expect(
              space.scanBits(zero, zero, [{ block, firstRow: 0, to: count }], wanted),
              `${order} ${wanted} of ${dimensions}`,
            ).toEqual(referenceNearest(distances, wanted));
          block.release();
        }
      }
    });
  });
}

/** Writes the vectors into blocks of the given sizes, the last of which takes what is left. */
function placed(
  space: ScanSpace,
  vectors: Float32Array,
  mean: Float32Array,
  sizes: readonly number[],
): { readonly rows: number; readonly parts: readonly ScanPart[] } {
  const { dimensions } = space.layout;
  const rows = vectors.length / dimensions;
  const parts: ScanPart[] = [];
  for (let firstRow = 0, at = 0; firstRow < rows; at += 1) {
    const to = Math.min(sizes[at] ?? rows, rows - firstRow);
    const own = vectors.subarray(firstRow * dimensions, (firstRow + to) * dimensions);
    const block = space.createBlock(to + (at % 3), { int8: true, bits: true });
    block.write(0, {
      int8: space.quantizeInt8(own),
      bits: space.quantizeBits(own, mean),
    });
    parts.push({ block, firstRow, to });
    firstRow += to;
  }
  return { rows, parts };
}

function filtered(
  parts: readonly ScanPart[],
  passes: ((row: number) => boolean) | undefined,
): readonly ScanPart[] {
  if (passes === undefined) return parts;
  return parts.map((part) => {
    const filter = new Uint32Array((part.to + 31) >> 5);
    for (let row = 0; row < part.to; row += 1)
      if (passes(part.firstRow + row)) filter[row >> 5]! |= 1 << (row & 31);
    return { ...part, filter };
  });
}

interface Expected {
  readonly query: Float32Array;
  readonly mean: Float32Array;
  readonly int8: readonly number[];
  readonly distances: readonly number[];
}

function expectedOf(space: ScanSpace, data: SampleData, query: Float32Array): Expected {
  const { dimensions, vectors, mean } = data;
  const rows = referenceInt8(vectors, dimensions);
  return {
    query,
    mean,
    int8: referenceInt8Scores(rows, query, space.layout.int8Stride),
    distances: referenceDistances(vectors, query, mean),
  };
}

function compareAll(
  space: ScanSpace,
  parts: readonly ScanPart[],
  { query, mean, int8, distances }: Expected,
  k: number,
  passes: ((row: number) => boolean) | undefined,
  label: string,
): void {
  const about = `${label}, k ${k}`;
  expect(space.scanInt8(query, parts, k), about).toEqual(referenceBest(int8, k, passes));

  const nearest = referenceNearest(distances, k * 2, passes);
  expect(space.scanBits(query, mean, parts, k * 2), about).toEqual(nearest);
  const chosen = new Set(nearest);
  const rescored = referenceBest(int8, k, (row) => chosen.has(row));
  expect(space.scanBitsThenInt8(query, mean, parts, k * 2, k), about).toEqual(rescored);
  expect(space.rescoreInt8(query, nearest, parts, k), about).toEqual(rescored);
}

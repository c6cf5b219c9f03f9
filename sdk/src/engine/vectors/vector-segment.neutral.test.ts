import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowLayout } from "../kernels/row-layout.ts";
import { whenWhole } from "../when-whole.ts";
import {
  packRows,
  packSketch,
  packVector,
  unpackRows,
  unpackSketch,
  unpackVector,
  type VectorSketch,
} from "./vector-segment.ts";

const keysOf = (most: number): fc.Arbitrary<Float64Array<ArrayBuffer>> =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: most }), { maxLength: 40 })
    .map((keys) => Float64Array.from(keys).toSorted());

const sketches: fc.Arbitrary<VectorSketch> = fc
  .record({
    dimensions: fc.integer({ min: 1, max: 200 }),
    keys: fc.oneof(keysOf(1_000), keysOf(2 ** 33), keysOf(Number.MAX_SAFE_INTEGER)),
    seed: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  })
  .map(({ dimensions, keys, seed }) => ({
    dimensions,
    keys,
    bits: Uint8Array.from(
      { length: keys.length * rowLayout(dimensions).bitStride },
      (_, at) => (seed[at % 8] ?? 0) ^ at,
    ),
    mean: Float32Array.from({ length: dimensions }, (_, at) => (seed[at % 8] ?? 0) / 255 - 0.5),
  }));

describe("sealed vectors", () => {
  it("come back as they were packed, whatever their keys and dimensions", () => {
    fc.assert(
      fc.property(sketches, (sketch) => {
        const back = unpackSketch(packSketch(sketch), sketch.dimensions);
        expect([...back.keys]).toEqual([...sketch.keys]);
        expect([...back.bits]).toEqual([...sketch.bits]);
        expect([...back.mean]).toEqual([...sketch.mean]);
      }),
    );
  });

  it("bring rows back, and refuse those of another count or width", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 100 }),
        (rows, wide) => {
          const { int8Stride } = rowLayout(wide);
          const values = Int8Array.from({ length: rows * int8Stride }, (_, at) => (at * 7) % 127);
          const scales = Float32Array.from({ length: rows }, (_, at) => at / 3);
          const packed = packRows({ values, scales });
          const back = unpackRows(packed, rows, wide);
          expect([[...back.values], [...back.scales]]).toEqual([[...values], [...scales]]);
          expect(() => unpackRows(packed, rows + 1, wide)).toThrow(RangeError);
          if (rows > 0) expect(() => unpackRows(packed, rows, wide + 64)).toThrow(RangeError);
        },
      ),
    );
  });

  it("never read damaged bytes as a sketch of another shape, and never throw anything but a RangeError", () => {
    fc.assert(
      fc.property(sketches, fc.nat(), fc.nat(), fc.nat({ max: 7 }), (sketch, where, cut, bit) => {
        const packed = packSketch(sketch);
        const flipped = packed.slice();
        const at = where % flipped.length;
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const damaged = [
          flipped,
          packed.slice(0, cut % packed.length),
          new Uint8Array(cut % 100),
        ].map((bytes) => whenWhole(() => unpackSketch(bytes, sketch.dimensions)));
        for (const read of damaged) {
          if (read === null) continue;
          expect(read.mean).toHaveLength(sketch.dimensions);
          expect(read.bits).toHaveLength(read.keys.length * rowLayout(sketch.dimensions).bitStride);
          expect(read.keys).toEqual(read.keys.toSorted());
        }
        expect(() => unpackSketch(packed, sketch.dimensions + 1)).toThrow(RangeError);
      }),
    );
  });

  it("keep a vector of the tail to the bit, and refuse one that is no vector", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        (numbers) => {
          const vector = Float32Array.from(numbers);
          const packed = packVector(new Float32Array([9, ...vector]).subarray(1));
          expect(packed.buffer.byteLength).toBe(vector.length * 4);
          expect([...unpackVector(packed, vector.length)]).toEqual([...vector]);
          expect(() => unpackVector(packed, vector.length + 1)).toThrow(RangeError);
        },
      ),
    );
    expect(() => unpackVector(packVector(Float32Array.of(Number.NaN)), 1)).toThrow(RangeError);
  });
});

import type { KernelExports, KernelMemory } from "./kernel-exports.ts";
import { createBestRows, createNearestRows, type BestRows } from "./script-ranking.ts";

const TINY = 2 ** -100;
const PAGE = 65_536;

/** What `assembly/kernels.ts` does, in plain JavaScript on an ordinary buffer. int8 and 1-bit results are the same to the bit. */
export function createScriptKernels(): KernelExports {
  const memory = createScriptMemory();
  let views = viewsOf(memory.buffer);
  let best: BestRows = createBestRows(0);
  let nearest = createNearestRows(1, 0);

  /** Views of the memory as it is now: growth replaces it. */
  const now = (): Views => {
    if (views.bytes.buffer !== memory.buffer) views = viewsOf(memory.buffer);
    return views;
  };

  const int8Scorer =
    (values: number, scales: number, stride: number, query: number): Scorer =>
    (row) => {
      const { int8s, int16s, floats } = now();
      const [start, code] = [values + row * stride, query >> 1];
      let sum = 0;
      for (let at = 0; at < stride; at += 1)
        sum += (int8s[start + at] ?? 0) * (int16s[code + at] ?? 0);
      return Math.fround((floats[(scales >> 2) + row] ?? 0) * Math.fround(sum));
    };

  const distanceScorer =
    (values: number, stride: number, query: number): Scorer =>
    (row) => {
      const { words } = now();
      const [start, code] = [(values + row * stride) >> 2, query >> 2];
      let distance = 0;
      for (let at = 0; at < stride >> 2; at += 1)
        distance += bitCount((words[start + at] ?? 0) ^ (words[code + at] ?? 0));
      return distance;
    };

  const passes = (filter: number, row: number): boolean =>
    filter === 0 || (((now().words[(filter >> 2) + (row >> 5)] ?? 0) >>> (row & 31)) & 1) === 1;

  const offerRun = (
    into: Pick<BestRows, "offer">,
    score: Scorer,
    from: number,
    to: number,
    firstRow: number,
    filter: number,
  ): void => {
    for (let row = from; row < to; row += 1)
      if (passes(filter, row)) into.offer(firstRow + row, score(row));
  };

  const offerList = (
    into: Pick<BestRows, "offer">,
    score: Scorer,
    list: number,
    count: number,
    firstRow: number,
  ): void => {
    for (const number of now().words.subarray(list >> 2, (list >> 2) + count))
      into.offer(number, score(number - firstRow));
  };

  return {
    memory,
    startBest(_keys, k) {
      best = createBestRows(k);
    },
    takeBest(rowsAt, scoresAt) {
      const { rows, scores } = best.take();
      now().words.set(rows, rowsAt >> 2);
      now().floats.set(scores, scoresAt >> 2);
      return rows.length;
    },
    listRows(filter, from, to, firstRow, list) {
      const { words } = now();
      let next = list >> 2;
      for (let row = from; row < to; row += 1)
        if (passes(filter, row)) {
          words[next] = firstRow + row;
          next += 1;
        }
      return next - (list >> 2);
    },
    scanInt8: (values, scales, _sums, stride, query, ...run) =>
      offerRun(best, int8Scorer(values, scales, stride, query), ...run),
    scoreInt8: (list, count, values, scales, _sums, stride, query, firstRow) =>
      offerList(best, int8Scorer(values, scales, stride, query), list, count, firstRow),
    sumRows: () => undefined,
    startNearest(_at, bits, _capacity, count) {
      nearest = createNearestRows(count, bits);
    },
    takeNearest(rowsAt) {
      const rows = nearest.take();
      now().words.set(rows, rowsAt >> 2);
      return rows.length;
    },
    scanBits: (values, stride, query, ...run) =>
      offerRun(nearest, distanceScorer(values, stride, query), ...run),
    compareBits: (list, count, values, stride, query, firstRow) =>
      offerList(nearest, distanceScorer(values, stride, query), list, count, firstRow),
    quantizeInt8(rows, count, length, values, scales) {
      const { floats, int8s } = now();
      for (let row = 0; row < count; row += 1) {
        const own = floats.subarray((rows >> 2) + row * length, (rows >> 2) + (row + 1) * length);
        const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const isUsable = largest > TINY && largest < Infinity;
        const factor = isUsable ? Math.fround(127 / largest) : 0;
        floats[(scales >> 2) + row] = isUsable ? largest / 127 : 0;
        own.forEach((value, at) => {
          // What is not a number becomes 0 as it is stored.
          int8s[values + row * length + at] =
            Math.fround(Math.fround(value * factor) + WHOLE) - WHOLE;
        });
      }
    },
    quantizeBits(rows, count, length, mean, bits) {
      const { floats, bytes } = now();
      for (let at = 0; at < count * length; at += 8) {
        let byte = 0;
        for (let bit = 0; bit < 8; bit += 1)
          if (
            (floats[(rows >> 2) + at + bit] ?? 0) > (floats[(mean >> 2) + (at % length) + bit] ?? 0)
          )
            byte |= 1 << bit;
        bytes[bits + (at >> 3)] = byte;
      }
    },
  };
}

type Scorer = (row: number) => number;

interface Views {
  readonly bytes: Uint8Array;
  readonly int8s: Int8Array;
  readonly int16s: Int16Array;
  readonly words: Uint32Array;
  readonly floats: Float32Array;
}

function viewsOf(buffer: ArrayBuffer): Views {
  return {
    bytes: new Uint8Array(buffer),
    int8s: new Int8Array(buffer),
    int16s: new Int16Array(buffer),
    words: new Uint32Array(buffer),
    floats: new Float32Array(buffer),
  };
}

/** Grows as WASM memory does, by pages, but by copying. So it takes half as much again each time. */
function createScriptMemory(): KernelMemory {
  let buffer = new ArrayBuffer(0);
  return {
    get buffer() {
      return buffer;
    },
    grow(pages) {
      const before = new Uint8Array(buffer);
      const had = before.length / PAGE;
      const grown = new Uint8Array((had + Math.max(pages, Math.ceil(had / 2))) * PAGE);
      grown.set(before);
      buffer = grown.buffer;
      return had;
    },
  };
}

/** From here on 32-bit floats are whole numbers: a sum of two is rounded to one, halves to the even neighbour, as SIMD rounds. */
const WHOLE = 2 ** 23 + 2 ** 22;

/** Ones in 32 bits, counted in ever wider fields. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

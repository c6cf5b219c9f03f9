import { MemoryError } from "../../domain/errors.ts";
import { createArena, type Arena } from "./arena.ts";
import type { KernelExports, KernelMemory } from "./kernel-exports.ts";
import { checkRange, countColumnRows } from "./row-columns.ts";
import { roundUp, type RowLayout } from "./row-layout.ts";
import type { BlockColumns, RowBlock, RowColumns } from "./scan-kernels.ts";

/** Bytes of a memory page. */
const PAGE = 65_536;

/** One memory and who owns which part of it. Views are made anew at each use: growth detaches the ones before. */
export interface ArenaMemory extends Arena {
  readonly reservedBytes: number;
  bytes(address: number, length: number): Uint8Array<ArrayBuffer>;
  numbers(address: number, length: number): Float32Array<ArrayBuffer>;
  words(address: number, length: number): Uint32Array<ArrayBuffer>;
}

/** Where the columns of a block start; 0 for a column it has not. */
export interface BlockPlace {
  readonly scales: number;
  /** Sums of the int8 rows, which relaxed SIMD wants; 0 without it. */
  readonly sums: number;
  readonly values: number;
  readonly bits: number;
}

export function createArenaMemory(memory: KernelMemory): ArenaMemory {
  const arena = createArena((bytes) => {
    const missing = bytes - memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new MemoryError(
        "engine/load-failed",
        "There is no more memory for vectors on this device.",
        { cause, details: { reservedBytes: memory.buffer.byteLength, wantedBytes: bytes } },
      );
    }
  });
  // Address 0 stands for "none".
  arena.take(1);
  return {
    ...arena,
    get reservedBytes() {
      return memory.buffer.byteLength;
    },
    bytes: (address, length) => new Uint8Array(memory.buffer, address, length),
    numbers: (address, length) => new Float32Array(memory.buffer, address, length),
    words: (address, length) => new Uint32Array(memory.buffer, address, length),
  };
}

export interface KernelBlocks {
  readonly usedBytes: number;
  create(capacity: number, columns: BlockColumns): RowBlock;
  /** Throws for a block of another space and for a released one. */
  placeOf(block: RowBlock): BlockPlace;
}

/** `sumRows` is there where the sums of int8 rows are wanted. */
export function createKernelBlocks(
  memory: ArenaMemory,
  layout: RowLayout,
  sumRows: KernelExports["sumRows"] | null,
): KernelBlocks {
  const { int8Stride, bitStride } = layout;
  const places = new Map<RowBlock, BlockPlace>();
  let usedBytes = 0;

  const write = (place: BlockPlace, at: number, rows: RowColumns, count: number): void => {
    const { int8, bits } = rows;
    if (int8 !== undefined) {
      memory.bytes(place.values + at * int8Stride, count * int8Stride).set(int8.values);
      memory.numbers(place.scales + at * 4, count).set(int8.scales);
      sumRows?.(place.values + at * int8Stride, count, int8Stride, place.sums + at * 4);
    }
    if (bits !== undefined) memory.bytes(place.bits + at * bitStride, bits.length).set(bits);
  };

  const read = (place: BlockPlace, from: number, count: number): RowColumns => {
    return {
      ...(place.values === 0
        ? {}
        : {
            int8: {
              values: new Int8Array(
                memory.bytes(place.values + from * int8Stride, count * int8Stride),
              ),
              scales: memory.numbers(place.scales + from * 4, count).slice(),
            },
          }),
      ...(place.bits === 0
        ? {}
        : { bits: memory.bytes(place.bits + from * bitStride, count * bitStride).slice() }),
    };
  };

  return {
    get usedBytes() {
      return usedBytes;
    },
    create(capacity, columns) {
      const int8Rows = columns.int8 === true ? capacity : 0;
      const sizes = [
        int8Rows * 4,
        sumRows === null ? 0 : int8Rows * 4,
        int8Rows * int8Stride,
        columns.bits === true ? capacity * bitStride : 0,
      ].map((size) => roundUp(size, 64));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      const address = memory.take(bytes);
      memory.bytes(address, bytes).fill(0);
      let next = address;
      const [scales = 0, sums = 0, values = 0, bits = 0] = sizes.map((size) =>
        size === 0 ? 0 : (next += size) - size,
      );
      usedBytes += bytes;
      const place: BlockPlace = { scales, sums, values, bits };
      const block: RowBlock = {
        capacity,
        bytes,
        write(at, rows) {
          checkHeld(places, block);
          const count = countColumnRows(layout, rows, columns);
          checkRange(at, at + count, capacity);
          write(place, at, rows, count);
        },
        read(from, to) {
          checkHeld(places, block);
          checkRange(from, to, capacity);
          return read(place, from, to - from);
        },
        release() {
          if (!places.delete(block)) return;
          memory.give(address);
          usedBytes -= bytes;
        },
      };
      places.set(block, place);
      return block;
    },
    placeOf: (block) => checkHeld(places, block),
  };
}

function checkHeld(places: ReadonlyMap<RowBlock, BlockPlace>, block: RowBlock): BlockPlace {
  const place = places.get(block);
  if (place === undefined) throw new RangeError("The block is released, or of another space.");
  return place;
}

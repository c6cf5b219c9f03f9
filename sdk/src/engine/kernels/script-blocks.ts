import { checkRange, countColumnRows } from "./row-columns.ts";
import type { RowLayout } from "./row-layout.ts";
import type { BlockColumns, RowBlock } from "./scan-kernels.ts";

/** The columns of a block as ordinary arrays, float32 rows without padding. Columns it has not are empty. */
export interface ScriptColumns {
  readonly scales: Float32Array<ArrayBuffer>;
  readonly values: Int8Array<ArrayBuffer>;
  readonly bits: Uint8Array<ArrayBuffer>;
  /** The bytes of `bits`, 32 bits at a time. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly float: Float32Array<ArrayBuffer>;
}

export interface ScriptBlocks {
  readonly usedBytes: number;
  create(capacity: number, columns: BlockColumns): RowBlock;
  columnsOf(block: RowBlock): ScriptColumns;
}

export function createScriptBlocks(layout: RowLayout): ScriptBlocks {
  const { dimensions, int8Stride, bitStride } = layout;
  const held = new Map<RowBlock, ScriptColumns>();
  let usedBytes = 0;

  const columnsOf = (block: RowBlock): ScriptColumns => {
    const columns = held.get(block);
    if (columns === undefined)
      throw new RangeError("The block was released, or is of another space.");
    return columns;
  };

  return {
    get usedBytes() {
      return usedBytes;
    },
    create(capacity, has) {
      const int8Rows = has.int8 === true ? capacity : 0;
      const bits = new Uint8Array(has.bits === true ? capacity * bitStride : 0);
      const made: ScriptColumns = {
        scales: new Float32Array(int8Rows),
        values: new Int8Array(int8Rows * int8Stride),
        bits,
        words: new Uint32Array(bits.buffer),
        float: new Float32Array(has.float === true ? capacity * dimensions : 0),
      };
      const bytes =
        made.scales.byteLength + made.values.byteLength + bits.byteLength + made.float.byteLength;
      usedBytes += bytes;
      const block: RowBlock = {
        capacity,
        bytes,
        write(at, rows) {
          const { scales, values, bits: into, float } = columnsOf(block);
          checkRange(at, at + countColumnRows(layout, rows, has), capacity);
          if (rows.int8 !== undefined) {
            values.set(rows.int8.values, at * int8Stride);
            scales.set(rows.int8.scales, at);
          }
          if (rows.bits !== undefined) into.set(rows.bits, at * bitStride);
          if (rows.float !== undefined) float.set(rows.float, at * dimensions);
        },
        read(from, to) {
          const { scales, values, bits: kept, float } = columnsOf(block);
          checkRange(from, to, capacity);
          return {
            ...(has.int8 === true
              ? {
                  int8: {
                    values: values.slice(from * int8Stride, to * int8Stride),
                    scales: scales.slice(from, to),
                  },
                }
              : {}),
            ...(has.bits === true ? { bits: kept.slice(from * bitStride, to * bitStride) } : {}),
            ...(has.float === true
              ? { float: float.slice(from * dimensions, to * dimensions) }
              : {}),
          };
        },
        release() {
          if (held.delete(block)) usedBytes -= bytes;
        },
      };
      held.set(block, made);
      return block;
    },
    columnsOf,
  };
}

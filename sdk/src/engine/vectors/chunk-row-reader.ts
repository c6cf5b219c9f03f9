import { rowLayout } from "../kernels/row-layout.ts";
import type { Int8Rows } from "../kernels/scan-kernels.ts";
import type { VectorStore } from "../../vault/vector-store.ts";
import { whenWhole } from "../when-whole.ts";
import type { RowReader } from "./row-reader.ts";
import { unpackRows } from "./vector-segment.ts";

export interface ChunkRowReaderDeps {
  readonly store: VectorStore;
  readonly dimensions: number;
  /** Rows of a stored segment; `null` where it is none of the space. */
  readonly rowsOf: (id: string) => number | null;
  /** Bytes of chunks that are kept for the next search. */
  readonly cacheBytes: number;
  /** A segment whose rows could not be read. */
  readonly onDamaged: (id: string) => void;
}

/** Reads rows out of whole chunks of the vault, and keeps those last used. Works everywhere; one search may read many chunks. */
export function createChunkRowReader(deps: ChunkRowReaderDeps): RowReader {
  const { store, dimensions, rowsOf, cacheBytes, onDamaged } = deps;
  const { int8Stride } = rowLayout(dimensions);
  /** In the order of last use. */
  const cache = new Map<string, Int8Rows>();
  let cached = 0;

  const keep = (id: string, rows: Int8Rows): void => {
    const old = cache.get(id);
    if (old !== undefined) {
      cache.delete(id);
      cached -= sizeOf(old);
    }
    cache.set(id, rows);
    cached += sizeOf(rows);
    for (const [oldest, chunk] of cache) {
      if (cached <= cacheBytes || oldest === id) break;
      cache.delete(oldest);
      cached -= sizeOf(chunk);
    }
  };

  const chunkOf = async (id: string): Promise<Int8Rows | null> => {
    const known = cache.get(id);
    if (known !== undefined) return known;
    const [bytes = null] = await store.parts([id], "rows");
    const count = rowsOf(id);
    if (count === null) return null;
    const rows = bytes === null ? null : whenWhole(() => unpackRows(bytes, count, dimensions));
    if (rows === null) onDamaged(id);
    return rows;
  };

  return {
    async read(wanted) {
      const total = wanted.reduce((sum, { rows }) => sum + rows.length, 0);
      const values = new Int8Array(total * int8Stride);
      const scales = new Float32Array(total).fill(-1);
      let at = 0;
      for (const { id, rows } of wanted) {
        const chunk = await chunkOf(id);
        if (chunk !== null) {
          keep(id, chunk);
          rows.forEach((row, offset) => {
            const start = row * int8Stride;
            values.set(
              chunk.values.subarray(start, start + int8Stride),
              (at + offset) * int8Stride,
            );
            scales[at + offset] = chunk.scales[row] ?? -1;
          });
        }
        at += rows.length;
      }
      return { values, scales };
    },
    sketches: (ids) => ids.map(() => null),
    copy: () => Promise.resolve(),
    get residentBytes() {
      return cached;
    },
    close() {
      cache.clear();
      cached = 0;
    },
  };
}

function sizeOf({ values, scales }: Int8Rows): number {
  return values.byteLength + scales.byteLength;
}

import type { SpaceVector, VectorSegmentHead, VectorStore } from "../../vault/vector-store.ts";
import { rowLayout } from "../kernels/row-layout.ts";
import { packVector, unpackRows, unpackSketch } from "./vector-segment.ts";
import { pickRows, widenRows } from "./widen-rows.ts";

/**
 * Vectors of these records wherever they are kept, as the tail keeps them: one a record, of the space that comes last. What is sealed
 * comes back as near as it was sealed. Records without one, and damaged segments, are passed over.
 */
export async function readVectors(
  store: VectorStore,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, SpaceVector>> {
  const found = new Map<number, SpaceVector>();
  if (seqs.length === 0) return found;
  for (const { id: space, dimensions } of await store.spaces()) {
    const { segments, gone } = await store.load(space);
    const left = new Set(gone);
    for (const head of segments) {
      const wanted = seqs.filter((seq) => seq >= head.first && seq <= head.last && !left.has(seq));
      for (const [seq, vector] of await readSegment(store, head, dimensions, wanted))
        found.set(seq, { space, vector });
    }
    for (const { seq, vector } of await store.tail(space, seqs)) found.set(seq, { space, vector });
  }
  return found;
}

async function readSegment(
  store: VectorStore,
  { id, dead }: VectorSegmentHead,
  dimensions: number,
  wanted: readonly number[],
): Promise<readonly (readonly [number, Uint8Array<ArrayBuffer>])[]> {
  if (wanted.length === 0) return [];
  const [[sketch], [rows]] = await Promise.all([
    store.parts([id], "sketch"),
    store.parts([id], "rows"),
  ]);
  if (!sketch || !rows) return [];
  try {
    const { keys } = unpackSketch(sketch, dimensions);
    const places = new Map(Array.from(keys, (key, row) => [key, row]));
    const there = wanted.flatMap((seq) => {
      const row = places.get(seq);
      const isDead = row !== undefined && ((dead[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
      return row === undefined || isDead ? [] : [{ seq, row }];
    });
    const layout = rowLayout(dimensions);
    const picked = pickRows(
      unpackRows(rows, keys.length, dimensions),
      there.map(({ row }) => row),
      layout,
    );
    const wide = widenRows(picked, layout);
    return there.map(({ seq }, i) => [
      seq,
      packVector(wide.subarray(i * dimensions, (i + 1) * dimensions)),
    ]);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

import { checksum } from "./checksum.ts";
import { ownBytes } from "./record-row.ts";
import type { SegmentRow, VaultDatabase } from "./schema.ts";
import type { StoredSegment } from "./vault.ts";

/** Puts segments of the index with what tells later whether they are whole. Inside a transaction. */
export async function putSegments(
  db: VaultDatabase,
  segments: readonly StoredSegment[],
): Promise<void> {
  const heads = segments.map(({ id, bytes, state }): SegmentRow => ({
    id,
    size: bytes.byteLength,
    checksum: checksum(bytes),
    state: ownBytes(state),
    stateChecksum: checksum(state),
  }));
  const chunks = segments.map(({ id, bytes }) => ({ id, bytes: ownBytes(bytes) }));
  await Promise.all([db.segments.bulkPut(heads), db.chunks.bulkPut(chunks)]);
}

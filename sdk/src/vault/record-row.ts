import type { StoredRecord } from "../domain/stored-record.ts";
import type { RecordRow } from "./schema.ts";

/** The key of a user in an index. The vault's owner and a user of any name are apart. */
export function ownerKey(user: string | undefined): string {
  return user === undefined ? "owner" : `user:${user}`;
}

export function factIndexKey(user: string | undefined, factKey: string): string {
  return JSON.stringify([ownerKey(user), factKey]);
}

/** The row as it is stored: the record and what its indexes need. */
export function toRow(record: StoredRecord): RecordRow {
  const { user } = record.scope;
  const refs = [...record.sources];
  if (record.supersedes !== undefined) refs.push(record.supersedes);
  if (record.duplicateOf !== undefined) refs.push(record.duplicateOf);
  return {
    ...record,
    keys: {
      owner: ownerKey(user),
      facts: record.factKeys.map((key) => factIndexKey(user, key)),
      refs: [...new Set(refs)],
    },
  };
}

export function fromRow(row: RecordRow): StoredRecord {
  const { keys: _, ...record } = row;
  return record;
}

/**
 * Bytes that own their buffer. A view of a larger buffer is stored by the browser with the whole buffer behind it, and what
 * else stands there (other texts) would outlive a forget.
 */
export function ownBytes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

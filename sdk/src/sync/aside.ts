import { MemoryError } from "../domain/errors.ts";
import { ASIDE, COPY, KEY_CHARS as HEX } from "../domain/kept-names.ts";
import type { CopyRow, KeptCopy } from "../vault/kept-copy.ts";
import type { RemoteRecord, SyncDotRow, SyncRecordRow, SyncStore } from "../vault/sync-store.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import type { Ledger } from "./ledger.ts";

const SEALED = "sealed-";
const KEPT = /^(aside|copy):[\da-f]{32}/;

/**
 * Rows that a member signed and this version cannot take for a memory. They are kept as they came, each as a record of its own that has
 * the row: so they count for the live set, are sent again when the server is filled anew or the keys change, and are read by a
 * version that can. Only what a signature names gets here, by the hash of its envelope: a server can put nothing aside.
 *
 * Of one that does not open the envelope is kept. There is nothing in it that could be said again, so any write of its record takes its
 * place.
 */
export function isAside(key: string): boolean {
  return key.startsWith(ASIDE);
}

/** Whether it is set aside because it does not open. */
export function isSealed(key: string): boolean {
  return isAside(key) && key.startsWith(SEALED, ASIDE.length + HEX + 1);
}

/** What others are told of a content that is set aside. `null`: there is nothing that could be said. */
export function saidAside({ key, shape }: SyncRecordRow): Bytes | null {
  return isSealed(key) ? null : shape;
}

/** Whether it is what sync keeps for itself, and no record of the vault. */
export function isKept(key: string): boolean {
  return KEPT.test(key);
}

/** The copy of a record that this device alone keeps. */
export function copyOf(record: string, digest: string): string {
  return `${COPY}${record}:${digest}`;
}

export async function keptCopies(store: SyncStore): Promise<readonly CopyRow[]> {
  return (await store.recordsNamed(COPY)).filter((row): row is CopyRow => row.copy !== undefined);
}

/** The record that a row belongs to, whether it is read or set aside. */
export function recordOf(key: string): string {
  return isAside(key) ? key.slice(ASIDE.length, ASIDE.length + HEX) : key;
}

/** Under which all rows of one record stand that are set aside. */
export function asidesOf(record: string): string {
  return ASIDE + record;
}

/** One content is one record, whoever carries it. */
export function asideRow(row: SyncDotRow, hash: Bytes, sealed: boolean): SyncDotRow {
  const digest = (sealed ? SEALED : "") + bytesKey(hash).slice(0, HEX);
  return { ...row, record: `${asidesOf(row.record)}:${digest}`, digest, tombstone: false };
}

/** The first characters of a key by which rows are filed: of what is set aside, by the record that it belongs to. */
export function shelfOf(key: string): string {
  return key.slice(0, ASIDE.length + HEX);
}

export function keptRecord(key: string, content: Bytes | null, copy?: KeptCopy): RemoteRecord {
  const row = { key, id: key, shape: content, shown: "", others: [], ...(copy && { copy }) };
  return { row, memory: null, from: null, send: false };
}

/** Of rows that left: contents that no row carries any more. */
export function asidesGone(left: readonly SyncDotRow[], ledger: Ledger): readonly RemoteRecord[] {
  const keys = new Set(left.map(({ record }) => record).filter(isAside));
  return [...keys]
    .filter((key) => ledger.dotsOf(key).length === 0)
    .map((key) => keptRecord(key, null));
}

export async function keptAside(store: SyncStore): Promise<readonly SyncRecordRow[]> {
  return (await store.recordsNamed(ASIDE)).filter(({ shape }) => shape !== null);
}

/** What a member has written wrongly, or newer than this version; faults of the vault, the keys and the server have their own classes. */
export function isFaultOfContent(error: unknown): boolean {
  return (
    !(error instanceof MemoryError) &&
    ["WireError", "SyntaxError", "TypeError", "RangeError"].includes((error as Error).name)
  );
}

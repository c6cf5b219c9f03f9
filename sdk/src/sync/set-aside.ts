import type { RemoteRecord, SyncRecordRow, SyncStore } from "../vault/sync-store.ts";
import type { Bytes } from "../wire/bytes.ts";
import { asideRow, asidesOf, isFaultOfContent, isSealed, keptRecord, recordOf } from "./aside.ts";
import type { Ledger } from "./ledger.ts";
import type { ReadRow } from "./merge-pulled.ts";
import { isForgotten } from "./merge.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { decodeRecord } from "./record-content.ts";
import type { HeldRecord } from "./replica.ts";

export async function setAside(
  { access }: PullDeps,
  ledger: Ledger,
  { row, content, sealed = false }: OpenedRow,
): Promise<RemoteRecord> {
  const bytes: Bytes = new Uint8Array(content);
  const kept = asideRow(row, await access.suite.sha256(bytes), sealed);
  ledger.hold(kept);
  return keptRecord(kept.record, bytes);
}

/**
 * Forgetting is final: what is set aside of a record that was forgotten is not kept, and the tombstone is said again, so that it takes the
 * place of it for everybody. Where it does not open, once: a device whose fault it is would answer for ever.
 */
export async function withoutForgotten(
  { store }: PullDeps,
  ledger: Ledger,
  records: readonly RemoteRecord[],
): Promise<readonly RemoteRecord[]> {
  const merged = new Map(records.map((one) => [one.row.key, one]));
  const names = [...new Set(records.map(({ row }) => recordOf(row.key)))];
  const rows = await store.records(names);
  const forgotten = new Map<string, RemoteRecord>();
  const asides: RemoteRecord[] = [];
  for (const [i, name] of names.entries()) {
    const row = merged.get(name)?.row ?? rows[i];
    const beside = ledger.dotsOf(asidesOf(name));
    if (!row || !isTombstone(row) || beside.length === 0) continue;
    const send = beside.some(({ record }) => !isSealed(record)) || !(await wasSealed(store, name));
    forgotten.set(name, {
      row,
      memory: null,
      from: null,
      send,
      ...merged.get(name),
      ...(send && { send }),
    });
    asides.push(...beside.map(({ record }) => keptRecord(record, null)));
  }
  if (forgotten.size === 0) return records;
  const replaced = new Set([...forgotten.keys(), ...asides.map(({ row }) => row.key)]);
  return [...records.filter(({ row }) => !replaced.has(row.key)), ...forgotten.values(), ...asides];
}

function isTombstone({ shape }: SyncRecordRow): boolean {
  return shape === null || isForgotten(decodeRecord(shape));
}

/** Whether a row of this record that does not open has left already. */
async function wasSealed(store: SyncStore, record: string): Promise<boolean> {
  const kept = await store.recordsNamed(asidesOf(record));
  return kept.some(({ key, shape }) => shape === null && isSealed(key));
}

/** One of the rows is no memory, or makes none of the others: each is tried on what stands without it. */
export async function mergeApart(
  deps: PullDeps,
  ledger: Ledger,
  held: HeldRecord,
  rows: readonly ReadRow[],
  mergeOne: (deps: PullDeps, held: HeldRecord, rows: readonly ReadRow[]) => Promise<RemoteRecord>,
): Promise<readonly RemoteRecord[]> {
  const before = held.dots.filter(({ dot }) => !rows.some(({ row }) => row.dot === dot));
  let good: readonly ReadRow[] = [];
  let merged: readonly RemoteRecord[] = [];
  const aside: RemoteRecord[] = [];
  for (const row of rows) {
    const tried = [...good, row];
    const dots = [...before, ...tried.map((one) => one.row)];
    try {
      merged = [await mergeOne(deps, { ...held, dots }, tried)];
      good = tried;
    } catch (error) {
      if (!isFaultOfContent(error)) throw error;
      aside.push(await setAside(deps, ledger, row));
    }
  }
  return [...merged, ...aside];
}

/**
 * With records that were taken out of the vault by who may not (a row of another record, a purge of what is no tombstone): this device
 * has them, and says them again.
 */
export async function saidAgain(
  { store }: PullDeps,
  ledger: Ledger,
  records: readonly RemoteRecord[],
  keys: readonly string[],
): Promise<readonly RemoteRecord[]> {
  const spared = new Set(keys);
  ledger.next({ bare: ledger.next().bare.filter((key) => !spared.has(key)) });
  const merged = new Set(records.map(({ row }) => row.key));
  const rows = await store.records([...spared].filter((key) => !merged.has(key)));
  return [
    ...records.map((one) => (spared.has(one.row.key) ? { ...one, send: true } : one)),
    ...rows.flatMap((row) => (row ? [{ row, memory: null, from: null, send: true }] : [])),
  ];
}

/**
 * Records whose last row is one that does not open: who holds one says it, and that takes the row's place. Only at the first such row of a
 * record: a device whose fault it is would answer with another one for ever.
 */
export async function sayOnce(
  { store }: PullDeps,
  held: readonly Pick<HeldRecord, "key">[],
): Promise<void> {
  const left = (await store.recordsNamed(asidesOf(""))).filter(({ shape }) => shape === null);
  const before = new Set(
    left
      .map(({ key }) => key)
      .filter(isSealed)
      .map(recordOf),
  );
  await store.requeue(held.map(({ key }) => key).filter((key) => !before.has(key)));
}

/** Rows of epochs below this are to be sealed anew, under the present one. What does not open can be said by who has its record. */
export async function requeueBelow(store: SyncStore, ledger: Ledger, epoch: number): Promise<void> {
  const old = [...ledger.held.values()].filter((row) => row.epoch < epoch);
  const keys = old.map(({ record }) => (isSealed(record) ? recordOf(record) : record));
  // Killed in between it is done again: the rows say nothing new without the other.
  await store.requeue([...new Set(keys)]);
  await store.setState(ledger.next({ resealBelow: epoch }));
}

/** For each of these rows the device that wrote it, in hex. */
export async function writersOf(
  store: SyncStore,
  keys: readonly string[],
): Promise<readonly string[]> {
  return (await store.dotsOf(keys)).map(({ dot }) => dot.slice(0, dot.indexOf(":")));
}

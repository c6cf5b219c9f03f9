import type { Chain, Chains } from "../crypto/manifest-check.ts";
import type { OwedRow, SeenRow, SyncDotRow, SyncStateRow } from "../vault/sync-store.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import type { Dot, Head } from "../wire/dots.ts";
import type { Manifest } from "../wire/manifest.ts";
import { recordOf, shelfOf } from "./aside.ts";
import { createLiveSet, dotKey, type LiveSet } from "./live-set.ts";

/**
 * What the server must hold, as far as verified manifests say: chains, live rows, and which of them this device holds or is owed. It is
 * rebuilt from the vault, and thrown away whenever a step was not stored.
 */
export interface Ledger {
  readonly chains: Chains;
  readonly live: LiveSet;
  /** Rows that are held, by dot. */
  readonly held: ReadonlyMap<string, SyncDotRow>;
  readonly owed: ReadonlyMap<string, OwedRow>;
  /** Of the rows that are held. */
  readonly tombstones: ReadonlyMap<string, SyncDotRow>;
  /** By device. */
  readonly seen: ReadonlyMap<string, SeenRow>;
  /** Rows that are held of one record. */
  dotsOf(record: string): readonly SyncDotRow[];
  readonly state: SyncStateRow;
  /** Takes in a manifest that was accepted. Returns the rows that left. */
  take(manifest: Manifest, chain: Chain, day: number): readonly SyncDotRow[];
  /** A device that has said nothing so far. */
  meet(device: string, day: number): void;
  /** A row that was owed, or that this device sent itself, is held from now on. */
  hold(row: SyncDotRow): void;
  claim(heads: readonly Head[]): void;
  /** What is to be stored. */
  next(
    change?: Partial<Omit<SyncStateRow, "chains" | "named" | "early" | "owed" | "seen">>,
  ): SyncStateRow;
}

const CODE_OF_0 = 48;
const CODE_OF_A = 97;

export function createLedger(stored: SyncStateRow, dots: readonly SyncDotRow[]): Ledger {
  const chains = new Map<string, Chain>(
    stored.chains.map(({ device, batchNo, hash, nextSeq, logLen }) => [
      device,
      { batchNo, hash, nextSeq, logLen },
    ]),
  );
  const held = new Map(dots.map((row) => [row.dot, row]));
  const byRecord = new Map<string, Map<string, SyncDotRow>>();
  const file = (row: SyncDotRow): void => {
    const shelf = shelfOf(row.record);
    const rows = byRecord.get(shelf) ?? new Map<string, SyncDotRow>();
    byRecord.set(shelf, rows.set(row.dot, row));
  };
  dots.forEach(file);
  const tombstones = new Map(dots.filter((row) => row.tombstone).map((row) => [row.dot, row]));
  const seen = new Map(stored.seen?.map((row) => [row.device, row]));
  const owed = new Map(
    stored.owed.flatMap((row) => (held.has(row.dot) ? [] : [[row.dot, row] as const])),
  );
  const live = createLiveSet({
    rows: [...held.values(), ...owed.values()].map(({ dot, hash }) => ({ dot: toDot(dot), hash })),
    named: stored.named.map(({ device, from, next }) => ({
      deviceId: fromKey(device),
      from,
      next,
    })),
    early: stored.early.map(toDot),
  });
  const orphans = new Set(stored.orphans);
  const bare = new Set(stored.bare);
  let claims = stored.claims;
  let state = stored;

  return {
    chains,
    live,
    held,
    owed,
    tombstones,
    seen,
    dotsOf(record) {
      const rows = [...(byRecord.get(shelfOf(record))?.values() ?? [])];
      return record === shelfOf(record) ? rows : rows.filter((row) => row.record === record);
    },
    get state() {
      return state;
    },
    take(manifest, chain, day) {
      const device = bytesKey(manifest.deviceId);
      chains.set(device, chain);
      const next = { ...seen.get(device)?.next };
      for (const { deviceId, batchNo } of manifest.seen) {
        const of = bytesKey(deviceId);
        const at = chains.get(of);
        // Of a chain that has grown since it is not known how far that was; what was said before holds.
        if (at?.batchNo === batchNo) next[of] = at.nextSeq;
      }
      seen.set(device, { device, day, next });
      const left: SyncDotRow[] = [];
      const takeOut = (dot: Dot): string[] => {
        const key = dotKey(dot);
        const row = held.get(key);
        owed.delete(key);
        orphans.delete(key);
        if (row === undefined) return [];
        held.delete(key);
        tombstones.delete(key);
        byRecord.get(shelfOf(row.record))?.delete(key);
        left.push(row);
        bare.add(recordOf(row.record));
        return [recordOf(row.record)];
      };
      const of = manifest.items.map(({ supersedes }) => [...new Set(supersedes.flatMap(takeOut))]);
      manifest.purged.forEach(takeOut);
      for (const [i, { dot, hash, orphaned }] of live.apply(manifest).entries()) {
        const key = dotKey(dot);
        if (!live.has(dot)) continue;
        owed.set(key, { dot: key, hash, epoch: manifest.epoch, of: of[i] ?? [] });
        if (orphaned) orphans.add(key);
      }
      return left;
    },
    meet(device, day) {
      seen.set(device, { device, day, next: {} });
    },
    hold(row) {
      owed.delete(row.dot);
      const before = held.get(row.dot);
      if (before) byRecord.get(shelfOf(before.record))?.delete(row.dot);
      held.set(row.dot, row);
      if (row.tombstone) tombstones.set(row.dot, row);
      file(row);
    },
    claim(heads) {
      const known = new Map(claims.map((head) => [`${head.device}:${head.batchNo}`, head]));
      for (const { deviceId, batchNo, hash } of heads) {
        const device = bytesKey(deviceId);
        known.set(`${device}:${batchNo}`, { device, batchNo, hash });
      }
      claims = [...known.values()];
    },
    next(change = {}) {
      const { named, early } = live.spans();
      state = {
        ...state,
        orphans: [...orphans],
        bare: [...bare],
        claims,
        ...change,
        chains: [...chains].map(([device, chain]) => ({ device, ...chain })),
        named: named.map(({ deviceId, from, next }) => ({
          device: bytesKey(deviceId),
          from,
          next,
        })),
        early: early.map(dotKey),
        owed: [...owed.values()],
        seen: [...seen.values()],
      };
      if (change.orphans) replace(orphans, change.orphans);
      if (change.bare) replace(bare, change.bare);
      if (change.claims) ({ claims } = change as SyncStateRow);
      return state;
    },
  };
}

/** The state of a device that knows nothing of the server yet. */
export function emptyState(
  generation: number,
  claims: readonly Head[],
  before: Pick<SyncStateRow, "nextSeq" | "lastSyncedAt"> = { nextSeq: 1, lastSyncedAt: null },
): SyncStateRow {
  return {
    generation,
    cursor: null,
    chains: [],
    named: [],
    early: [],
    owed: [],
    orphans: [],
    bare: [],
    claims: claims.map(({ deviceId, batchNo, hash }) => ({
      device: bytesKey(deviceId),
      batchNo,
      hash,
    })),
    nextSeq: before.nextSeq,
    resealBelow: 0,
    lastSyncedAt: before.lastSyncedAt,
  };
}

export function toDot(key: string): Dot {
  const [device = "", devSeq] = key.split(":");
  return { deviceId: fromKey(device), devSeq: Number(devSeq) };
}

/** The bytes of which `bytesKey` made the key. */
export function fromKey(key: string): Bytes {
  const bytes = new Uint8Array(key.length >> 1);
  for (let i = 0; i < bytes.length; i += 1)
    bytes[i] = 16 * digit(key.charCodeAt(2 * i)) + digit(key.charCodeAt(2 * i + 1));
  return bytes;
}

/** Of the sign of a lower-case hex digit. */
function digit(code: number): number {
  return code < CODE_OF_A ? code - CODE_OF_0 : code - CODE_OF_A + 10;
}

function replace(set: Set<string>, by: readonly string[]): void {
  set.clear();
  for (const item of by) set.add(item);
}

import { createHash, randomBytes } from "node:crypto";
import type { Batch, BatchItem, Dot, LogAppend, LogState, NewVault, Store } from "./store.ts";

/** Made-up rows: the store looks into none of them. */

export interface TestVault {
  readonly vaultId: Uint8Array;
  readonly devices: readonly Uint8Array[];
  readonly logHash: Uint8Array;
  readonly state: LogState;
}

export const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

export const NO_HASH = new Uint8Array(32);

export function hashOf(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

export function stateOf(state: Partial<LogState> = {}): LogState {
  return {
    epoch: 1,
    generation: 0,
    minEpoch: 1,
    minSuite: 1,
    recoveryPk: bytes(32),
    nextRecovery: null,
    ...state,
  };
}

export function newVault(devices = 1, state = stateOf()): NewVault {
  return {
    vaultId: bytes(32),
    state,
    log: [
      {
        body: bytes(200),
        hash: bytes(32),
        epoch: state.epoch,
        generation: state.generation,
        seenDay: null,
      },
    ],
    devices: Array.from({ length: devices }, () => ({
      ...newDevice(),
      addedAt: 0,
      revoked: false,
    })),
    boxes: [{ epoch: 1, recipient: bytes(16), box: bytes(80) }],
  };
}

export const newDevice = () => ({ deviceId: bytes(16), signPk: bytes(32), sealPk: bytes(32) });

export async function createdVault(store: Store, devices = 1): Promise<TestVault> {
  const vault = newVault(devices);
  await store.createVault(vault);
  return {
    vaultId: vault.vaultId,
    devices: vault.devices.map(({ deviceId }) => deviceId),
    logHash: vault.log[0]!.hash,
    state: vault.state,
  };
}

export function appendOf(vault: TestVault, append: Partial<LogAppend> = {}): LogAppend {
  const state = append.state ?? vault.state;
  return {
    vaultId: vault.vaultId,
    expectLen: 1,
    expectHash: vault.logHash,
    entry: {
      body: bytes(200),
      hash: bytes(32),
      epoch: state.epoch,
      generation: state.generation,
      seenDay: null,
    },
    state,
    boxes: [],
    maxBytes: 1e9,
    ...append,
  };
}

export const itemOf = (item: Partial<BatchItem> = {}): BatchItem => ({
  recordId: bytes(16),
  envelope: bytes(400),
  supersedes: [],
  ...item,
});

/** What one device pushes, batch after batch, with the counts a real one would keep. */
export interface Writer {
  readonly deviceId: Uint8Array;
  next(items: readonly BatchItem[], batch?: Partial<Batch>): Batch;
  /** Of the n-th item that this writer ever sent, from 1. */
  dot(devSeq: number): Dot;
}

export function writerOf(vault: TestVault, device = 0): Writer {
  const deviceId = vault.devices[device]!;
  let batchNo = 0;
  let devSeq = 1;
  let prevHash: Uint8Array = NO_HASH;
  return {
    deviceId,
    dot: (of) => ({ deviceId, devSeq: of }),
    next(items, batch = {}) {
      const manifest = bytes(100 + 33 * items.length);
      const made: Batch = {
        vaultId: vault.vaultId,
        deviceId,
        generation: 0,
        epoch: 1,
        batchNo: ++batchNo,
        prevHash,
        hash: hashOf(manifest),
        logLen: 1,
        logHash: vault.logHash,
        firstDevSeq: devSeq,
        manifest,
        items,
        purged: [],
        seen: [],
        quota: { maxBytes: 1e9, maxEntries: 1e6 },
        ...batch,
      };
      devSeq += items.length;
      prevHash = made.hash;
      return made;
    },
  };
}

/** Everything the vault holds, in pages of `limitBytes`. */
export async function pullAll(
  store: Store,
  vaultId: Uint8Array,
  limitBytes = 1_048_576,
  after = 0,
) {
  const rows = [];
  for (let from = after; ;) {
    const page = await store.pull({ vaultId, after: from, limitBytes, skipEntriesTo: 0 });
    if (page === null) throw new Error("there is no such vault");
    rows.push(...page.rows);
    from = page.next;
    if (!page.more) return { rows, head: page.head, next: from, heads: page.heads };
  }
}

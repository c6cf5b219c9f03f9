import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import { MemoryError } from "../domain/errors.ts";
import type {
  OutboxEntry,
  SealedBatch,
  SnapshotNotesRow,
  SyncDotRow,
  SyncRecordRow,
  SyncStateRow,
  SyncStore,
} from "../vault/sync-store.ts";
import { ASIDE } from "../domain/kept-names.ts";
import type { CopyReason } from "../vault/kept-copy.ts";
import type { VaultPort } from "./vault-port.ts";

/** A device's vault in memory: what users do in it, and the tables of sync. */
export interface MemoryDevice {
  readonly store: SyncStore;
  readonly vault: VaultPort;
  readonly records: ReadonlyMap<string, StoredRecord>;
  readonly history: readonly { readonly id: string; readonly text: string }[];
  write(draft: RecordDraft): void;
  edit(id: string, change: Partial<RecordDraft>): void;
  forget(id: string): void;
  /** Everything, whoever's it is. */
  forgetAll(): void;
  /** As a copy of the profile has it. */
  copy(): MemoryDevice;
}

interface Tables {
  readonly records: Map<string, StoredRecord>;
  readonly outbox: Map<string, OutboxEntry>;
  readonly syncRecords: Map<string, SyncRecordRow>;
  readonly dots: Map<string, SyncDotRow>;
  readonly manifests: Map<string, Uint8Array<ArrayBuffer>>;
  readonly history: { id: string; text: string }[];
  state: SyncStateRow | null;
  sealed: SealedBatch | null;
  notes: SnapshotNotesRow | null;
  seq: number;
  journal: number;
}

const EMPTY: Pick<Tables, "state" | "sealed" | "notes" | "seq" | "journal"> = {
  state: null,
  sealed: null,
  notes: null,
  seq: 0,
  journal: 0,
};

export function createMemoryDevice(tables?: Tables): MemoryDevice {
  const records = new Map(tables?.records);
  const outbox = new Map(tables?.outbox);
  const syncRecords = new Map(tables?.syncRecords);
  const dots = new Map(tables?.dots);
  const manifests = new Map(tables?.manifests);
  const history = [...(tables?.history ?? [])];
  let { state, sealed, notes, seq, journal } = tables ?? EMPTY;

  const queue = (id: string): void => {
    if (!outbox.has(id)) outbox.set(id, { id, op: "put", at: journal });
  };
  const requireOutbox = (entry: OutboxEntry | null, id: string): void => {
    const now = outbox.get(id);
    if (now?.at !== entry?.at || now?.op !== entry?.op)
      throw new MemoryError("vault/failed", "It changed meanwhile.", { retryable: true });
  };
  const erase = (id: string, why?: CopyReason): void => {
    const text = records.get(id)?.textHash;
    records.delete(id);
    outbox.set(id, { id, op: "remove", at: (journal += 1) });
    const keys = [...syncRecords.values()].filter((row) => row.id === id).map(({ key }) => key);
    for (const [key, row] of syncRecords) {
      const { copy } = row;
      if (row.id === id) syncRecords.set(key, { key, id, shape: null, shown: "", others: [] });
      else if (why === "removed-device") continue;
      else if (key.startsWith(ASIDE) && keys.some((of) => key.startsWith(ASIDE + of))) {
        syncRecords.set(key, { ...row, shape: null });
        outbox.delete(key);
      } else if (copy && (copy.draft.id === id ? copy.why !== why : copy.draft.textHash === text))
        syncRecords.delete(key);
    }
  };
  const forgetServer = (): void => {
    for (const { id } of [...syncRecords.values(), ...records.values()]) queue(id);
    dots.clear();
    manifests.clear();
    state = null;
    sealed = null;
    notes = null;
  };

  const store: SyncStore = {
    state: async () => state,
    dots: async () => [...dots.values()],
    dotsOf: async (of) => [...dots.values()].filter(({ record }) => of.includes(record)),
    records: async (keys) => keys.map((key) => syncRecords.get(key) ?? null),
    recordsNamed: async (prefix) =>
      [...syncRecords.values()].filter(({ id }) => id.startsWith(prefix)),
    manifests: async (of) =>
      of.map(({ device, batchNo }) => manifests.get(`${device}:${batchNo}`) ?? null),
    outbox: async (limit) => [...outbox.values()].toSorted((a, b) => a.at - b.at).slice(0, limit),
    pending: async () => outbox.size,
    outboxOf: async (ids) => ids.map((id) => outbox.get(id) ?? null),
    held: async (of) =>
      of.map(({ key, id: asked }) => {
        const row = syncRecords.get(key) ?? null;
        const id = row?.id ?? asked;
        const record = records.get(id);
        return {
          key,
          id,
          row,
          local: record ? { record, nodes: [] } : null,
          outbox: outbox.get(id) ?? null,
        };
      }),
    sealed: async () => sealed,
    async seal(batch, rows, settled) {
      for (const entry of [...(batch?.items ?? []).map((item) => item.outbox), ...settled])
        requireOutbox(entry, entry.id);
      for (const row of rows) syncRecords.set(row.key, row);
      for (const { id } of settled) outbox.delete(id);
      sealed = batch ?? sealed;
    },
    async unseal() {
      sealed = null;
    },
    async acknowledge(change) {
      for (const { outbox: entry, row, supersedes } of change.sealed.items) {
        if (outbox.get(entry.id)?.at === entry.at) outbox.delete(entry.id);
        for (const dot of supersedes) dots.delete(dot);
        dots.set(row.dot, row);
      }
      for (const dot of change.gone ?? []) dots.delete(dot);
      const { device, batchNo, hash } = change.manifest;
      manifests.set(`${device}:${batchNo}`, hash);
      ({ state } = change);
      sealed = null;
    },
    packFrom: Infinity,
    async apply(change) {
      for (const { memory, row, from } of change.records)
        if (memory !== null) requireOutbox(from, row.id);
      const applied = { added: [], replaced: [], marked: [] } as {
        added: StoredRecord[];
        replaced: { before: StoredRecord; after: StoredRecord }[];
        marked: StoredRecord[];
      };
      for (const { memory, row, send } of change.records) {
        if (memory !== null) {
          const before = records.get(row.id);
          const isNew = before?.text !== memory.draft.text;
          const after = { ...memory.draft, seq: isNew ? (seq += 1) : before.seq };
          for (const { text } of memory.lost) history.push({ id: row.id, text });
          if (before && isNew) history.push({ id: row.id, text: before.text });
          records.set(row.id, after);
          if (!before) applied.added.push(after);
          else if (isNew) applied.replaced.push({ before, after });
          else applied.marked.push(after);
        }
        syncRecords.set(row.key, row);
        if (send) queue(row.id);
        else outbox.delete(row.id);
      }
      for (const dot of change.gone) dots.delete(dot);
      for (const row of change.dots) dots.set(row.dot, row);
      for (const { device, batchNo, hash } of change.manifests)
        manifests.set(`${device}:${batchNo}`, hash);
      if (change.state) ({ state } = change);
      return { ...applied, segment: null, vectors: [] };
    },
    async setState(next) {
      state = next;
    },
    async putNamed(row) {
      syncRecords.set(row.key, row);
      outbox.set(row.id, { id: row.id, op: "put", at: (journal += 1) });
    },
    async requeue(keys) {
      for (const key of keys) {
        const row = syncRecords.get(key);
        if (row) queue(row.id);
      }
    },
    snapshotNotes: async () => structuredClone(notes),
    async keepSnapshotNotes(next) {
      notes = structuredClone(next);
    },
    async restart(next) {
      forgetServer();
      state = next;
    },
    async clear() {
      forgetServer();
      syncRecords.clear();
    },
  };

  return {
    store,
    records,
    history,
    vault: {
      entryOf: () => () => new Uint8Array([1]),
      pack: () => null,
      exclusive: (work) => work(),
      textHashOf: (text) => `hash:${text}`,
      erase: async (ids, why) => {
        for (const id of ids) if (records.has(id)) erase(id, why);
      },
      applied: async () => undefined,
      vectorsOf: async () => new Map(),
      takesVector: async () => false,
    },
    write(draft) {
      records.set(draft.id, { ...draft, seq: (seq += 1) });
      outbox.set(draft.id, { id: draft.id, op: "put", at: (journal += 1) });
    },
    edit(id, change) {
      const before = records.get(id);
      if (!before) return;
      records.set(id, { ...before, ...change, id });
      outbox.set(id, { id, op: "put", at: (journal += 1) });
    },
    forget: (id) => {
      if (records.has(id)) erase(id);
    },
    forgetAll() {
      for (const id of records.keys()) erase(id);
      for (const [key, row] of syncRecords) {
        if (row.copy) syncRecords.delete(key);
        if (!key.startsWith(ASIDE) || row.shape === null) continue;
        syncRecords.set(key, { ...row, shape: null });
        outbox.set(key, { id: key, op: "remove", at: journal });
      }
    },
    copy: () =>
      createMemoryDevice(
        structuredClone({
          records,
          outbox,
          syncRecords,
          dots,
          manifests,
          history,
          state,
          sealed,
          notes,
          seq,
          journal,
        }),
      ),
  };
}

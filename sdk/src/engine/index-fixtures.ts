import { MemoryError } from "../domain/errors.ts";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { StoredSegment, TailEntry, TouchedDocument, Vault } from "../vault/vault.ts";
import { textKey } from "../text/text-key.ts";

/** What the index asks of a vault, held in memory with the vault's own rules for it, and ways to break it. */
export interface IndexStore extends Pick<
  Vault,
  "bySeq" | "scan" | "loadIndex" | "tailAfter" | "replaceSegments"
> {
  readonly rows: Map<number, StoredRecord>;
  segments: StoredSegment[];
  tail: TailEntry[];
  touched: TouchedDocument[];
  damaged: string[];
  put(draft: RecordDraft, entry: Uint8Array<ArrayBuffer>): StoredRecord;
  touch(seq: number, change: Partial<StoredRecord> | null): StoredRecord | null;
  /** All bytes of segments and tail, for looking for a word. */
  bytes(): string;
}

export function createIndexStore(): IndexStore {
  const rows = new Map<number, StoredRecord>();
  let next = 1;
  let touches = 0;
  const store: IndexStore = {
    rows,
    segments: [],
    tail: [],
    touched: [],
    damaged: [],
    bySeq: (seqs) => Promise.resolve(seqs.map((seq) => rows.get(seq) ?? null)),
    scan: (from, limit) =>
      Promise.resolve([...rows.values()].filter(({ seq }) => seq >= from).slice(0, limit)),
    loadIndex: () =>
      Promise.resolve({
        segments: [...store.segments],
        tail: [...store.tail],
        damaged: [...store.damaged],
        touched: [...store.touched],
      }),
    tailAfter: (seq) => Promise.resolve(store.tail.filter((entry) => entry.seq > seq)),
    async replaceSegments({ put, drop, sealed, settled }) {
      const ids = new Set([...store.segments.map(({ id }) => id), ...store.damaged]);
      const tails = new Set(store.tail.map(({ seq }) => seq));
      if (drop.some((id) => !ids.has(id)) || sealed.some((seq) => !tails.has(seq)))
        throw new MemoryError("vault/failed", "The index has changed meanwhile.", {
          retryable: true,
        });
      const gone = new Set([...drop, ...put.map(({ id }) => id)]);
      const moved = new Set(sealed);
      store.segments = [...store.segments.filter(({ id }) => !gone.has(id)), ...put];
      store.damaged = store.damaged.filter((id) => !gone.has(id));
      store.tail = store.tail.filter(({ seq }) => !moved.has(seq));
      store.touched = store.touched.filter(
        ({ seq, at }) => !(settled ?? []).some((one) => one.seq === seq && one.at === at),
      );
    },
    put(draft, entry) {
      const row = { ...draft, seq: next };
      next += 1;
      rows.set(row.seq, row);
      store.tail.push({ seq: row.seq, entry });
      return row;
    },
    touch(seq, change) {
      const row = rows.get(seq);
      if (row === undefined) return null;
      touches += 1;
      store.touched.push({ seq, at: touches });
      if (change === null) {
        rows.delete(seq);
        return null;
      }
      const changed = { ...row, ...change };
      rows.set(seq, changed);
      return changed;
    },
    bytes: () =>
      [
        ...store.segments.flatMap(({ bytes, state }) => [bytes, state]),
        ...store.tail.map(({ entry }) => entry),
      ]
        .map((part) => new TextDecoder("latin1").decode(part))
        .join("\n"),
  };
  return store;
}

/** A draft of a user's turn with what the tests care for. */
export function draftOf(id: string, text: string, parts: Partial<RecordDraft> = {}): RecordDraft {
  return {
    id,
    kind: "turn",
    role: "user",
    text,
    scope: {},
    tags: [],
    metadata: {},
    origin: "user",
    pinned: false,
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    sources: [],
    live: true,
    textHash: String(textKey(text)),
    nearHash: "",
    slots: [],
    factKeys: [],
    dates: [],
    entities: [],
    ...parts,
  };
}

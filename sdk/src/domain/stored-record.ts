import type { MemoryRecord } from "./memory-record.ts";
import type { Slot } from "./slots.ts";

/**
 * A record as the vault keeps it: the public fields and what the layers below need. `seq` is given by the vault when the
 * row is written; it grows with time in one origin, is never used again, and is the document key of every index.
 * An edit of the text gives the record a new `seq` (a new document for the index) and keeps its `id`.
 */
export interface StoredRecord extends MemoryRecord {
  readonly seq: number;
  /** The conversation the turn stands in; absent for notes and derived records. */
  readonly threadId?: string;
  /** The turn's place in its thread, from 0. */
  readonly position?: number;
  /** False for turns of a branch that was left (an edited or regenerated part). Such turns are kept, and not recalled. */
  readonly live: boolean;
  /** Of a user's turn: what became of its call. Of an assistant's turn: whether the answer was cut short. */
  readonly state?: "pending" | "answered" | "unanswered" | "incomplete";
  /** The caller's own id of the turn. */
  readonly callerId?: string;
  /** Equal for texts that are equal after normalising case, width, spaces. Scoped by user. */
  readonly textHash: string;
  /** Equal for texts with the same content words, in any order. Scoped by user. */
  readonly nearHash: string;
  /** The older record with the same `textHash` or `nearHash` that this one repeats. */
  readonly duplicateOf?: string;
  readonly duplicate?: "exact" | "near";
  readonly slots: readonly Slot[];
  /** What a fact is about, where two facts about it contradict (`place:home`, `work:job`). Scoped by user. */
  readonly factKeys: readonly string[];
  /** The newer record that renews this one. */
  readonly supersededBy?: string;
  /** Days that the text speaks of, `YYYY-MM-DD`, resolved against `createdAt`. */
  readonly dates: readonly string[];
  /** Names, numbers, quoted strings. */
  readonly entities: readonly string[];
}

/** A stored record before the vault has given it a `seq`. */
export type RecordDraft = Omit<StoredRecord, "seq">;

/** The public face of a stored record. */
export function toMemoryRecord(row: StoredRecord): MemoryRecord {
  return {
    id: row.id,
    kind: row.kind,
    text: row.text,
    ...(row.role === undefined ? {} : { role: row.role }),
    ...(row.name === undefined ? {} : { name: row.name }),
    scope: row.scope,
    tags: row.tags,
    metadata: row.metadata,
    origin: row.origin,
    pinned: row.pinned,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    ...(row.expiresAt === undefined ? {} : { expiresAt: row.expiresAt }),
    ...(row.supersedes === undefined ? {} : { supersedes: row.supersedes }),
    sources: row.sources,
  };
}

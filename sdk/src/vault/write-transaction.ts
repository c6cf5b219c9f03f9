import { isolationKey, type Scope } from "../domain/scope.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { VaultChange } from "./vault.ts";
import type { VectorChange } from "./vector-store.ts";
import type { Counters, JournalRow, OutboxRow, TallyRow, VaultDatabase } from "./schema.ts";

/** Rows of the journal are kept while the ids in them and after them are fewer than this. A tab that slept longer loads anew. */
const JOURNAL_WEIGHT = 4000;

const COUNTERS = "counters";

/** What one transaction did to the records, gathered while it runs and written at its end. */
export interface WriteNotes {
  /** The next `seq`. */
  nextSeq(): number;
  added(row: StoredRecord): void;
  /** `gone`: false where the record lives on under a new `seq`. */
  removed(row: StoredRecord, gone: boolean): void;
  marked(row: StoredRecord): void;
  /** An edit may move a record to another kind or scope. */
  recount(before: StoredRecord, after: StoredRecord): void;
  segmentsChanged(): void;
  /** What is written of this record came from another device: it is told to the other tabs, and makes no outbox row. */
  fromElsewhere(id: string): void;
  /** A vector stands in the tail of a space. */
  vectorAdded(space: string, seq: number): void;
  /** The segments of a space were replaced, or the space came or went. */
  vectorsMoved(space: string): void;
}

/**
 * Runs `body` in one transaction over all tables that a change of records can reach, and writes with it what belongs to every
 * change: outbox, journal, touches, tallies, counters. Everything stands or falls together.
 *
 * @returns what `body` gave, and the journal row; `null` where nothing changed.
 */
export async function writeTransaction<T>(
  db: VaultDatabase,
  self: string,
  body: (notes: WriteNotes) => PromiseLike<T>,
): Promise<{ readonly result: T; readonly journal: JournalRow | null }> {
  return db.transaction("rw", db.tables, async () => {
    const before = (await db.meta.get(COUNTERS))?.value as Counters | undefined;
    const counters = before ?? { seq: 0, journal: 0, weight: 0 };
    const gathered = gather(counters);
    const result = await body(gathered.notes);
    const change = gathered.change();
    if (!change) return { result, journal: null };
    const at = counters.journal + 1;
    const weight = counters.weight + weightOf(change);
    const journal: JournalRow = { n: at, by: self, weight, ...change };
    await Promise.all([
      db.outbox.bulkPut(gathered.outbox(at)),
      db.touched.bulkPut([...change.removed, ...change.marked].map((seq) => ({ seq, at }))),
      db.journal.add(journal),
      db.journal
        .where("weight")
        .below(weight - JOURNAL_WEIGHT)
        .delete(),
      db.meta.put({ key: COUNTERS, value: { seq: gathered.lastSeq(), journal: at, weight } }),
      writeTallies(db, gathered.tallies()),
    ]);
    return { result, journal };
  });
}

function weightOf({ ids, vectors = [] }: Omit<VaultChange, "own">): number {
  return vectors.reduce((sum, { added }) => sum + added.length, ids.length + 1);
}

/** The last journal number given. */
export async function lastJournalNumber(db: VaultDatabase): Promise<number> {
  return ((await db.meta.get(COUNTERS))?.value as Counters | undefined)?.journal ?? 0;
}

type Kinds = Pick<TallyRow, "turn" | "note" | "derived">;

function gather(counters: Counters) {
  let seq = counters.seq;
  let segments = false;
  const added: number[] = [];
  const removed: number[] = [];
  const marked = new Set<number>();
  const ops = new Map<string, OutboxRow["op"]>();
  const foreign = new Set<string>();
  const vectors = new Map<string, { readonly added: number[]; layout: boolean }>();
  const tallies = new Map<string, { scope: Scope } & { -readonly [K in keyof Kinds]: number }>();

  const notes: WriteNotes = {
    nextSeq: () => (seq += 1),
    added(row) {
      added.push(row.seq);
      ops.set(row.id, "put");
      count(row, 1);
    },
    removed(row, gone) {
      removed.push(row.seq);
      ops.set(row.id, gone ? "remove" : "put");
      count(row, -1);
    },
    marked(row) {
      marked.add(row.seq);
      ops.set(row.id, "put");
    },
    recount(before, after) {
      count(before, -1);
      count(after, 1);
    },
    segmentsChanged() {
      segments = true;
    },
    fromElsewhere: (id) => void foreign.add(id),
    vectorAdded: (space, key) => void vectorsOf(space).added.push(key),
    vectorsMoved(space) {
      vectorsOf(space).layout = true;
    },
  };
  return {
    notes,
    lastSeq: () => seq,
    tallies: () => tallies,
    outbox: (at: number): OutboxRow[] =>
      [...ops].flatMap(([id, op]) => (foreign.has(id) ? [] : [{ id, op, at }])),
    change: () =>
      ops.size > 0 || segments || vectors.size > 0
        ? {
            added,
            removed,
            marked: [...marked],
            segments,
            ids: [...ops.keys()],
            ...(vectors.size > 0 ? { vectors: vectorChanges() } : {}),
          }
        : null,
  };

  function vectorsOf(space: string): { readonly added: number[]; layout: boolean } {
    const known = vectors.get(space) ?? { added: [], layout: false };
    vectors.set(space, known);
    return known;
  }

  function vectorChanges(): VectorChange[] {
    return [...vectors].map(([space, change]) => ({ space, ...change }));
  }

  function count(row: StoredRecord, by: number): void {
    const key = isolationKey(row.scope);
    const { user, agent, container } = row.scope;
    let tally = tallies.get(key);
    if (!tally) {
      tally = {
        scope: {
          ...(user === undefined ? {} : { user }),
          ...(agent === undefined ? {} : { agent }),
          ...(container === undefined ? {} : { container }),
        },
        turn: 0,
        note: 0,
        derived: 0,
      };
      tallies.set(key, tally);
    }
    tally[row.kind] += by;
  }
}

async function writeTallies(
  db: VaultDatabase,
  changes: ReadonlyMap<string, { readonly scope: Scope } & Kinds>,
): Promise<void> {
  const present = await db.tallies.bulkGet([...changes.keys()]);
  const next = [...changes].map(([key, { scope, turn, note, derived }], i): TallyRow => {
    const row = present[i];
    return {
      key,
      scope,
      turn: (row?.turn ?? 0) + turn,
      note: (row?.note ?? 0) + note,
      derived: (row?.derived ?? 0) + derived,
    };
  });
  const empty = next.filter((row) => row.turn + row.note + row.derived === 0);
  await Promise.all([
    db.tallies.bulkPut(next.filter((row) => !empty.includes(row))),
    db.tallies.bulkDelete(empty.map((row) => row.key)),
  ]);
}

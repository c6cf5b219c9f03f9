import { isMemoryError } from "../domain/errors.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { StoredSegment, Vault } from "../vault/vault.ts";
import type { DocumentCutter } from "./document-cutter.ts";
import type { DocumentEntry } from "./document-entry.ts";
import type { Segment } from "./segment.ts";
import { joinSegments, packEntries, type PackedSegment } from "./segment-build.ts";
import { encodeState, type SegmentState } from "./segment-state.ts";
import {
  LARGEST,
  mergeable,
  MOST_TOUCHED,
  readIndex,
  readSegment,
  SEAL_AT,
  type LoadedIndex,
  type LoadedSegment,
  type Mark,
  type ReadIndex,
} from "./stored-index.ts";

/** A longer tail (an import) is sealed in pieces, so that no step holds up a call for long. */
const SEAL_MOST = 4 * SEAL_AT;
const BATCH = 2_000;
/** Records cut anew without a pause: a few milliseconds. */
const CUT_AT_ONCE = 100;

export interface MaintenanceDeps {
  readonly vault: Vault;
  readonly cutter: DocumentCutter;
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>;
  readonly newId: () => string;
}

/**
 * A chunk of its own, which nothing that a call waits for needs. Works on what is stored, never on what a tab has in memory: under the lock the stored layout stands still, each step is one
 * transaction, and a tab that dies between two steps leaves a whole index.
 */
export interface Maintenance {
  /** Makes anew what is damaged, under the lock. */
  rebuild(): Promise<void>;
  /** Seals the stored tail, joins what is small, and writes marks into states. */
  run(): Promise<LoadedIndex>;
}

export function createMaintenance({ vault, cutter, lock, newId }: MaintenanceDeps): Maintenance {
  /** Damage: every record that no whole segment and no tail entry knows is packed anew. */
  const rebuild = (): Promise<void> =>
    lock(async () => {
      const { segments, entries, damaged, damagedEntries } = await readIndex(vault);
      if (damaged.length === 0 && damagedEntries.length === 0) return;
      const known = new Set(entries.keys());
      for (const { segment } of segments) for (const seq of segment.double("seq")) known.add(seq);
      const put: StoredSegment[] = [];
      let missing: [number, DocumentEntry][] = [];
      const pack = (): void => {
        const packed = packEntries(missing);
        if (packed !== null) put.push({ id: newId(), ...packed });
        missing = [];
      };
      for (let from = 0; ;) {
        const rows = await vault.scan(from, BATCH);
        missing.push(...(await cut(rows.filter(({ seq }) => !known.has(seq)))));
        if (missing.length >= LARGEST) pack();
        const last = rows.at(-1);
        if (last === undefined || rows.length < BATCH) break;
        from = last.seq + 1;
      }
      pack();
      await vault.replaceSegments({ put, drop: damaged, sealed: damagedEntries });
    });

  /** Entries made anew from the records that are still there. */
  const cutAnew = async (seqs: readonly number[]): Promise<[number, DocumentEntry][]> => {
    const made: [number, DocumentEntry][] = [];
    for (let from = 0; from < seqs.length; from += CUT_AT_ONCE) {
      const rows = await vault.bySeq(seqs.slice(from, from + CUT_AT_ONCE));
      made.push(...(await cut(rows.filter((row) => row !== null))));
    }
    return made;
  };

  const cut = async (rows: readonly StoredRecord[]): Promise<[number, DocumentEntry][]> => {
    await cutter.ready(rows.map(({ text }) => text));
    return rows.map((row) => [row.seq, cutter.entryOf(row)]);
  };

  /** A segment whose terms an older analyzer cut, or one without its stemmers where these are here now, is made anew from its records. `null` where there is none. */
  const renew = async (now: ReadIndex): Promise<ReadIndex | null> => {
    const old = now.segments.find(({ segment }) => segment.analyzer < cutter.analyzer);
    if (old === undefined) return null;
    const seqs = new Set(old.segment.double("seq"));
    return replace(now, seqs, packEntries(await cutAnew([...seqs])), [old]);
  };

  /** Puts what was packed of these documents in the place of segments and entries. Answers the layout after it. */
  const replace = async (
    now: ReadIndex,
    seqs: ReadonlySet<number>,
    packed: PackedSegment | null,
    drop: readonly LoadedSegment[],
  ): Promise<ReadIndex> => {
    const put = packed === null ? [] : [{ id: newId(), ...packed }];
    await vault.replaceSegments({
      put,
      drop: drop.map(({ id }) => id),
      sealed: [...seqs].filter((seq) => now.entries.has(seq)),
      settled: now.touched.filter(({ seq }) => seqs.has(seq)),
    });
    return {
      ...now,
      segments: [...now.segments.filter((one) => !drop.includes(one)), ...put.map(readSegment)],
      entries: new Map([...now.entries].filter(([seq]) => !seqs.has(seq))),
      ...unsettled(now, seqs),
    };
  };

  /** The layout after one step of sealing, merging or renewing; `null` where nothing is due. */
  const step = async (now: ReadIndex): Promise<ReadIndex | null> => {
    const { segments, entries, marks } = now;
    const isOld = ({ analyzer }: DocumentEntry): boolean => analyzer < cutter.analyzer;
    if (entries.size >= SEAL_AT || [...entries.values()].some(isOld)) {
      const due = [...entries].slice(0, SEAL_MOST);
      const anew = new Map(
        await cutAnew(due.flatMap(([seq, entry]) => (isOld(entry) ? [seq] : []))),
      );
      const packed = packEntries(
        due.map(([seq, entry]): [number, DocumentEntry] => [
          seq,
          { ...(anew.get(seq) ?? entry), ...marked(entry, marks.get(seq)) },
        ]),
      );
      return replace(now, new Set(due.map(([seq]) => seq)), packed, []);
    }
    const group = mergeable(segments);
    if (group === null) return renew(now);
    const seqs = new Set(group.flatMap(({ segment }) => [...segment.double("seq")]));
    const joined = joinSegments(
      group.map(({ segment, state }) => ({ segment, state: withMarks(segment, state, marks) })),
      new Set(),
    );
    return replace(now, seqs, joined, group);
  };

  /** Writes marks into the states of the segments, so that an opening has few rows to look at. */
  const settle = async (now: ReadIndex): Promise<ReadIndex> => {
    const { segments, entries, touched, marks } = now;
    const due = touched.filter(({ seq }) => !entries.has(seq));
    if (due.length < MOST_TOUCHED) return now;
    const seqs = new Set(due.map(({ seq }) => seq));
    const put = segments
      .filter(({ segment }) => segment.double("seq").some((seq) => seqs.has(seq)))
      .map(({ id, bytes, segment, state }) => ({
        id,
        bytes,
        state: encodeState(withMarks(segment, state, marks)),
      }));
    await vault.replaceSegments({ put, drop: [], sealed: [], settled: due });
    const renewed = new Map(put.map((stored) => [stored.id, readSegment(stored)]));
    return {
      ...now,
      segments: segments.map((one) => renewed.get(one.id) ?? one),
      ...unsettled(now, seqs),
    };
  };

  return {
    rebuild,
    run: () =>
      lock(async () => {
        // Read once: each step is refused where what it goes by is not there any more, so the layout it leaves is the stored one.
        let now = await readIndex(vault);
        try {
          for (let next = await step(now); next !== null; next = await step(now)) now = next;
          return await settle(now);
        } catch (error) {
          // What was read is gone meanwhile (an edit or a forget in another tab): the next run sees the new layout.
          if (!isMemoryError(error) || !error.retryable) throw error;
          return readIndex(vault);
        }
      }),
  };
}

/** Touches and marks that are still to be written down, once those of `seqs` are. */
function unsettled(
  { touched, marks }: ReadIndex,
  seqs: ReadonlySet<number>,
): Pick<ReadIndex, "touched" | "marks"> {
  return {
    touched: touched.filter(({ seq }) => !seqs.has(seq)),
    marks: new Map([...marks].filter(([seq]) => !seqs.has(seq))),
  };
}

function marked(
  entry: DocumentEntry,
  mark: Mark | undefined,
): Pick<DocumentEntry, "state" | "expiresAt"> {
  return mark === undefined ? entry : { state: mark.bits, expiresAt: mark.expiresAt };
}

function withMarks(
  segment: Segment,
  state: SegmentState,
  marks: ReadonlyMap<number, Mark>,
): SegmentState {
  const bits = state.bits.slice();
  const expiries = new Map(state.expiries);
  segment.double("seq").forEach((seq, place) => {
    const mark = marks.get(seq);
    if (mark === undefined) return;
    bits[place] = mark.bits;
    if (mark.expiresAt === 0) expiries.delete(place);
    else expiries.set(place, mark.expiresAt);
  });
  return { bits, expiries };
}

import type {
  StoredIndex,
  StoredSegment,
  TailEntry,
  TouchedDocument,
  Vault,
} from "../vault/vault.ts";
import { STATE } from "../domain/document-flags.ts";
import { decodeEntry, stateOf, type DocumentEntry } from "./document-entry.ts";
import { openSegment, type Segment } from "./segment.ts";
import { decodeState, type SegmentState } from "./segment-state.ts";
import { whenWhole } from "./when-whole.ts";

/** The tail grows to this before it is sealed; also the size of the smallest segments. */
export const SEAL_AT = 1024;
/** A segment above half of this is not merged further. */
export const LARGEST = 16_384;
/** As many segments of one size class are merged at once; a class is this many times the one below. */
const FAN = 4;
/** As many touched documents are looked up at an opening before their states are written into the segments. */
export const MOST_TOUCHED = 256;
export interface LoadedSegment {
  readonly id: string;
  /** As stored, for putting it again with a new state. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly segment: Segment;
  readonly state: SegmentState;
}

/** What marks say of a document now: `STATE` bits, and its expiry (epoch milliseconds, 0 for never). */
export interface Mark {
  readonly bits: number;
  readonly expiresAt: number;
}

export interface LoadedIndex {
  readonly segments: readonly LoadedSegment[];
  readonly entries: ReadonlyMap<number, DocumentEntry>;
  /** Newer than what segments and entries say. */
  readonly marks: ReadonlyMap<number, Mark>;
}

/** With what an opening does not need to know. */
export interface ReadIndex extends LoadedIndex {
  readonly touched: readonly TouchedDocument[];
  readonly damaged: readonly string[];
  readonly damagedEntries: readonly number[];
}

/** The stored layout as it is. */
export async function readIndex(vault: Pick<Vault, "loadIndex" | "bySeq">): Promise<ReadIndex> {
  const stored = await vault.loadIndex();
  const damaged = [...stored.damaged];
  const segments: LoadedSegment[] = [];
  for (const packed of stored.segments) {
    const segment = whenWhole(() => readSegment(packed));
    if (segment === null) damaged.push(packed.id);
    else segments.push(segment);
  }
  const { entries, damagedEntries } = readEntries(stored);
  return {
    segments,
    entries,
    damaged,
    damagedEntries,
    touched: stored.touched,
    marks: await readMarks(vault, stored.touched),
  };
}

async function readMarks(
  vault: Pick<Vault, "bySeq">,
  touched: readonly TouchedDocument[],
): Promise<Map<number, Mark>> {
  const seqs = [...new Set(touched.map(({ seq }) => seq))];
  const rows = seqs.length === 0 ? [] : await vault.bySeq(seqs);
  return new Map(
    seqs.map((seq, at): [number, Mark] => {
      const row = rows[at] ?? null;
      return [
        seq,
        row === null
          ? { bits: STATE.dead, expiresAt: 0 }
          : { bits: stateOf(row), expiresAt: row.expiresAt ?? 0 },
      ];
    }),
  );
}

export function readSegment(stored: StoredSegment): LoadedSegment {
  const segment = openSegment(stored.bytes);
  return {
    id: stored.id,
    bytes: stored.bytes,
    segment,
    state: decodeState(stored.state, segment.count),
  };
}

function readEntries(stored: StoredIndex): {
  entries: Map<number, DocumentEntry>;
  damagedEntries: number[];
} {
  const entries = new Map<number, DocumentEntry>();
  const damagedEntries: number[] = [];
  for (const { seq, entry } of stored.tail satisfies readonly TailEntry[]) {
    const decoded = whenWhole(() => decodeEntry(entry));
    if (decoded === null) damagedEntries.push(seq);
    else entries.set(seq, decoded);
  }
  return { entries, damagedEntries };
}

/** The smallest size class that has enough segments, oldest first; `null` where none has. */
export function mergeable(segments: readonly LoadedSegment[]): readonly LoadedSegment[] | null {
  const classes = new Map<number, LoadedSegment[]>();
  for (const loaded of segments) {
    if (loaded.segment.count > LARGEST / 2) continue;
    const size = Math.max(
      0,
      Math.floor(Math.log(loaded.segment.count / (SEAL_AT / 2)) / Math.log(FAN)),
    );
    const group = classes.get(size);
    if (group === undefined) classes.set(size, [loaded]);
    else group.push(loaded);
  }
  for (const [, group] of [...classes].toSorted(([a], [b]) => a - b))
    if (group.length >= FAN) return group.slice(0, FAN);
  return null;
}

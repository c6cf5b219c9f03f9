import { STATE } from "../domain/document-flags.ts";
import type { DocumentEntry } from "./document-entry.ts";
import { encodeSegment, readDocuments, type Segment, type SegmentDocument } from "./segment.ts";
import { encodeState, type SegmentState } from "./segment-state.ts";

export interface PackedSegment {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly state: Uint8Array<ArrayBuffer>;
}

/** Packs living entries into a segment. `null` where there are none. */
export function packEntries(
  entries: readonly (readonly [seq: number, entry: DocumentEntry])[],
): PackedSegment | null {
  const sorted = entries
    .filter(([, { state }]) => (state & STATE.dead) === 0)
    .toSorted(([a], [b]) => a - b);
  const postings = new Map<string, number[]>();
  const expiries = new Map<number, number>();
  sorted.forEach(([, entry], place) => {
    for (const [term, times] of entry.terms) append(postings, term, place, times);
    if (entry.expiresAt !== 0) expiries.set(place, entry.expiresAt);
  });
  const documents = sorted.map(([seq, entry]): SegmentDocument => ({ ...entry, seq }));
  const bits = Uint8Array.from(sorted, ([, entry]) => entry.state);
  return documents.length === 0
    ? null
    : {
        bytes: encodeSegment(
          documents,
          postings,
          Math.min(...sorted.map(([, { analyzer }]) => analyzer)),
        ),
        state: encodeState({ bits, expiries }),
      };
}

/**
 * Joins segments into one, without dead documents and without those in `leaveOut`: no term stays that only they had.
 * `null` where nothing is left.
 */
export function joinSegments(
  parts: readonly { readonly segment: Segment; readonly state: SegmentState }[],
  leaveOut: ReadonlySet<number>,
): PackedSegment | null {
  const kept = parts
    .flatMap(({ segment, state }, part) =>
      readDocuments(segment).map((document, place) => ({
        part,
        place,
        document,
        bits: state.bits[place] ?? 0,
        expiry: state.expiries.get(place),
      })),
    )
    .filter(({ document, bits }) => (bits & STATE.dead) === 0 && !leaveOut.has(document.seq))
    .toSorted((a, b) => a.document.seq - b.document.seq);
  const places = parts.map(({ segment }) => new Int32Array(segment.count).fill(-1));
  const expiries = new Map<number, number>();
  kept.forEach(({ part, place, expiry }, index) => {
    const row = places[part];
    if (row !== undefined) row[place] = index;
    if (expiry !== undefined) expiries.set(index, expiry);
  });
  const postings = new Map<string, number[]>();
  parts.forEach(({ segment }, part) => {
    const documents = new Uint32Array(segment.count);
    const counts = new Uint32Array(segment.count);
    for (const entry of segment.dictionary.each()) {
      const found = segment.postings(entry, { documents, counts });
      for (let at = 0; at < found; at += 1) {
        const place = places[part]?.[documents[at] ?? 0] ?? -1;
        if (place >= 0) append(postings, entry.term, place, counts[at] ?? 1);
      }
    }
  });
  if (kept.length === 0) return null;
  for (const [term, list] of postings) if (!rises(list)) postings.set(term, inOrder(list));
  return {
    bytes: encodeSegment(
      kept.map(({ document }) => document),
      postings,
      Math.min(...parts.map(({ segment }) => segment.analyzer)),
    ),
    state: encodeState({ bits: Uint8Array.from(kept, ({ bits }) => bits), expiries }),
  };
}

function append(postings: Map<string, number[]>, term: string, place: number, times: number): void {
  const list = postings.get(term);
  if (list === undefined) postings.set(term, [place, times]);
  else list.push(place, times);
}

function rises(list: readonly number[]): boolean {
  for (let at = 2; at < list.length; at += 2)
    if ((list[at] ?? 0) <= (list[at - 2] ?? 0)) return false;
  return true;
}

function inOrder(list: readonly number[]): number[] {
  const pairs: [number, number][] = [];
  for (let at = 0; at < list.length; at += 2) pairs.push([list[at] ?? 0, list[at + 1] ?? 1]);
  return pairs.toSorted((a, b) => a[0] - b[0]).flat();
}

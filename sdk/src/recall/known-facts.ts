import { FLAG, STATE } from "../domain/document-flags.ts";
import { SLOTS, slotBits, type Slot } from "../domain/slots.ts";
import type { FoundPostings, IndexView } from "../engine/index-view.ts";

/** The user's own sayings that tell something, by slot, each list oldest first. A request looks at the newest, and at what fits it. */
export interface KnownFacts {
  /** One byte a document: 1 where it is a fact. */
  readonly mask: Uint8Array;
  /** Number of facts, of all or of these speakers. */
  count(speakers: ReadonlySet<number>): number;
  /**
   * Facts that fill the slot, those of no slot for `null`; for events also those of no slot that speak of a time. What something else
   * has renewed stands apart.
   */
  of(slot: Slot | null): {
    readonly standing: readonly number[];
    readonly renewed: readonly number[];
  };
  readonly pinned: readonly number[];
  /** Facts that hold a stem. Kept, since the lexicon asks for the same stems again and again. `found` is room to work in. */
  holding(stem: string, view: IndexView, found: FoundPostings): readonly number[];
}

/** More stems than any lexicon has; then all are looked up anew. */
const MOST_HELD = 8_000;

export interface GrowingFacts extends KnownFacts {
  /** Takes in a readable document. */
  add(document: number, view: IndexView): void;
  /** After some were added: puts the lists in order. */
  settle(view: IndexView): void;
}

interface FactList {
  readonly standing: number[];
  readonly renewed: number[];
}

export function createKnownFacts(): GrowingFacts {
  let mask = new Uint8Array(0);
  let size = 0;
  const bySpeaker = new Map<number, number>();
  const lists = new Map<Slot | null, FactList>();
  for (const slot of [...SLOTS, null]) lists.set(slot, { standing: [], renewed: [] });
  const bits = SLOTS.map((slot) => slotBits([slot]));
  const pinned: number[] = [];
  const unsorted = new Set<number[]>();
  /** Facts by stem, among the documents before `upTo`. */
  const held = new Map<string, { readonly documents: number[]; upTo: number }>();

  /** Most documents come in the order of their time; a list that gets an older one is sorted at the end. */
  const put = (list: number[], document: number, view: IndexView): void => {
    if (list.length > 0 && byAge(view, list.at(-1) ?? 0, document) > 0) unsorted.add(list);
    list.push(document);
  };
  const listOf = (slot: Slot | null): FactList => lists.get(slot) ?? { standing: [], renewed: [] };

  return {
    get mask() {
      return mask;
    },
    count(speakers) {
      if (speakers.size === 0) return size;
      let sum = 0;
      for (const speaker of speakers) sum += bySpeaker.get(speaker) ?? 0;
      return sum;
    },
    of: listOf,
    pinned,
    holding(stem, view, found) {
      let known = held.get(stem);
      if (known === undefined) {
        if (held.size >= MOST_HELD) held.clear();
        known = { documents: [], upTo: 0 };
        held.set(stem, known);
      }
      if (known.upTo < view.count) {
        const more = view.postings(stem, mask, found, known.upTo);
        for (let at = 0; at < more; at += 1) known.documents.push(found.documents[at] ?? 0);
        known.upTo = view.count;
      }
      return known.documents;
    },
    add(document, view) {
      const { flags, slots, state, speaker } = view.columns;
      const marks = state[document] ?? 0;
      if ((marks & STATE.pinned) !== 0) put(pinned, document, view);
      const filled = slots[document] ?? 0;
      const says = flags[document] ?? 0;
      if ((says & FLAG.ownWords) === 0 || (filled === 0 && (says & FLAG.tells) === 0)) return;
      if (document >= mask.length) {
        const room = new Uint8Array(Math.max(view.count, Math.ceil(mask.length * 1.25), 256));
        room.set(mask);
        mask = room;
      }
      mask[document] = 1;
      size += 1;
      const name = speaker[document] ?? 0;
      bySpeaker.set(name, (bySpeaker.get(name) ?? 0) + 1);
      const part = (marks & STATE.superseded) === 0 ? "standing" : "renewed";
      if (filled === 0) {
        put(listOf(null)[part], document, view);
        if ((says & FLAG.timeWord) !== 0) put(listOf("event")[part], document, view);
      } else
        SLOTS.forEach((slot, at) => {
          if ((filled & (bits[at] ?? 0)) !== 0) put(listOf(slot)[part], document, view);
        });
    },
    settle(view) {
      for (const list of unsorted) list.sort((a, b) => byAge(view, a, b));
      unsorted.clear();
    },
  };
}

function byAge({ columns: { createdAt } }: IndexView, a: number, b: number): number {
  return (createdAt[a] ?? 0) - (createdAt[b] ?? 0) || a - b;
}

/**
 * What a first-person fact is about. The order is the bit order of the index's slot column: it may only be appended to.
 */
export const SLOTS = [
  "identity",
  "health",
  "diet",
  "instruction",
  "like",
  "dislike",
  "work",
  "place",
  "people",
  "possession",
  "event",
] as const;

export type Slot = (typeof SLOTS)[number];

/** The tag that shows a slot on the public record. */
export function slotTag(slot: Slot): string {
  return `slot:${slot}`;
}

/** A set of slots as bits, bit n for `SLOTS[n]`. */
export function slotBits(slots: Iterable<Slot>): number {
  let bits = 0;
  for (const slot of slots) bits |= 1 << SLOTS.indexOf(slot);
  return bits;
}

import { createByteReader, createByteWriter } from "./bytes.ts";

const VERSION = 1;

/** What marks change on the documents of a segment: `STATE` bits, and expiries by place in the segment. */
export interface SegmentState {
  readonly bits: Uint8Array;
  readonly expiries: ReadonlyMap<number, number>;
}

export function encodeState(state: SegmentState): Uint8Array<ArrayBuffer> {
  const out = createByteWriter(state.bits.length + 16);
  out.varint(VERSION);
  out.varint(state.bits.length);
  out.raw(state.bits);
  out.varint(state.expiries.size);
  for (const [place, at] of state.expiries) {
    out.varint(place);
    out.float(at);
  }
  return out.take();
}

/** Throws a `RangeError` on bytes that are no state of `count` documents. */
export function decodeState(bytes: Uint8Array, count: number): SegmentState {
  const input = createByteReader(bytes);
  if (input.varint() !== VERSION || input.varint() !== count)
    throw new RangeError("The state of another segment.");
  const bits = input.raw(count).slice();
  const expiries = new Map<number, number>();
  for (let rest = input.varint(); rest > 0; rest -= 1) expiries.set(input.varint(), input.float());
  return { bits, expiries };
}

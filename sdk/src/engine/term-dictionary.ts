import { createByteReader, createByteWriter, type ByteReader } from "./bytes.ts";

/** Terms a block: one in sixteen is stored whole, the others as what differs from the one before. */
const BLOCK = 16;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface TermEntry {
  readonly term: string;
  /** Documents that hold the term. */
  readonly documents: number;
  /** Byte range of the postings. */
  readonly start: number;
  readonly length: number;
}

/** Terms must come sorted by UTF-16 code units (the order of `<` and of a plain `sort()`). */
export function encodeDictionary(entries: readonly { readonly term: string; readonly documents: number; readonly length: number }[]): { bytes: Uint8Array<ArrayBuffer>; blocks: Uint32Array<ArrayBuffer> } {
  const out = createByteWriter(entries.length * 8 + 16);
  const blocks = new Uint32Array(Math.ceil(entries.length / BLOCK) * 2);
  let before: Uint8Array = new Uint8Array(0);
  let start = 0;
  entries.forEach((entry, index) => {
    const bytes = encoder.encode(entry.term);
    let shared = 0;
    if (index % BLOCK === 0) {
      blocks[(index / BLOCK) * 2] = out.length;
      blocks[(index / BLOCK) * 2 + 1] = start;
    } else while (shared < bytes.length && shared < before.length && bytes[shared] === before[shared]) shared += 1;
    out.varint(shared);
    out.varint(bytes.length - shared);
    out.raw(bytes.subarray(shared));
    out.varint(entry.documents);
    out.varint(entry.length);
    start += entry.length;
    before = bytes;
  });
  return { bytes: out.take(), blocks };
}

/** Looks terms up in packed bytes; nothing is unpacked at opening. */
export interface TermDictionary {
  readonly size: number;
  find(term: string): TermEntry | null;
  /** The term of this ordinal, counted in sorted order. */
  at(ordinal: number): TermEntry;
  each(): Iterable<TermEntry>;
}

export function openDictionary(bytes: Uint8Array, blocks: Uint32Array, size: number): TermDictionary {
  const scratch = new Uint8Array(1024);
  const blockCount = Math.ceil(size / BLOCK);

  const next = (input: ByteReader, start: number): TermEntry => {
    const shared = input.varint();
    const fresh = input.raw(input.varint());
    if (shared + fresh.length > scratch.length) throw new RangeError("A term is too long.");
    scratch.set(fresh, shared);
    const term = decoder.decode(scratch.subarray(0, shared + fresh.length));
    return { term, documents: input.varint(), start, length: input.varint() };
  };
  const readerAt = (block: number): ByteReader => createByteReader(bytes, blocks[block * 2] ?? bytes.length);
  const startAt = (block: number): number => blocks[block * 2 + 1] ?? 0;

  return {
    size,
    find(term) {
      let low = 0;
      let high = blockCount - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (next(readerAt(middle), 0).term <= term) low = middle;
        else high = middle - 1;
      }
      if (blockCount === 0) return null;
      const input = readerAt(low);
      let start = startAt(low);
      for (let index = low * BLOCK; index < Math.min(size, (low + 1) * BLOCK); index += 1) {
        const entry = next(input, start);
        if (entry.term === term) return entry;
        if (entry.term > term) return null;
        start += entry.length;
      }
      return null;
    },
    at(ordinal) {
      const block = Math.floor(ordinal / BLOCK);
      const input = readerAt(block);
      let entry = next(input, startAt(block));
      for (let index = block * BLOCK; index < ordinal; index += 1) entry = next(input, entry.start + entry.length);
      return entry;
    },
    *each() {
      const input = createByteReader(bytes);
      let start = 0;
      for (let index = 0; index < size; index += 1) {
        const entry = next(input, start);
        start += entry.length;
        yield entry;
      }
    },
  };
}

import { createByteReader, createByteWriter } from "./bytes.ts";

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
export function encodeDictionary(
  entries: readonly {
    readonly term: string;
    readonly documents: number;
    readonly length: number;
  }[],
): Uint8Array<ArrayBuffer> {
  const out = createByteWriter(entries.length * 8 + 16);
  // Two runs of memory for all of them: one for each would cost more than its term.
  const room = 3 * entries.reduce((most, { term }) => Math.max(most, term.length), 0);
  let [before, bytes] = [new Uint8Array(room), new Uint8Array(room)];
  let lengthBefore = 0;
  for (const { term, documents, length } of entries) {
    const { written } = encoder.encodeInto(term, bytes);
    let shared = 0;
    while (shared < written && shared < lengthBefore && bytes[shared] === before[shared])
      shared += 1;
    out.varint(shared);
    out.varint(written - shared);
    out.raw(bytes.subarray(shared, written));
    out.varint(documents);
    out.varint(length);
    [before, bytes] = [bytes, before];
    lengthBefore = written;
  }
  return out.take();
}

/** Looks terms up. They are unpacked once, at the first look: a query then costs no decoding. */
export interface TermDictionary {
  readonly size: number;
  find(term: string): TermEntry | null;
  /** Every term, sorted. */
  terms(): readonly string[];
  each(): Iterable<TermEntry>;
}

interface Unpacked {
  readonly terms: readonly string[];
  readonly documents: Uint32Array;
  /** Where the postings of each term start, and where the last ones end. */
  readonly starts: Uint32Array;
}

export function openDictionary(bytes: Uint8Array, size: number): TermDictionary {
  let known: Unpacked | null = null;
  const unpacked = (): Unpacked => (known ??= unpack(bytes, size));

  const entryAt = ({ terms, documents, starts }: Unpacked, ordinal: number): TermEntry => {
    const start = starts[ordinal] ?? 0;
    return {
      term: terms[ordinal] ?? "",
      documents: documents[ordinal] ?? 0,
      start,
      length: (starts[ordinal + 1] ?? start) - start,
    };
  };

  return {
    size,
    find(term) {
      const all = unpacked();
      const ordinal = placeOf(all.terms, term);
      return ordinal < 0 ? null : entryAt(all, ordinal);
    },
    terms: () => unpacked().terms,
    *each() {
      const all = unpacked();
      for (let ordinal = 0; ordinal < size; ordinal += 1) yield entryAt(all, ordinal);
    },
  };
}

function placeOf(terms: readonly string[], term: string): number {
  let low = 0;
  let high = terms.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const here = terms[middle] ?? "";
    if (here === term) return middle;
    if (here < term) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function unpack(bytes: Uint8Array, size: number): Unpacked {
  const input = createByteReader(bytes);
  const scratch = new Uint8Array(1024);
  const terms: string[] = [];
  const documents = new Uint32Array(size);
  const starts = new Uint32Array(size + 1);
  for (let ordinal = 0; ordinal < size; ordinal += 1) {
    const shared = input.varint();
    const fresh = input.raw(input.varint());
    const length = shared + fresh.length;
    if (length > scratch.length) throw new RangeError("A term is too long.");
    scratch.set(fresh, shared);
    terms.push(textOf(scratch, length));
    documents[ordinal] = input.varint();
    starts[ordinal + 1] = (starts[ordinal] ?? 0) + input.varint();
  }
  return { terms, documents, starts };
}

/** Most stems are short and plain, and a decoder's fixed cost is many times theirs. */
function textOf(bytes: Uint8Array, length: number): string {
  let text = "";
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > 127) return decoder.decode(bytes.subarray(0, length));
    text += String.fromCharCode(byte);
  }
  return text;
}

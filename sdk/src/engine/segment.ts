import { createByteReader, createByteWriter } from "./bytes.ts";
import type { DocumentEntry } from "./document-entry.ts";
import { languageOfTerm } from "../text/language-terms.ts";
import { gramSignature } from "./letter-grams.ts";
import type { FoundPostings } from "./index-view.ts";
import type { IsolationFields } from "./scope-fields.ts";
import { packSections, unpackSections } from "./segment-container.ts";
import { encodeDictionary, openDictionary, type TermDictionary } from "./term-dictionary.ts";

const TAG = {
  doubles: 1,
  integers: 2,
  strings: 3,
  days: 4,
  dictionary: 5,
  signatures: 6,
  postings: 7,
  analyzer: 8,
} as const;
const DOUBLES = ["seq", "createdAt", "textHash"] as const;
const INTEGERS = [
  "flags",
  "slots",
  "position",
  "tokens",
  "length",
  "thread",
  "speaker",
  "scope",
] as const;

/** A document as a segment keeps it: everything but terms and state, which stand apart. */
export interface SegmentDocument extends Pick<
  DocumentEntry,
  | "createdAt"
  | "textHash"
  | "flags"
  | "slots"
  | "position"
  | "tokens"
  | "length"
  | "thread"
  | "speaker"
  | "scope"
  | "days"
> {
  readonly seq: number;
}

/** Postings of one term: document (place in the segment) and count by turns, documents rising. */
export type TermPostings = readonly number[];

/** Of segments that do not say which analyzer cut their terms. */
const FIRST_ANALYZER = 1;

/** Packs documents (in `seq` order) and the postings of their terms, cut by this analyzer. Immutable from then on. */
export function encodeSegment(
  documents: readonly SegmentDocument[],
  postings: ReadonlyMap<string, TermPostings>,
  analyzer: number,
): Uint8Array<ArrayBuffer> {
  const count = documents.length;
  const doubles = new Float64Array(count * DOUBLES.length);
  const integers = new Uint32Array(count * INTEGERS.length);
  const threads = createStringTable();
  const speakers = createStringTable();
  const scopes = createStringTable();
  const days = createByteWriter();
  documents.forEach((document, index) => {
    DOUBLES.forEach((column, at) => (doubles[at * count + index] = document[column]));
    const { flags, slots, position, tokens, length } = document;
    const row = {
      flags,
      slots,
      position,
      tokens,
      length,
      thread: threads.idOf(document.thread),
      speaker: speakers.idOf(document.speaker),
      scope: scopes.idOf(JSON.stringify(document.scope)),
    };
    INTEGERS.forEach((column, at) => (integers[at * count + index] = row[column]));
    days.varint(document.days.length);
    for (const day of document.days) days.float(day);
  });

  const sorted = [...postings.keys()].toSorted();
  const packed = createByteWriter(count * 32);
  const signatures = new Uint32Array(sorted.length * 2);
  const languages = new Set<string>();
  const entries = sorted.map((term, index) => {
    const start = packed.length;
    const list = postings.get(term) ?? [];
    let last = -1;
    for (let at = 0; at < list.length; at += 2) {
      const document = list[at] ?? 0;
      const times = list[at + 1] ?? 1;
      packed.varint((document - last - 1) * 2 + (times === 1 ? 0 : 1));
      if (times !== 1) packed.varint(times);
      last = document;
    }
    const language = languageOfTerm(term);
    // A stem of a language is found by its stemmer, never by its letters: it keeps no signature.
    if (language === null) signatures.set(gramSignature(term), index * 2);
    else languages.add(language);
    return { term, documents: list.length / 2, length: packed.length - start };
  });
  const strings = new TextEncoder().encode(
    JSON.stringify([threads.list, speakers.list, scopes.list]),
  );
  return packSections(count, [
    [TAG.doubles, bytesOf(doubles)],
    [TAG.integers, bytesOf(integers)],
    [TAG.strings, strings],
    [TAG.days, days.take()],
    [TAG.dictionary, encodeDictionary(entries)],
    [TAG.signatures, bytesOf(signatures)],
    [TAG.postings, packed.take()],
    [TAG.analyzer, Uint8Array.of(analyzer, ...new TextEncoder().encode([...languages].join("")))],
  ]);
}

/** A view of a packed segment; the columns lie in place, postings are unpacked when they are asked for. */
export interface Segment {
  readonly count: number;
  readonly byteLength: number;
  /** The oldest `ANALYZER` that cut its terms. */
  readonly analyzer: number;
  /** Languages (ISO 639-1) that it holds stems of. */
  readonly languages: readonly string[];
  readonly dictionary: TermDictionary;
  /** Two numbers a term: `gramSignature`. */
  readonly signatures: Uint32Array;
  readonly threads: readonly string[];
  readonly speakers: readonly string[];
  readonly scopes: readonly IsolationFields[];
  double(column: (typeof DOUBLES)[number]): Float64Array;
  /** `thread`, `speaker` and `scope` hold places in the string tables. */
  integer(column: (typeof INTEGERS)[number]): Uint32Array;
  eachDays(): Iterable<readonly number[]>;
  /**
   * Unpacks the postings of a term into `found`, after the `filled` that are there. The place of a document is counted from `base`;
   * with a `mask`, only those come that it has at 1, and that are at `from` or behind. Answers how many are there then.
   */
  postings(
    range: { readonly start: number; readonly length: number },
    found: FoundPostings,
    filled?: number,
    base?: number,
    mask?: Uint8Array,
    from?: number,
  ): number;
}

/** Throws a `RangeError` on damaged bytes. */
export function openSegment(bytes: Uint8Array): Segment {
  const { documents: count, section, laterSection } = unpackSections(bytes);
  const doubles = section(TAG.doubles);
  const integers = section(TAG.integers);
  if (
    doubles.length !== count * DOUBLES.length * 8 ||
    integers.length !== count * INTEGERS.length * 4
  )
    throw new RangeError("An index segment with columns of the wrong length.");
  const [threads, speakers, scopes] = JSON.parse(
    new TextDecoder().decode(section(TAG.strings)),
  ) as [string[], string[], string[]];
  const signatures = words(section(TAG.signatures));
  const packed = section(TAG.postings);
  const cutBy = laterSection(TAG.analyzer);
  return {
    count,
    byteLength: bytes.length,
    analyzer: cutBy?.[0] ?? FIRST_ANALYZER,
    languages: new TextDecoder().decode(cutBy?.subarray(1)).match(/[a-z]{2}/g) ?? [],
    dictionary: openDictionary(section(TAG.dictionary), signatures.length / 2),
    signatures,
    threads,
    speakers,
    scopes: scopes.map((scope) => JSON.parse(scope) as IsolationFields),
    double: (column) =>
      new Float64Array(
        doubles.buffer,
        doubles.byteOffset + DOUBLES.indexOf(column) * count * 8,
        count,
      ),
    integer: (column) =>
      new Uint32Array(
        integers.buffer,
        integers.byteOffset + INTEGERS.indexOf(column) * count * 4,
        count,
      ),
    *eachDays() {
      const input = createByteReader(section(TAG.days));
      for (let index = 0; index < count; index += 1)
        yield Array.from({ length: input.varint() }, () => input.float());
    },
    postings({ start, length }, { documents, counts }, filled = 0, base = 0, mask, from = 0) {
      const end = start + length;
      if (end > packed.length) throw new RangeError("Postings beyond their section.");
      let at = start;
      let document = base - 1;
      let size = filled;
      // Unpacked in line: a query reads tens of thousands of these numbers.
      while (at < end) {
        let step = packed[at] ?? 0;
        at += 1;
        if (step > 127) {
          step &= 127;
          let byte = 128;
          for (let shift = 7; byte > 127 && at < end; shift += 7) {
            byte = packed[at] ?? 0;
            at += 1;
            step |= (byte & 127) << shift;
          }
        }
        document += (step >> 1) + 1;
        let times = 1;
        if ((step & 1) !== 0) {
          times = 0;
          let byte = 128;
          for (let shift = 0; byte > 127 && at < end; shift += 7) {
            byte = packed[at] ?? 0;
            at += 1;
            times |= (byte & 127) << shift;
          }
        }
        if (mask !== undefined && (mask[document] !== 1 || document < from)) continue;
        documents[size] = document;
        counts[size] = times;
        size += 1;
      }
      return size;
    },
  };
}

/** All documents of a segment, in order. */
export function readDocuments(segment: Segment): SegmentDocument[] {
  const [seq, createdAt, textHash] = DOUBLES.map((column) => segment.double(column));
  const columns = INTEGERS.map((column) => segment.integer(column));
  const days = [...segment.eachDays()];
  return Array.from({ length: segment.count }, (_, index) => {
    const [
      flags = 0,
      slots = 0,
      position = 0,
      tokens = 0,
      length = 0,
      thread = 0,
      speaker = 0,
      scope = 0,
    ] = columns.map((column) => column[index] ?? 0);
    return {
      seq: seq?.[index] ?? 0,
      createdAt: createdAt?.[index] ?? 0,
      textHash: textHash?.[index] ?? 0,
      flags,
      slots,
      position,
      tokens,
      length,
      thread: segment.threads[thread] ?? "",
      speaker: segment.speakers[speaker] ?? "",
      scope: segment.scopes[scope] ?? [null, null, null, null],
      days: days[index] ?? [],
    };
  });
}

function createStringTable(): { readonly list: string[]; idOf(value: string): number } {
  const ids = new Map<string, number>();
  const list: string[] = [];
  return {
    list,
    idOf(value) {
      let id = ids.get(value);
      if (id === undefined) {
        id = list.length;
        ids.set(value, id);
        list.push(value);
      }
      return id;
    },
  };
}

function bytesOf(array: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

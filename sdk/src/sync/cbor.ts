import { compareBytes, equalBytes, type Bytes } from "../wire/bytes.ts";
import { WireError } from "../wire/wire-error.ts";

/** What an entry's content is made of: JSON, and runs of bytes. */
export type CborValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly CborValue[]
  | { readonly [key: string]: CborValue };

const MAX_DEPTH = 16;
const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const DOUBLE = 0xfb;
/** Characters of a text that is faster written and read one by one than by a call of the browser. */
const SHORT_TEXT = 64;
/** As an assignment makes it. */
const OWN = { writable: true, enumerable: true, configurable: true };
const START_BYTES = 4_096;
const MOST_KEPT_BYTES = 1_048_576;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Writes one value after the other. Of maps and lists only the head is written: whoever writes what is in them sees to their order. */
export interface CborWriter {
  map(count: number): void;
  list(count: number): void;
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** What was written before, and is to stand here as it is. */
  raw(part: Uint8Array): void;
  /** Any value at all, where `depth` others are around it. */
  value(item: CborValue, depth: number): void;
}

/**
 * All writing goes into one run of memory: to ask for a new one takes as long as to write a record into it. Nothing is waited for between
 * the first byte and the copy that is given out, so no two writings are ever in it.
 */
const shared = createCborWriter();

/**
 * Deterministic CBOR (RFC 8949, section 4.2): one value, one run of bytes, on every device. Integers are integers, every other number is a
 * double, keys of maps are texts in order of their bytes.
 *
 * @throws {WireError} for NaN and infinities, and more than 16 levels
 */
export function encodeCbor(value: CborValue): Bytes {
  return written((to) => to.value(value, 0));
}

/** The bytes that `write` writes. */
export function written(write: (to: CborWriter) => void): Bytes {
  return shared.run(write).slice();
}

/** Whether `write` writes just these bytes. */
export function writes(write: (to: CborWriter) => void, bytes: Uint8Array): boolean {
  return equalBytes(shared.run(write), bytes);
}

/**
 * The names of a map in the order in which they stand in it.
 *
 * @throws {WireError} where two are the same in UTF-8: halves of surrogate pairs all read back as one and the same sign
 */
export function inOrder(names: readonly string[]): readonly string[] {
  if (ascend(names)) return names;
  const sorted = names.toSorted(compareNames);
  if (!ascend(sorted)) throw new WireError("Two names are the same in UTF-8.");
  return sorted;
}

function createCborWriter() {
  let bytes = new Uint8Array(START_BYTES);
  let view = new DataView(bytes.buffer);
  let length = 0;
  const writer: CborWriter = {
    map: (count) => writeHead(MAP, count),
    list: (count) => writeHead(ARRAY, count),
    text: writeText,
    bytes(part) {
      writeHead(BYTES, part.length);
      writer.raw(part);
    },
    raw(part) {
      reserve(part.length);
      bytes.set(part, length);
      length += part.length;
    },
    value: write,
  };
  return {
    /** What `run` wrote, until the next one. */
    run(work: (to: CborWriter) => void): Uint8Array<ArrayBuffer> {
      // One large record is no reason to hold on to as much for ever.
      if (bytes.length > MOST_KEPT_BYTES) grow(START_BYTES);
      length = 0;
      work(writer);
      return bytes.subarray(0, length);
    },
  };

  function write(item: CborValue, depth: number): void {
    if (depth > MAX_DEPTH) throw new WireError("A value is nested too deeply.");
    if (typeof item === "string") return writeText(item);
    if (typeof item === "number") return writeNumber(item);
    if (item === null) return writeByte(NULL);
    if (typeof item === "boolean") return writeByte(item ? TRUE : FALSE);
    if (item instanceof Uint8Array) return writer.bytes(item);
    if (isList(item)) {
      writeHead(ARRAY, item.length);
      for (const one of item) write(one, depth + 1);
      return;
    }
    const names = inOrder(Object.keys(item));
    writeHead(MAP, names.length);
    for (const name of names) {
      writeText(name);
      write(item[name] as CborValue, depth + 1);
    }
  }

  function writeNumber(number: number): void {
    if (!Number.isFinite(number)) throw new WireError("A number is not finite.");
    if (Number.isSafeInteger(number))
      return number < 0 ? writeHead(NEGATIVE, -1 - number) : writeHead(UNSIGNED, number);
    reserve(9);
    bytes[length] = DOUBLE;
    view.setFloat64(length + 1, number);
    length += 9;
  }

  function writeText(text: string): void {
    // A sign of UTF-16 takes three bytes at most.
    reserve(9 + 3 * text.length);
    const from = length + headSize(text.length);
    const size =
      text.length <= SHORT_TEXT && putAscii(text, bytes, from)
        ? text.length
        : encodeInto(text, from);
    // What is no ASCII may need a longer head than it was given room for.
    if (headSize(size) !== from - length)
      bytes.copyWithin(length + headSize(size), from, from + size);
    writeHead(TEXT, size);
    length += size;
  }

  function encodeInto(text: string, from: number): number {
    return encoder.encodeInto(text, bytes.subarray(from)).written;
  }

  function writeByte(byte: number): void {
    reserve(1);
    bytes[length] = byte;
    length += 1;
  }

  function writeHead(type: number, number: number): void {
    reserve(9);
    if (number < 24) {
      bytes[length] = (type << 5) | number;
      length += 1;
      return;
    }
    const size = headSize(number) - 1;
    bytes[length] = (type << 5) | (24 + Math.log2(size));
    if (size === 1) bytes[length + 1] = number;
    else if (size === 2) view.setUint16(length + 1, number);
    else {
      if (size === 8) view.setUint32(length + 1, number / 2 ** 32);
      view.setUint32(length + size - 3, number);
    }
    length += 1 + size;
  }

  function reserve(more: number): void {
    if (length + more > bytes.length) grow(Math.max(2 * bytes.length, length + more));
  }

  function grow(size: number): void {
    const grown = new Uint8Array(size);
    grown.set(bytes.subarray(0, Math.min(size, length)));
    bytes = grown;
    view = new DataView(bytes.buffer);
  }
}

/** `false` where a sign is none of ASCII. */
function putAscii(text: string, to: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 127) return false;
    to[from + i] = code;
  }
  return true;
}

function isList(item: CborValue): item is readonly CborValue[] {
  return Array.isArray(item);
}

function ascend(names: readonly string[]): boolean {
  for (let i = 1; i < names.length; i += 1)
    if (compareNames(names[i - 1] ?? "", names[i] ?? "") >= 0) return false;
  return true;
}

/** In the order of their encoded bytes: the length first, which stands before them. */
function compareNames(a: string, b: string): number {
  if (isAscii(a) && isAscii(b)) return a.length - b.length || (a < b ? -1 : a === b ? 0 : 1);
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  return x.length - y.length || compareBytes(x, y);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** Bytes of a type with its number. */
function headSize(number: number): number {
  if (number < 24) return 1;
  return number < 256 ? 2 : number < 65_536 ? 3 : number < 2 ** 32 ? 5 : 9;
}

/**
 * Reads what `encodeCbor` writes.
 *
 * @throws {WireError} for anything else: a longer form of a number, names out of order or twice, bytes left over, unknown types, text
 *   that is no UTF-8, more than 16 levels
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  return new CborReader(bytes).all();
}

/** A class, because its methods are made once: functions inside of a function are made, and thrown away, for every value that is read. */
class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  all(): CborValue {
    const value = this.#read(0);
    if (this.#at !== this.#bytes.length) throw new WireError("Bytes are left over.");
    return value;
  }

  #read(depth: number): CborValue {
    if (depth > MAX_DEPTH) throw new WireError("A value is nested too deeply.");
    const first = this.#bytes[this.#take(1)] ?? 0;
    if (first === NULL) return null;
    if (first === TRUE || first === FALSE) return first === TRUE;
    if (first === DOUBLE) return this.#readDouble();
    const type = first >> 5;
    const number = this.#readNumber(first & 31);
    switch (type) {
      case UNSIGNED:
        return number;
      case NEGATIVE:
        if (number === Number.MAX_SAFE_INTEGER) throw new WireError("A number is too large.");
        return -1 - number;
      case BYTES:
        this.#take(number);
        return Uint8Array.prototype.slice.call(this.#bytes, this.#at - number, this.#at);
      case TEXT:
        return this.#readText(number);
      case ARRAY:
        this.#limit(number);
        return this.#readList(number, depth);
      case MAP:
        this.#limit(number);
        return this.#readMap(number, depth);
      default:
        throw new WireError("A value has an unknown type.");
    }
  }

  #readList(count: number, depth: number): CborValue {
    const items: CborValue[] = [];
    for (let i = 0; i < count; i += 1) items.push(this.#read(depth + 1));
    return items;
  }

  #readMap(count: number, depth: number): CborValue {
    const map: Record<string, CborValue> = {};
    let before = this.#at;
    for (let i = 0; i < count; i += 1) {
      const start = this.#at;
      const name = this.#read(MAX_DEPTH);
      if (typeof name !== "string") throw new WireError("A name is no text.");
      if (i > 0 && !this.#isBefore(before, start)) {
        throw new WireError("Names are out of order, or one stands twice.");
      }
      before = start;
      own(map, name, this.#read(depth + 1));
    }
    return map;
  }

  /** Whether the name at `a` stands before the one that ends here. Each has its length in front of it, so no other byte is compared. */
  #isBefore(a: number, b: number): boolean {
    for (let i = 0; b + i < this.#at; i += 1) {
      const difference = (this.#bytes[a + i] ?? 0) - (this.#bytes[b + i] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #readNumber(extra: number): number {
    if (extra < 24) return extra;
    if (extra > 27) throw new WireError("A length is of no known form.");
    const size = 1 << (extra - 24);
    let number = 0;
    for (let i = this.#take(size); i < this.#at; i += 1)
      number = number * 256 + (this.#bytes[i] ?? 0);
    if (number > Number.MAX_SAFE_INTEGER) throw new WireError("A number is too large.");
    const shortest = size === 1 ? 24 : 2 ** (4 * size);
    if (number < shortest) throw new WireError("A number is not in its shortest form.");
    return number;
  }

  #readDouble(): number {
    const from = this.#take(8);
    const number = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + from, 8).getFloat64(0);
    if (!Number.isFinite(number) || Number.isSafeInteger(number)) {
      throw new WireError("A number is not in its shortest form.");
    }
    return number;
  }

  #readText(length: number): string {
    const from = this.#take(length);
    const short = length <= SHORT_TEXT ? shortAscii(this.#bytes, from, length) : null;
    if (short !== null) return short;
    try {
      return decoder.decode(this.#bytes.subarray(from, this.#at));
    } catch {
      throw new WireError("A text is no UTF-8.");
    }
  }

  /** Every element takes a byte at least, so a count that lies is found before memory is taken for it. */
  #limit(count: number): void {
    if (count > this.#bytes.length - this.#at) throw new WireError("The bytes end too early.");
  }

  /** Goes on behind the next bytes. The answer is where they begin. */
  #take(length: number): number {
    this.#limit(length);
    this.#at += length;
    return this.#at - length;
  }
}

/** Gives a map a value of its own, whatever its name: `__proto__` would be taken for the prototype. */
export function own<T>(map: Record<string, T>, name: string, value: T): void {
  if (name === "__proto__") Object.defineProperty(map, name, { ...OWN, value });
  else map[name] = value;
}

/** `null` where a byte stands for no sign by itself. */
function shortAscii(bytes: Uint8Array, from: number, length: number): string | null {
  const codes: number[] = [];
  for (let i = from; i < from + length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte > 127) return null;
    codes.push(byte);
  }
  return String.fromCharCode(...codes);
}

import { compareBytes, type Bytes } from "../wire/bytes.ts";
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
const SIMPLE = 7;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const DOUBLE = 0xfb;
/** Characters of a text that is faster written and read one by one than by a call of the browser. */
const SHORT_TEXT = 64;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Deterministic CBOR (RFC 8949, section 4.2): one value, one run of bytes, on every device. Integers are integers, every other number is a
 * double, keys of maps are texts in order of their bytes.
 *
 * @throws {WireError} for NaN and infinities, and more than 16 levels
 */
export function encodeCbor(value: CborValue): Bytes {
  // One run of memory that grows: a record has some sixty values, and a list of bytes for each would cost more than the record.
  let bytes = new Uint8Array(1_024);
  let length = 0;
  write(value, 0);
  return bytes.slice(0, length);

  function write(item: CborValue, depth: number): void {
    if (depth > MAX_DEPTH) throw new WireError("A value is nested too deeply.");
    if (item === null) return writeByte(NULL);
    if (typeof item === "boolean") return writeByte(item ? TRUE : FALSE);
    if (typeof item === "number") return writeNumber(item);
    if (typeof item === "string") return writeText(item);
    if (item instanceof Uint8Array) {
      writeHead(BYTES, item.length);
      return writeBytes(item);
    }
    if (Array.isArray(item)) {
      writeHead(ARRAY, item.length);
      for (const one of item as readonly CborValue[]) write(one, depth + 1);
      return;
    }
    const entries = Object.entries(item).toSorted(([a], [b]) => compareNames(a, b));
    // Halves of surrogate pairs all read back as one and the same sign.
    if (entries.some(([name], i) => i > 0 && compareNames(name, entries[i - 1]?.[0] ?? "") === 0))
      throw new WireError("Two names are the same in UTF-8.");
    writeHead(MAP, entries.length);
    for (const [name, one] of entries) {
      writeText(name);
      write(one, depth + 1);
    }
  }

  function writeNumber(number: number): void {
    if (!Number.isFinite(number)) throw new WireError("A number is not finite.");
    if (Number.isSafeInteger(number))
      return number < 0 ? writeHead(NEGATIVE, -1 - number) : writeHead(UNSIGNED, number);
    reserve(9);
    bytes[length] = DOUBLE;
    new DataView(bytes.buffer).setFloat64(length + 1, number);
    length += 9;
  }

  function writeText(text: string): void {
    if (text.length > SHORT_TEXT || !isAscii(text)) {
      const encoded = encoder.encode(text);
      writeHead(TEXT, encoded.length);
      return writeBytes(encoded);
    }
    writeHead(TEXT, text.length);
    reserve(text.length);
    for (let i = 0; i < text.length; i += 1) bytes[length + i] = text.charCodeAt(i);
    length += text.length;
  }

  function writeBytes(part: Uint8Array): void {
    reserve(part.length);
    bytes.set(part, length);
    length += part.length;
  }

  function writeByte(byte: number): void {
    reserve(1);
    bytes[length] = byte;
    length += 1;
  }

  function writeHead(type: number, number: number): void {
    const size = sizeOf(number);
    reserve(1 + size);
    bytes[length] = (type << 5) | (size === 0 ? number : 24 + Math.log2(size));
    let rest = number;
    for (let i = size; i > 0; i -= 1) {
      bytes[length + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    length += 1 + size;
  }

  function reserve(more: number): void {
    if (length + more <= bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * bytes.length, length + more));
    grown.set(bytes);
    bytes = grown;
  }
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

/** Bytes that a number takes beside the first. */
function sizeOf(number: number): number {
  if (number < 24) return 0;
  return number < 256 ? 1 : number < 65_536 ? 2 : number < 2 ** 32 ? 4 : 8;
}

/**
 * Reads what `encodeCbor` writes.
 *
 * @throws {WireError} for anything else: a longer form of a number, names out of order or twice, bytes left over, unknown types, text
 *   that is no UTF-8, more than 16 levels
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  let at = 0;
  const value = read(0);
  if (at !== bytes.length) throw new WireError("Bytes are left over.");
  return value;

  function read(depth: number): CborValue {
    if (depth > MAX_DEPTH) throw new WireError("A value is nested too deeply.");
    if (at >= bytes.length) throw new WireError("The bytes end too early.");
    const first = bytes[at] ?? 0;
    at += 1;
    if (first === NULL) return null;
    if (first === TRUE || first === FALSE) return first === TRUE;
    if (first === DOUBLE) return readDouble();
    const type = first >> 5;
    if (type === SIMPLE) throw new WireError("A value has an unknown type.");
    const number = readNumber(first & 31);
    switch (type) {
      case UNSIGNED:
        return number;
      case NEGATIVE:
        if (number === Number.MAX_SAFE_INTEGER) throw new WireError("A number is too large.");
        return -1 - number;
      case BYTES:
        return new Uint8Array(take(number));
      case TEXT:
        return readText(number);
      case ARRAY:
        limit(number);
        return readList(number, depth);
      case MAP:
        limit(number);
        return readMap(number, depth);
      default:
        throw new WireError("A value has an unknown type.");
    }
  }

  function readList(count: number, depth: number): CborValue {
    const items: CborValue[] = [];
    for (let i = 0; i < count; i += 1) items.push(read(depth + 1));
    return items;
  }

  function readMap(count: number, depth: number): CborValue {
    const entries: [string, CborValue][] = [];
    let before: string | null = null;
    for (let i = 0; i < count; i += 1) {
      const name = read(MAX_DEPTH);
      if (typeof name !== "string") throw new WireError("A name is no text.");
      if (before !== null && compareNames(before, name) >= 0) {
        throw new WireError("Names are out of order, or one stands twice.");
      }
      before = name;
      entries.push([name, read(depth + 1)]);
    }
    // It gives every name as one of the value's own, `__proto__` too.
    return Object.fromEntries(entries);
  }

  function readNumber(extra: number): number {
    if (extra < 24) return extra;
    const size = [1, 2, 4, 8][extra - 24];
    if (size === undefined) throw new WireError("A length is of no known form.");
    let number = 0;
    for (const byte of take(size)) number = number * 256 + byte;
    if (number > Number.MAX_SAFE_INTEGER) throw new WireError("A number is too large.");
    const shortest = size === 1 ? 24 : 2 ** (4 * size);
    if (number < shortest) throw new WireError("A number is not in its shortest form.");
    return number;
  }

  function readDouble(): number {
    const part = take(8);
    const number = new DataView(part.buffer, part.byteOffset, 8).getFloat64(0);
    if (!Number.isFinite(number) || Number.isSafeInteger(number)) {
      throw new WireError("A number is not in its shortest form.");
    }
    return number;
  }

  function readText(length: number): string {
    const part = take(length);
    const short = length <= SHORT_TEXT ? shortAscii(bytes, at - length, length) : null;
    if (short !== null) return short;
    try {
      return decoder.decode(part);
    } catch {
      throw new WireError("A text is no UTF-8.");
    }
  }

  /** Every element takes a byte at least, so a count that lies is found before memory is taken for it. */
  function limit(count: number): void {
    if (count > bytes.length - at) throw new WireError("The bytes end too early.");
  }

  function take(length: number): Uint8Array {
    if (length > bytes.length - at) throw new WireError("The bytes end too early.");
    at += length;
    return bytes.subarray(at - length, at);
  }
}

/** `null` where a byte stands for no sign by itself. */
function shortAscii(bytes: Uint8Array, from: number, length: number): string | null {
  let text = "";
  for (let i = from; i < from + length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte > 127) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}

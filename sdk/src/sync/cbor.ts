import { compareBytes, concatBytes, type Bytes } from "../wire/bytes.ts";
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

/**
 * Deterministic CBOR (RFC 8949, section 4.2): one value, one run of bytes, on every device. Integers are integers, every other number is a
 * double, keys of maps are texts in order of their bytes.
 *
 * @throws {WireError} for NaN and infinities, and more than 16 levels
 */
export function encodeCbor(value: CborValue): Bytes {
  return concatBytes(...encode(value, 0));
}

function encode(value: CborValue, depth: number): readonly Uint8Array[] {
  if (depth > MAX_DEPTH) throw new WireError("A value is nested too deeply.");
  if (value === null) return [new Uint8Array([NULL])];
  if (typeof value === "boolean") return [new Uint8Array([value ? TRUE : FALSE])];
  if (typeof value === "number") return [encodeNumber(value)];
  if (typeof value === "string") return encodeText(value);
  if (value instanceof Uint8Array) return [head(BYTES, value.length), value];
  if (Array.isArray(value)) {
    const items = value as readonly CborValue[];
    return [head(ARRAY, items.length), ...items.flatMap((item) => encode(item, depth + 1))];
  }
  const entries = Object.entries(value)
    .map(([key, item]) => ({ key: concatBytes(...encodeText(key)), item }))
    .toSorted((a, b) => compareBytes(a.key, b.key));
  // Halves of surrogate pairs all read back as one and the same sign.
  if (entries.some(({ key }, i) => i > 0 && compareBytes(key, entries[i - 1]?.key ?? key) === 0)) {
    throw new WireError("Two names are the same in UTF-8.");
  }
  return [
    head(MAP, entries.length),
    ...entries.flatMap(({ key, item }) => [key, ...encode(item, depth + 1)]),
  ];
}

function encodeText(text: string): readonly Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  return [head(TEXT, bytes.length), bytes];
}

function encodeNumber(value: number): Uint8Array {
  if (!Number.isFinite(value)) throw new WireError("A number is not finite.");
  if (Number.isSafeInteger(value))
    return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
  const bytes = new Uint8Array(9);
  bytes[0] = DOUBLE;
  new DataView(bytes.buffer).setFloat64(1, value);
  return bytes;
}

function head(type: number, value: number): Uint8Array {
  const [extra, size] =
    value < 24
      ? [value, 0]
      : value < 256
        ? [24, 1]
        : value < 65_536
          ? [25, 2]
          : value < 2 ** 32
            ? [26, 4]
            : [27, 8];
  const bytes = new Uint8Array(1 + size);
  bytes[0] = (type << 5) | extra;
  let rest = value;
  for (let i = size; i > 0; i -= 1) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
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
    const first = take(1)[0] ?? 0;
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
        return Array.from({ length: number }, () => read(depth + 1));
      case MAP:
        limit(number);
        return readMap(number, depth);
      default:
        throw new WireError("A value has an unknown type.");
    }
  }

  function readMap(count: number, depth: number): CborValue {
    let before: Uint8Array | null = null;
    return Object.fromEntries(
      Array.from({ length: count }, () => {
        const from = at;
        const key = read(MAX_DEPTH);
        const written = bytes.subarray(from, at);
        if (typeof key !== "string") throw new WireError("A name is no text.");
        if (before && compareBytes(before, written) >= 0) {
          throw new WireError("Names are out of order, or one stands twice.");
        }
        before = written;
        return [key, read(depth + 1)];
      }),
    );
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
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
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

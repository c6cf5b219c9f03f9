import { WireError } from "./wire-error.ts";

/** Bytes that own their memory; WebCrypto takes no others. */
export type Bytes = Uint8Array<ArrayBuffer>;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export interface WireWriter {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  /** At most 2^53 - 1. */
  u64(value: number): void;
  /** Exactly `length` bytes. */
  fixed(bytes: Uint8Array, length: number): void;
  /** As many as there are: the reader has to know. */
  rest(bytes: Uint8Array): void;
  take(): Bytes;
}

/** Writes big-endian numbers and runs of known length. What does not fit its field throws: nothing is cut off. */
export function createWireWriter(): WireWriter {
  let bytes = new Uint8Array(256);
  let length = 0;
  const reserve = (more: number): number => {
    const at = length;
    length += more;
    if (length > bytes.length) {
      const grown = new Uint8Array(Math.max(bytes.length * 2, length));
      grown.set(bytes);
      bytes = grown;
    }
    return at;
  };
  const unsigned = (value: number, size: number): void => {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
      throw new WireError(`A number does not fit into ${size} bytes.`);
    }
    let at = reserve(size) + size;
    let rest = value;
    for (let i = 0; i < size; i += 1) {
      at -= 1;
      bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  };
  const rest = (part: Uint8Array): void => {
    const at = reserve(part.length);
    bytes.set(part, at);
  };
  return {
    u8: (value) => unsigned(value, 1),
    u16: (value) => unsigned(value, 2),
    u32: (value) => unsigned(value, 4),
    u64: (value) => unsigned(value, 8),
    fixed(part, size) {
      if (part.length !== size) throw new WireError(`A run of ${size} bytes has ${part.length}.`);
      rest(part);
    },
    rest,
    take: () => bytes.slice(0, length),
  };
}

export interface WireReader {
  /** Bytes that are left. */
  readonly left: number;
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): number;
  /** A copy of the next `length` bytes. */
  fixed(length: number): Bytes;
  /** Throws if bytes are left over. */
  end(): void;
}

/** @throws {WireError} on every read past the end, on a u64 above 2^53 - 1, and in `end()` where bytes are left over */
export function createWireReader(bytes: Uint8Array): WireReader {
  let at = 0;
  const need = (length: number): number => {
    const from = at;
    if (length > bytes.length - from) throw new WireError("The bytes end too early.");
    at += length;
    return from;
  };
  const unsigned = (size: number): number => {
    const from = need(size);
    let value = 0;
    for (let i = from; i < from + size; i += 1) value = value * 256 + (bytes[i] ?? 0);
    if (value > Number.MAX_SAFE_INTEGER) throw new WireError("A number is above 2^53 - 1.");
    return value;
  };
  return {
    get left() {
      return bytes.length - at;
    },
    u8: () => unsigned(1),
    u16: () => unsigned(2),
    u32: () => unsigned(4),
    u64: () => unsigned(8),
    fixed(length) {
      const from = need(length);
      return new Uint8Array(bytes.subarray(from, from + length));
    },
    end() {
      if (at !== bytes.length) throw new WireError("Bytes are left over.");
    },
  };
}

export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Takes the same time wherever two runs of one length differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Order by bytes, a beginning before what it begins: negative, zero, positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** For keys of maps: equal for equal bytes. */
export function bytesKey(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte] ?? "";
  return text;
}

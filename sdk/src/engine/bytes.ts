/** Characters of a text that is faster written one by one than by a call of the browser: terms of the index are. */
const SHORT_TEXT = 64;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Collects bytes. Numbers are little-endian, `varint` is LEB128 for integers from 0 to 2^53. */
export interface ByteWriter {
  readonly length: number;
  varint(value: number): void;
  float(value: number): void;
  raw(bytes: Uint8Array): void;
  string(value: string): void;
  take(): Uint8Array<ArrayBuffer>;
}

export function createByteWriter(capacity = 256): ByteWriter {
  let bytes = new Uint8Array(capacity);
  let view = new DataView(bytes.buffer);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more <= bytes.length) return;
    const grown = new Uint8Array(Math.max(bytes.length * 2, length + more));
    grown.set(bytes.subarray(0, length));
    bytes = grown;
    view = new DataView(bytes.buffer);
  };
  /** `false`: a sign is none of ASCII, and nothing was written. */
  const ascii = (value: string): boolean => {
    reserve(1 + SHORT_TEXT);
    for (let i = 0; i < value.length; i += 1) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      bytes[length + 1 + i] = code;
    }
    bytes[length] = value.length;
    length += 1 + value.length;
    return true;
  };
  const writer: ByteWriter = {
    get length() {
      return length;
    },
    varint(value) {
      reserve(8);
      let rest = value;
      while (rest > 127) {
        bytes[length] = (rest % 128) | 128;
        length += 1;
        rest = Math.floor(rest / 128);
      }
      bytes[length] = rest;
      length += 1;
    },
    float(value) {
      reserve(8);
      view.setFloat64(length, value, true);
      length += 8;
    },
    raw(part) {
      reserve(part.length);
      bytes.set(part, length);
      length += part.length;
    },
    string(value) {
      if (value.length <= SHORT_TEXT && ascii(value)) return;
      const part = encoder.encode(value);
      writer.varint(part.length);
      writer.raw(part);
    },
    take() {
      return bytes.slice(0, length);
    },
  };
  return writer;
}

/** Reads what a `ByteWriter` wrote. Reading past the end throws a `RangeError`: damaged bytes never read as good ones. */
export interface ByteReader {
  at: number;
  readonly end: number;
  varint(): number;
  float(): number;
  raw(length: number): Uint8Array;
  string(): string;
}

export function createByteReader(bytes: Uint8Array, start = 0, end = bytes.length): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader: ByteReader = {
    at: start,
    end,
    varint() {
      let value = 0;
      let scale = 1;
      for (;;) {
        if (reader.at >= end) throw new RangeError("The bytes end inside a number.");
        const byte = bytes[reader.at] ?? 0;
        reader.at += 1;
        value += (byte & 127) * scale;
        if (byte < 128) return value;
        scale *= 128;
        if (scale > 2 ** 53) throw new RangeError("A number has too many bytes.");
      }
    },
    float() {
      if (reader.at + 8 > end) throw new RangeError("The bytes end inside a number.");
      const value = view.getFloat64(reader.at, true);
      reader.at += 8;
      return value;
    },
    raw(length) {
      if (reader.at + length > end) throw new RangeError("The bytes end inside a run.");
      const part = bytes.subarray(reader.at, reader.at + length);
      reader.at += length;
      return part;
    },
    string() {
      return decoder.decode(reader.raw(reader.varint()));
    },
  };
  return reader;
}

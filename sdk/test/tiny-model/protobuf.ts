/** The little of protobuf's wire format that an ONNX file needs. */
export type Field = Uint8Array;

const TEXT = new TextEncoder();

/** A whole number: wire type 0. Negative ones are written as 64 bits. */
export function varint(field: number, value: number | bigint): Field {
  return join([bare(field << 3), bare(value)]);
}

/** A text, bytes, or a message of fields: wire type 2. */
export function bytes(field: number, value: string | Uint8Array | readonly Field[]): Field {
  const content =
    typeof value === "string" ? TEXT.encode(value) : isBytes(value) ? value : join(value);
  return join([bare((field << 3) | 2), bare(content.length), content]);
}

/** A 32-bit float: wire type 5. */
export function float(field: number, value: number): Field {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setFloat32(0, value, true);
  return join([bare((field << 3) | 5), content]);
}

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bare(value: number | bigint): Uint8Array {
  const out: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest === 0n ? low : low | 0x80);
    if (rest === 0n) return Uint8Array.from(out);
  }
}

const isBytes = (value: Uint8Array | readonly Field[]): value is Uint8Array =>
  value instanceof Uint8Array;

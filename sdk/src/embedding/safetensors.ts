/** A tensor of a safetensors file. Half floats are widened, since not every browser has an array of them. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly numbers: ArrayLike<number | bigint>;
}

/** The header of a file that is nobody's model would otherwise be allocated as told. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/**
 * Reads a safetensors file (https://huggingface.co/docs/safetensors): eight bytes of length, a JSON header, then the raw numbers.
 *
 * @throws Error for a file that is cut off, lies about its places, or holds a type that no static model uses.
 */
export function readTensors(file: Uint8Array<ArrayBuffer>): Map<string, StoredTensor> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = file.byteLength < 8 ? Number.NaN : Number(view.getBigUint64(0, true));
  if (!(headerBytes <= MAX_HEADER_BYTES && 8 + headerBytes <= file.byteLength))
    throw new Error("The file is no safetensors file.");
  const header = JSON.parse(
    new TextDecoder().decode(file.subarray(8, 8 + headerBytes)),
  ) as Readonly<Record<string, Entry>>;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    tensors.set(name, readTensor(name, entry, file.subarray(8 + headerBytes)));
  }
  return tensors;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function readTensor(
  name: string,
  { dtype, shape, data_offsets: [from, to] }: Entry,
  body: Uint8Array<ArrayBuffer>,
): StoredTensor {
  const size = BYTES[dtype];
  const count = shape.reduce((product, side) => product * side, 1);
  if (size === undefined)
    throw new Error(`Tensor "${name}" has the type ${dtype}, which is not read.`);
  if (!(from >= 0 && to <= body.length && to - from === count * size))
    throw new Error(`Tensor "${name}" lies outside of the file.`);
  // A copy: typed arrays need an aligned start, and the header has any length.
  const bytes = body.slice(from, to).buffer;
  return { shape, numbers: READERS[dtype]?.(bytes) ?? [] };
}

const BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, I8: 1, I32: 4, I64: 8, F64: 8 };

const READERS: Readonly<Record<string, (bytes: ArrayBuffer) => StoredTensor["numbers"]>> = {
  F32: (bytes) => new Float32Array(bytes),
  F64: (bytes) => new Float64Array(bytes),
  I8: (bytes) => new Int8Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  I64: (bytes) => new BigInt64Array(bytes),
  F16: (bytes) => Float32Array.from(new Uint16Array(bytes), widen),
};

/** An IEEE half float as a number. */
function widen(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

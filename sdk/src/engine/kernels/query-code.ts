/** A query as 16-bit whole numbers: its values are about `scale * values`. */
export interface QueryCode {
  readonly values: Int16Array<ArrayBuffer>;
  readonly scale: number;
}

/**
 * 13 bits and a sign: the rows' 8 bits decide the error, and a sum over 2,064 dimensions cannot leave 32 bits. Longer rows
 * get a shorter range for the same reason.
 */
const LARGEST = 8191;
const TINY = 2 ** -100;

/** Padded with zeros to `stride` values. A query that cannot be scaled becomes zeros with scale 0. */
export function queryCode(query: Float32Array, stride: number): QueryCode {
  const values = new Int16Array(stride);
  let largest = 0;
  for (const value of query) largest = Math.max(largest, Math.abs(value));
  if (!(largest > TINY && largest < Infinity)) return { values, scale: 0 };
  const range = Math.min(LARGEST, Math.floor((2 ** 31 - 1) / (127 * stride)));
  const factor = range / largest;
  for (let at = 0; at < query.length; at += 1) values[at] = Math.round((query[at] ?? 0) * factor);
  return { values, scale: largest / range };
}

/** Lifts the values above zero; the kernels take it out again. */
const LIFT = 8192;

/**
 * The same values as bytes of 7 bits, which is what relaxed SIMD multiplies with certainty: for every 16 values their upper halves,
 * then their lower ones.
 */
export function splitQuery(values: Int16Array): Uint8Array<ArrayBuffer> {
  const halves = new Uint8Array(values.length * 2);
  values.forEach((value, at) => {
    const place = (at >> 4) * 32 + (at & 15);
    halves[place] = (value + LIFT) >> 7;
    halves[place + 16] = (value + LIFT) & 127;
  });
  return halves;
}

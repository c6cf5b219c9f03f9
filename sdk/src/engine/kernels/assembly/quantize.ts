// float32 rows to int8 rows and to signatures.

/** Below this a row counts as zeros: its reciprocal would leave the range of float32. */
const TINY: f32 = 2 ** -100;

/** Rows of `length` numbers, a multiple of 16 (padded with zeros), to `length` bytes and one scale each. */
export function quantizeInt8(
  rows: usize,
  count: u32,
  length: u32,
  values: usize,
  scales: usize,
): void {
  const bytes = (length as usize) << 2;
  let from = rows;
  let to = values;
  for (let row: u32 = 0; row < count; row++) {
    const end = from + bytes;
    let top = f32x4.splat(0);
    for (let at = from; at < end; at += 16) top = f32x4.max(top, f32x4.abs(v128.load(at)));
    const largest = max(
      max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
      max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
    );
    const usable = largest > TINY && largest < (Infinity as f32);
    const factor = f32x4.splat(usable ? (127 as f32) / largest : 0);
    store<f32>(scales + ((row as usize) << 2), usable ? largest / (127 as f32) : 0);
    for (; from < end; from += 64) {
      const low = i16x8.narrow_i32x4_s(whole(from, factor), whole(from + 16, factor));
      const high = i16x8.narrow_i32x4_s(whole(from + 32, factor), whole(from + 48, factor));
      v128.store(to, i8x16.narrow_i16x8_s(low, high));
      to += 16;
    }
  }
}

/** What is not a number becomes 0, which is what a row with such a value gets: 0 times infinity included. */
function whole(at: usize, factor: v128): v128 {
  const scaled = f32x4.nearest(f32x4.mul(v128.load(at), factor));
  return i32x4.trunc_sat_f32x4_s(scaled);
}

/** Rows of `length` numbers, a multiple of 64 (padded with zeros, the mean too), to `length / 8` bytes each. */
export function quantizeBits(rows: usize, count: u32, length: u32, mean: usize, bits: usize): void {
  const end = mean + ((length as usize) << 2);
  let from = rows;
  let to = bits;
  for (let row: u32 = 0; row < count; row++) {
    for (let at = mean; at < end; at += 32) {
      const low = i32x4.bitmask(f32x4.gt(v128.load(from), v128.load(at)));
      const high = i32x4.bitmask(f32x4.gt(v128.load(from, 16), v128.load(at, 16)));
      store<u8>(to, low | (high << 4));
      from += 32;
      to++;
    }
  }
}

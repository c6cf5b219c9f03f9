// Dot products of four rows at once with one query, so that each part of the query is read once for four rows.

import { offerGroup, threshold } from "./best-rows";

/** int8 rows against 16-bit query values: exact, as no sum leaves 32 bits (see query precision in the glue). */
export function int8Products(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  bytes: usize,
  query: usize,
): v128 {
  let sumA = i32x4.splat(0);
  let sumB = sumA;
  let sumC = sumA;
  let sumD = sumA;
  const end = a + bytes;
  const toB = b - a;
  const toC = c - a;
  const toD = d - a;
  let at = a;
  let q = query;
  while (at < end) {
    const low = v128.load(q);
    const high = v128.load(q, 16);
    sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(low, v128.load_ext<i8>(at)));
    sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(low, v128.load_ext<i8>(at + toB)));
    sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(low, v128.load_ext<i8>(at + toC)));
    sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(low, v128.load_ext<i8>(at + toD)));
    sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(high, v128.load_ext<i8>(at, 8)));
    sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(high, v128.load_ext<i8>(at + toB, 8)));
    sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(high, v128.load_ext<i8>(at + toC, 8)));
    sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(high, v128.load_ext<i8>(at + toD, 8)));
    at += 16;
    q += 32;
  }
  const ab = i32x4.add(
    v128.shuffle<i32>(sumA, sumB, 0, 4, 1, 5),
    v128.shuffle<i32>(sumA, sumB, 2, 6, 3, 7),
  );
  const cd = i32x4.add(
    v128.shuffle<i32>(sumC, sumD, 0, 4, 1, 5),
    v128.shuffle<i32>(sumC, sumD, 2, 6, 3, 7),
  );
  const sums = i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
  return f32x4.convert_i32x4_s(sums);
}

export function floatProducts(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  bytes: usize,
  query: usize,
): v128 {
  let sumA = f32x4.splat(0);
  let sumB = sumA;
  let sumC = sumA;
  let sumD = sumA;
  let restA = sumA;
  let restB = sumA;
  let restC = sumA;
  let restD = sumA;
  const end = a + bytes;
  const toB = b - a;
  const toC = c - a;
  const toD = d - a;
  let at = a;
  let q = query;
  while (at < end) {
    const low = v128.load(q);
    const high = v128.load(q, 16);
    sumA = addProduct(low, v128.load(at), sumA);
    sumB = addProduct(low, v128.load(at + toB), sumB);
    sumC = addProduct(low, v128.load(at + toC), sumC);
    sumD = addProduct(low, v128.load(at + toD), sumD);
    restA = addProduct(high, v128.load(at, 16), restA);
    restB = addProduct(high, v128.load(at + toB, 16), restB);
    restC = addProduct(high, v128.load(at + toC, 16), restC);
    restD = addProduct(high, v128.load(at + toD, 16), restD);
    at += 32;
    q += 32;
  }
  sumA = f32x4.add(sumA, restA);
  sumB = f32x4.add(sumB, restB);
  sumC = f32x4.add(sumC, restC);
  sumD = f32x4.add(sumD, restD);
  const ab = f32x4.add(
    v128.shuffle<i32>(sumA, sumB, 0, 4, 1, 5),
    v128.shuffle<i32>(sumA, sumB, 2, 6, 3, 7),
  );
  const cd = f32x4.add(
    v128.shuffle<i32>(sumC, sumD, 0, 4, 1, 5),
    v128.shuffle<i32>(sumC, sumD, 2, 6, 3, 7),
  );
  return f32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

function addProduct(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<f32>(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Rows `from` up to `to` of one block, which lie one after the other. Padding rows are read as the last one, and not offered. */
export function scanInt8(
  values: usize,
  scales: usize,
  stride: usize,
  query: usize,
  from: u32,
  to: u32,
  firstRow: u32,
): void {
  const last = values + ((to - 1) as usize) * stride;
  let a = values + (from as usize) * stride;
  let limit = f32x4.splat(threshold);
  for (let row = from; row < to; row += 4) {
    const sums = int8Products(
      a,
      min(a + stride, last),
      min(a + 2 * stride, last),
      min(a + 3 * stride, last),
      stride,
      query,
    );
    const scores = f32x4.mul(sums, v128.load(scales + ((row as usize) << 2)));
    let lanes = i32x4.bitmask(f32x4.gt(scores, limit));
    if (lanes) {
      if (to - row < 4) lanes &= (1 << (to - row)) - 1;
      const number = firstRow + row;
      offerGroup(scores, lanes, number, number + 1, number + 2, number + 3);
      limit = f32x4.splat(threshold);
    }
    a += 4 * stride;
  }
}

export function scanFloat(
  values: usize,
  stride: usize,
  query: usize,
  from: u32,
  to: u32,
  firstRow: u32,
): void {
  const last = values + ((to - 1) as usize) * stride;
  let a = values + (from as usize) * stride;
  let limit = f32x4.splat(threshold);
  for (let row = from; row < to; row += 4) {
    const scores = floatProducts(
      a,
      min(a + stride, last),
      min(a + 2 * stride, last),
      min(a + 3 * stride, last),
      stride,
      query,
    );
    let lanes = i32x4.bitmask(f32x4.gt(scores, limit));
    if (lanes) {
      if (to - row < 4) lanes &= (1 << (to - row)) - 1;
      const number = firstRow + row;
      offerGroup(scores, lanes, number, number + 1, number + 2, number + 3);
      limit = f32x4.splat(threshold);
    }
    a += 4 * stride;
  }
}

/** The listed rows of one block. `list` holds numbers that start at `firstRow`, rising; up to three more are read past its end. */
export function scoreInt8(
  list: usize,
  count: u32,
  values: usize,
  scales: usize,
  stride: usize,
  query: usize,
  firstRow: u32,
): void {
  for (let at: u32 = 0; at < count; at += 4) {
    const left = count - at;
    const p = list + ((at as usize) << 2);
    const a = load<u32>(p) - firstRow;
    const b = left > 1 ? load<u32>(p, 4) - firstRow : a;
    const c = left > 2 ? load<u32>(p, 8) - firstRow : a;
    const d = left > 3 ? load<u32>(p, 12) - firstRow : a;
    const sums = int8Products(
      values + (a as usize) * stride,
      values + (b as usize) * stride,
      values + (c as usize) * stride,
      values + (d as usize) * stride,
      stride,
      query,
    );
    let factors = f32x4.splat(load<f32>(scales + ((a as usize) << 2)));
    factors = f32x4.replace_lane(factors, 1, load<f32>(scales + ((b as usize) << 2)));
    factors = f32x4.replace_lane(factors, 2, load<f32>(scales + ((c as usize) << 2)));
    factors = f32x4.replace_lane(factors, 3, load<f32>(scales + ((d as usize) << 2)));
    const lanes = left > 3 ? 15 : (1 << left) - 1;
    offerListed(f32x4.mul(sums, factors), lanes, firstRow, a, b, c, d);
  }
}

export function scoreFloat(
  list: usize,
  count: u32,
  values: usize,
  stride: usize,
  query: usize,
  firstRow: u32,
): void {
  for (let at: u32 = 0; at < count; at += 4) {
    const left = count - at;
    const p = list + ((at as usize) << 2);
    const a = load<u32>(p) - firstRow;
    const b = left > 1 ? load<u32>(p, 4) - firstRow : a;
    const c = left > 2 ? load<u32>(p, 8) - firstRow : a;
    const d = left > 3 ? load<u32>(p, 12) - firstRow : a;
    const scores = floatProducts(
      values + (a as usize) * stride,
      values + (b as usize) * stride,
      values + (c as usize) * stride,
      values + (d as usize) * stride,
      stride,
      query,
    );
    const lanes = left > 3 ? 15 : (1 << left) - 1;
    offerListed(scores, lanes, firstRow, a, b, c, d);
  }
}

function offerListed(
  scores: v128,
  lanes: u32,
  firstRow: u32,
  a: u32,
  b: u32,
  c: u32,
  d: u32,
): void {
  const above = i32x4.bitmask(f32x4.gt(scores, f32x4.splat(threshold))) & lanes;
  if (above) offerGroup(scores, above, firstRow + a, firstRow + b, firstRow + c, firstRow + d);
}

// Dot products of rows with one query.
//
// Rows that lie one after the other are taken one by one: to take several at once would read the query less often, but it makes
// several short streams of one long one, and beyond the caches that is up to three times slower, as the processor no longer
// guesses what comes next. Rows picked from a list cannot be guessed anyway; of those four are fetched at the same time.

import { offer, threshold } from "./best-rows";
import { passes } from "./filters";

/**
 * Exact, as no sum leaves 32 bits (see `query-code.ts`).
 *
 * Plain SIMD takes the query as 16-bit numbers. Relaxed SIMD multiplies bytes, and is only certain where those of the query have
 * 7 bits: the query is lifted by 8192 and cut in two such halves, and the sum of the row takes the lift out again.
 */
function int8Product(row: usize, stride: usize, query: usize, rowSum: i32): i32 {
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = row + stride;
  let at = row;
  let q = query;
  while (at < end) {
    if (ASC_FEATURE_RELAXED_SIMD) {
      const first = v128.load(at);
      const second = v128.load(at, 16);
      a = i32x4.relaxed_dot_i8x16_i7x16_add_s(first, v128.load(q), a);
      b = i32x4.relaxed_dot_i8x16_i7x16_add_s(first, v128.load(q, 16), b);
      c = i32x4.relaxed_dot_i8x16_i7x16_add_s(second, v128.load(q, 32), c);
      d = i32x4.relaxed_dot_i8x16_i7x16_add_s(second, v128.load(q, 48), d);
    } else {
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(q), v128.load_ext<i8>(at)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(q, 16), v128.load_ext<i8>(at, 8)));
      c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load(q, 32), v128.load_ext<i8>(at, 16)));
      d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load(q, 48), v128.load_ext<i8>(at, 24)));
    }
    at += 32;
    q += 64;
  }
  const high = i32x4.add(a, c);
  const low = i32x4.add(b, d);
  if (ASC_FEATURE_RELAXED_SIMD)
    return wholeSum(i32x4.add(i32x4.shl(high, 7), low)) - (rowSum << 13);
  return wholeSum(i32x4.add(high, low));
}

function wholeSum(lanes: v128): i32 {
  const halves = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

/** The same of four rows, one a lane, before any lift is taken out. */
function int8Products(a: usize, b: usize, c: usize, d: usize, stride: usize, query: usize): v128 {
  let sumA = i32x4.splat(0);
  let sumB = sumA;
  let sumC = sumA;
  let sumD = sumA;
  let at: usize = 0;
  while (at < stride) {
    const low = v128.load(query + 2 * at);
    const high = v128.load(query + 2 * at, 16);
    sumA = addInt8(a + at, low, high, sumA);
    sumB = addInt8(b + at, low, high, sumB);
    sumC = addInt8(c + at, low, high, sumC);
    sumD = addInt8(d + at, low, high, sumD);
    at += 16;
  }
  const ab = i32x4.add(
    v128.shuffle<i32>(sumA, sumB, 0, 4, 1, 5),
    v128.shuffle<i32>(sumA, sumB, 2, 6, 3, 7),
  );
  const cd = i32x4.add(
    v128.shuffle<i32>(sumC, sumD, 0, 4, 1, 5),
    v128.shuffle<i32>(sumC, sumD, 2, 6, 3, 7),
  );
  return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

function addInt8(at: usize, low: v128, high: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const row = v128.load(at);
    const upper = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, low, i32x4.splat(0));
    return i32x4.relaxed_dot_i8x16_i7x16_add_s(row, high, i32x4.add(sum, i32x4.shl(upper, 7)));
  }
  const both = i32x4.add(sum, i32x4.dot_i16x8_s(low, v128.load_ext<i8>(at)));
  return i32x4.add(both, i32x4.dot_i16x8_s(high, v128.load_ext<i8>(at, 8)));
}

/** Rows `from` up to `to` of one block that pass the filter, 0 for none. It is asked of the few rows that score well. */
export function scanInt8(
  values: usize,
  scales: usize,
  sums: usize,
  stride: usize,
  query: usize,
  from: u32,
  to: u32,
  firstRow: u32,
  filter: usize,
): void {
  let least = threshold;
  let at = values + (from as usize) * stride;
  for (let row = from; row < to; row++) {
    const place = (row as usize) << 2;
    const rowSum = ASC_FEATURE_RELAXED_SIMD ? load<i32>(sums + place) : 0;
    const score = load<f32>(scales + place) * (int8Product(at, stride, query, rowSum) as f32);
    if (score > least && passes(filter, row)) least = offer(score, firstRow + row);
    at += stride;
  }
}

/** The listed rows of one block, as numbers that start at `firstRow`, rising. */
export function scoreInt8(
  list: usize,
  count: u32,
  values: usize,
  scales: usize,
  sums: usize,
  stride: usize,
  query: usize,
  firstRow: u32,
): void {
  for (let at: u32 = 0; at < count; at += 4) {
    const left = count - at;
    const place = list + ((at as usize) << 2);
    const a = load<u32>(place) - firstRow;
    const b = left > 1 ? load<u32>(place, 4) - firstRow : a;
    const c = left > 2 ? load<u32>(place, 8) - firstRow : a;
    const d = left > 3 ? load<u32>(place, 12) - firstRow : a;
    const products = int8Products(
      values + (a as usize) * stride,
      values + (b as usize) * stride,
      values + (c as usize) * stride,
      values + (d as usize) * stride,
      stride,
      query,
    );
    offerInt8(i32x4.extract_lane(products, 0), a, scales, sums, firstRow);
    if (left > 1) offerInt8(i32x4.extract_lane(products, 1), b, scales, sums, firstRow);
    if (left > 2) offerInt8(i32x4.extract_lane(products, 2), c, scales, sums, firstRow);
    if (left > 3) offerInt8(i32x4.extract_lane(products, 3), d, scales, sums, firstRow);
  }
}

function offerInt8(product: i32, row: u32, scales: usize, sums: usize, firstRow: u32): void {
  const place = (row as usize) << 2;
  const whole = ASC_FEATURE_RELAXED_SIMD ? product - (load<i32>(sums + place) << 13) : product;
  const score = load<f32>(scales + place) * (whole as f32);
  if (score > threshold) offer(score, firstRow + row);
}

/** What `int8Product` wants of each row with relaxed SIMD; otherwise nothing is written. */
export function sumRows(values: usize, count: u32, stride: usize, sums: usize): void {
  if (!ASC_FEATURE_RELAXED_SIMD) return;
  let at = values;
  for (let row: u32 = 0; row < count; row++) {
    let sum = i32x4.splat(0);
    const end = at + stride;
    for (; at < end; at += 16)
      sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(at), i8x16.splat(1), sum);
    store<i32>(sums + ((row as usize) << 2), wholeSum(sum));
  }
}

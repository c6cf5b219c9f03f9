// Nearest signatures: the rows that differ from the query in the fewest bits.
//
// No heap: distances are small whole numbers, so counting them tells at any time which distance can still matter. Rows that may
// belong to the result are appended to a list. Once `wanted` rows lie below the limit, no later row at the limit's own distance
// can enter any more (it has a higher number), and the limit falls by one.

import { passes } from "./filters";

let counts: usize = 0;
let list: usize = 0;
let room: u32 = 0;
let wanted: u32 = 0;
let listed: u32 = 0;
/** Rows listed with a distance below `limit`: always fewer than wanted. */
let below: u32 = 0;
let limit: u32 = 0;

/** `at` has room for a count of each distance 0..bits and `capacity` 8-byte entries, `capacity` above `count`. */
export function startNearest(at: usize, bits: u32, capacity: u32, count: u32): void {
  counts = at;
  list = at + ((bits as usize) << 2) + 8;
  room = capacity;
  wanted = count;
  listed = 0;
  below = 0;
  limit = bits + 1;
  memory.fill(at, 0, ((bits as usize) << 2) + 8);
}

/** Gives the new limit. */
function take(distance: u32, row: u32): u32 {
  if (listed == room) keepNearest();
  store<u64>(list + ((listed as usize) << 3), ((distance as u64) << 32) | (row as u64));
  listed++;
  const count = counts + ((distance as usize) << 2);
  store<u32>(count, load<u32>(count) + 1);
  below++;
  while (below >= wanted) {
    limit--;
    below -= load<u32>(counts + ((limit as usize) << 2));
  }
  return limit;
}

/** Drops listed rows that cannot belong to the result any more. */
function keepNearest(): void {
  let atLimit = wanted - below;
  let kept: u32 = 0;
  for (let at: u32 = 0; at < listed; at++) {
    const entry = load<u64>(list + ((at as usize) << 3));
    const distance = (entry >> 32) as u32;
    if (distance > limit) continue;
    if (distance == limit) {
      if (atLimit == 0) continue;
      atLimit--;
    }
    store<u64>(list + ((kept as usize) << 3), entry);
    kept++;
  }
  listed = kept;
}

/** Writes the row numbers, rising, and gives their count. */
export function takeNearest(rows: usize): u32 {
  keepNearest();
  for (let at: u32 = 0; at < listed; at++)
    store<u32>(rows + ((at as usize) << 2), load<u32>(list + ((at as usize) << 3)));
  return listed;
}

/** Rows `from` up to `to` of one block that pass the filter, 0 for none. It is asked of the few rows that are near. */
export function scanBits(
  values: usize,
  stride: usize,
  query: usize,
  from: u32,
  to: u32,
  firstRow: u32,
  filter: usize,
): void {
  if (stride == 48) {
    scanBits384(values, query, from, to, firstRow, filter);
    return;
  }
  let near = limit;
  let at = values + (from as usize) * stride;
  for (let row = from; row < to; row++) {
    const distance = differing(at, query, stride);
    if (distance < near && passes(filter, row)) near = take(distance, firstRow + row);
    at += stride;
  }
}

/** The commonest length, with the query in registers. */
function scanBits384(
  values: usize,
  query: usize,
  from: u32,
  to: u32,
  firstRow: u32,
  filter: usize,
): void {
  const q0 = load<u64>(query);
  const q1 = load<u64>(query, 8);
  const q2 = load<u64>(query, 16);
  const q3 = load<u64>(query, 24);
  const q4 = load<u64>(query, 32);
  const q5 = load<u64>(query, 40);
  let near: u64 = limit;
  let at = values + (from as usize) * 48;
  for (let row = from; row < to; row++) {
    const distance =
      popcnt(load<u64>(at) ^ q0) +
      popcnt(load<u64>(at, 8) ^ q1) +
      popcnt(load<u64>(at, 16) ^ q2) +
      popcnt(load<u64>(at, 24) ^ q3) +
      popcnt(load<u64>(at, 32) ^ q4) +
      popcnt(load<u64>(at, 40) ^ q5);
    if (distance < near && passes(filter, row)) near = take(distance as u32, firstRow + row);
    at += 48;
  }
}

/** The listed rows of one block, as numbers that start at `firstRow`, rising. */
export function compareBits(
  rows: usize,
  count: u32,
  values: usize,
  stride: usize,
  query: usize,
  firstRow: u32,
): void {
  let near = limit;
  const end = rows + ((count as usize) << 2);
  for (let at = rows; at < end; at += 4) {
    const row = load<u32>(at);
    const distance = differing(values + ((row - firstRow) as usize) * stride, query, stride);
    if (distance < near) near = take(distance, row);
  }
}

function differing(row: usize, query: usize, bytes: usize): u32 {
  let distance: u64 = 0;
  let at: usize = 0;
  while (at + 24 <= bytes) {
    distance +=
      popcnt(load<u64>(row + at) ^ load<u64>(query + at)) +
      popcnt(load<u64>(row + at, 8) ^ load<u64>(query + at, 8)) +
      popcnt(load<u64>(row + at, 16) ^ load<u64>(query + at, 16));
    at += 24;
  }
  while (at < bytes) {
    distance += popcnt(load<u64>(row + at) ^ load<u64>(query + at));
    at += 8;
  }
  return distance as u32;
}

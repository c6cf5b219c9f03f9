/** Writes the numbers of the rows from `from` up to `to` whose bit is set, rising, starting at `firstRow`. Gives their count. */
export function listRows(filter: usize, from: u32, to: u32, firstRow: u32, list: usize): u32 {
  let out = list;
  for (let word = from >> 5; word << 5 < to; word++) {
    let bits = load<u32>(filter + ((word as usize) << 2));
    const start = word << 5;
    if (start < from) bits &= (-1 as u32) << (from - start);
    if (to - start < 32) bits &= ((1 as u32) << (to - start)) - 1;
    while (bits) {
      store<u32>(out, firstRow + start + ctz(bits));
      out += 4;
      bits &= bits - 1;
    }
  }
  return ((out - list) >> 2) as u32;
}

export function passes(filter: usize, row: u32): bool {
  return filter == 0 || ((load<u32>(filter + (((row >> 5) as usize) << 2)) >> (row & 31)) & 1) != 0;
}

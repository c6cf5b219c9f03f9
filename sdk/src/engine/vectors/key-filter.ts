/**
 * Which keys a search may give. What it says of a key must not change while the same object is passed again: engines keep bitmaps
 * by the object's identity. So its owner makes one object for a scope and keeps it until something is marked or removed; keys that
 * are added later need no new object.
 */
export interface KeyFilter {
  passes(key: number): boolean;
  /**
   * The same for a whole column at once: sets bit `i` (`bits[i >> 5]`, lowest first) for every `keys[i]` that passes. `keys` rise,
   * and `bits` come zeroed. Absent: `passes` is asked of each.
   */
  fill?(keys: Float64Array, bits: Uint32Array): void;
  /** No key below this passes, so that whole segments can be left out. Keys rise with the time of storing. Default: none. */
  readonly from?: number;
  /** No key above this passes. Default: none. */
  readonly to?: number;
}

/** The bitmap of a filter over a rising column of keys. */
export function filterBits(filter: KeyFilter, keys: Float64Array): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array((keys.length + 31) >> 5);
  if (!mayPass(filter, keys[0] ?? 0, keys.at(-1) ?? -1)) return bits;
  if (filter.fill !== undefined) {
    filter.fill(keys, bits);
    return bits;
  }
  for (let at = 0; at < keys.length; at += 1)
    if (filter.passes(keys[at] ?? 0)) bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
  return bits;
}

/** Whether any key from `first` to `last` can pass. */
export function mayPass(filter: KeyFilter, first: number, last: number): boolean {
  return first <= last && last >= (filter.from ?? -Infinity) && first <= (filter.to ?? Infinity);
}

/** The runs of 3 to 5 letters of a word with its ends marked, each once. */
export function letterGrams(term: string): ReadonlySet<string> {
  const marked = `<${term}>`;
  const grams = new Set<string>();
  for (let size = 3; size <= 5; size += 1)
    for (let at = 0; at + size <= marked.length; at += 1) grams.add(marked.slice(at, at + size));
  return grams;
}

/**
 * Share of runs that `word` has in common with a word of these runs (Dice), 0..1. Its own runs are counted and not gathered: this
 * is asked of thousands of words a query, and a run that a word has twice is rare.
 */
export function sharedGrams(grams: ReadonlySet<string>, word: string): number {
  const marked = `<${word}>`;
  let shared = 0;
  let total = 0;
  for (let size = 3; size <= 5; size += 1)
    for (let at = 0; at + size <= marked.length; at += 1) {
      total += 1;
      if (grams.has(marked.slice(at, at + size))) shared += 1;
    }
  return grams.size + total === 0 ? 0 : Math.min(1, (2 * shared) / (grams.size + total));
}

/** 64 bits, one for each run of three letters: words without common bits have no common run. */
export function gramSignature(term: string): readonly [number, number] {
  const marked = `<${term}>`;
  let low = 0;
  let high = 0;
  for (let at = 0; at + 3 <= marked.length; at += 1) {
    let hash =
      Math.imul(marked.charCodeAt(at), 0x9e3779b1) ^
      Math.imul(marked.charCodeAt(at + 1), 0x85ebca77) ^
      Math.imul(marked.charCodeAt(at + 2), 0xc2b2ae3d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f) >>> 26;
    if (hash < 32) low |= 1 << hash;
    else high |= 1 << (hash - 32);
  }
  return [low >>> 0, high >>> 0];
}

export function countBits(bits: number): number {
  let rest = bits - ((bits >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The runs of 3 to 5 letters of a word with its ends marked, each once. */
export function letterGrams(term: string): ReadonlySet<string> {
  const marked = `<${term}>`;
  const grams = new Set<string>();
  for (let size = 3; size <= 5; size += 1) for (let at = 0; at + size <= marked.length; at += 1) grams.add(marked.slice(at, at + size));
  return grams;
}

/** Share of runs two words have in common (Dice), 0..1. */
export function sharedGrams(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared += 1;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

/** 64 bits, one for each run of three letters: words without common bits have no common run. */
export function gramSignature(term: string): readonly [number, number] {
  const marked = `<${term}>`;
  let low = 0;
  let high = 0;
  for (let at = 0; at + 3 <= marked.length; at += 1) {
    let hash = Math.imul(marked.charCodeAt(at), 0x9e3779b1) ^ Math.imul(marked.charCodeAt(at + 1), 0x85ebca77) ^ Math.imul(marked.charCodeAt(at + 2), 0xc2b2ae3d);
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

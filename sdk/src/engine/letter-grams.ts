/** The runs of 3 to 5 letters of a word with its ends marked, each once. */
export function letterGrams(term: string): ReadonlySet<string> {
  const marked = `<${term}>`;
  const grams = new Set<string>();
  for (let size = 3; size <= 5; size += 1)
    for (let at = 0; at + size <= marked.length; at += 1) grams.add(marked.slice(at, at + size));
  return grams;
}

/** The same runs as numbers, for comparing with many words: no string is cut for it. */
export function gramNumbers(term: string): ReadonlySet<number> {
  const numbers = new Set<number>();
  eachGram(term, (number) => numbers.add(number));
  return numbers;
}

/**
 * Share of runs that `word` has in common with a word of these runs (Dice), 0..1. Its own runs are counted and not gathered: this
 * is asked of thousands of words a query, and a run that a word has twice is rare.
 */
export function sharedGrams(grams: ReadonlySet<number>, word: string): number {
  let shared = 0;
  let total = 0;
  eachGram(word, (number) => {
    total += 1;
    if (grams.has(number)) shared += 1;
  });
  return grams.size + total === 0 ? 0 : Math.min(1, (2 * shared) / (grams.size + total));
}

const START = 60;
const END = 62;

function eachGram(word: string, visit: (number: number) => void): void {
  const length = word.length + 2;
  for (let at = 0; at + 3 <= length; at += 1) {
    let number = 0;
    for (let step = 0; step < 5 && at + step < length; step += 1) {
      const place = at + step;
      const code = place === 0 ? START : place === length - 1 ? END : word.charCodeAt(place - 1);
      // 31 bits: small numbers, which sets keep without boxing them.
      number = (Math.imul(number, 0x9e3779b1) + code + 1) & 0x3fffffff;
      if (step >= 2) visit(number);
    }
  }
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

import { COMMON_WORDS } from "./common-words.ts";

/**
 * An upper estimate of o200k tokens that needs no vocabulary of 200,000 entries: a text is cut much as the encoding cuts it,
 * digits and white space are counted as they are, common English words count one, and every other run has a cost by its
 * length, its letters and its script, set so that no running text of any script, code or numbers comes out below the real
 * count. On English prose it is a few per cent above.
 */
export function estimateTokens(text: string): number {
  return text === "" ? 0 : Math.ceil(measureTokens(text) + 1);
}

/** The same without rounding up, for adding up the lines of one text. */
export function measureTokens(text: string): number {
  let tokens = 0;
  let words = 0;
  let unknown = 0;
  let foreign = 0;
  let at = 0;
  const end = text.length;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (isLetter(code)) {
      const start = at;
      // As the encoding does it: capitals, then small letters (`HTMLPart` is one run, `camelCase` two).
      while (at < end && isUpper(text.charCodeAt(at))) at += 1;
      const capitals = at - start;
      while (at < end && isLower(text.charCodeAt(at))) at += 1;
      const before = start === 0 ? NEWLINE : text.charCodeAt(start - 1);
      const word = text.slice(start, at);
      const length = at - start;
      const tail = contractionAt(text, at);
      if (tail > 0) {
        // `I'm` and `don't` are one token each, as most of the kind; a name's `'s` is one more.
        at += tail;
        tokens += CONTRACTED.has(word.toLowerCase()) ? 0.05 : 1;
      }
      if (length === 1) tokens += 1;
      else if (capitals === length) tokens += capitalsCost(length);
      else if (capitals <= 1 && isCommon(word, capitals)) {
        words += 1;
        tokens += before === SPACE ? 1.005 : before === NEWLINE ? 1.05 : 1.2;
      } else {
        const odd = oddness(word);
        words += 1;
        unknown += 1;
        tokens +=
          unknownCost(length, odd, capitals) +
          (before === SPACE ? 0 : before === NEWLINE ? 0.1 : 0.4);
        foreign += foreignCost(length, odd);
      }
    } else if (isDigit(code)) {
      const start = at;
      while (at < end && isDigit(text.charCodeAt(at))) at += 1;
      tokens += Math.ceil((at - start) / 3);
    } else if (code === SPACE) {
      const start = at;
      while (at < end && text.charCodeAt(at) === SPACE) at += 1;
      const next = at < end ? text.charCodeAt(at) : NEWLINE;
      // The last space goes with the word or the mark after it, but never with a digit.
      tokens += at - start > 1 ? 1 : isDigit(next) || isBreak(next) ? 1 : 0;
    } else if (isBreak(code)) {
      const start = at;
      while (at < end && isBreak(text.charCodeAt(at))) at += 1;
      // One line end goes with the mark before it.
      tokens += at - start === 1 && start > 0 && isMark(text.charCodeAt(start - 1)) ? 0.02 : 1;
    } else if (code < 128) {
      // At least one: a control character is no mark, and must not be looked at for ever.
      const start = at;
      do at += 1;
      while (at < end && isMark(text.charCodeAt(at)));
      tokens += marksCost(text, start, at - start);
    } else {
      const start = at;
      let cost = 0;
      while (at < end && text.charCodeAt(at) > 127) {
        const point = text.codePointAt(at) ?? 0;
        cost += scriptCost(point);
        at += point > 0xffff ? 2 : 1;
      }
      tokens += Math.max(start === 0 || text.charCodeAt(start - 1) === SPACE ? 1.2 : 1, cost);
    }
  }
  // Few common words among many: another language in Latin letters, whose words fall into more pieces.
  const strange = words < 4 ? 0.3 : Math.min(1, Math.max(0, (unknown / words - 0.22) / 0.2));
  return tokens + strange * foreign;
}

/** Length of a contraction's tail (`'m`, `'re`) at this place, 0 where there is none. */
function contractionAt(text: string, at: number): number {
  if (text[at] !== "'" && text[at] !== "\u2019") return 0;
  const found = /^['\u2019](?:s|t|re|ve|m|ll|d)(?![a-z])/i.exec(text.slice(at, at + 4));
  // A curly apostrophe is a token more.
  return found === null || text[at] !== "'" ? 0 : found[0].length;
}

const CONTRACTED: ReadonlySet<string> = new Set(
  "i you he she it we they that what there here who let don doesn didn isn wasn weren aren haven hasn hadn can won couldn wouldn shouldn".split(
    " ",
  ),
);

const SPACE = 32;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;

const COMMON: ReadonlySet<string> = new Set(unpack());
/** Runs of three letters that common words have, ends marked: a word without such runs falls into small pieces. */
const USUAL = usualRuns();

function unpack(): string[] {
  let before = "";
  return (COMMON_WORDS.match(/[A-Z][a-z]*/g) ?? []).map(
    (entry) => (before = before.slice(0, entry.charCodeAt(0) - 65) + entry.slice(1)),
  );
}

function usualRuns(): Uint8Array {
  const runs = new Uint8Array(27 ** 3);
  for (const word of COMMON) eachRun(word, (run) => (runs[run] = 1));
  return runs;
}

/** Numbers of a word's runs of three letters, ends counted as a letter of their own. */
function eachRun(word: string, visit: (run: number) => void): void {
  let run = 0;
  for (let at = 0; at <= word.length; at += 1) {
    // Both cases of an ASCII letter give the same number, 1 to 26.
    run = (run * 27 + (at === word.length ? 0 : word.charCodeAt(at) & 31)) % 19_683;
    if (at > 0) visit(run);
  }
}

/** A common word, or a regular form of one. */
function isCommon(word: string, capitals: number): boolean {
  const plain = capitals === 0 ? word : word.toLowerCase();
  if (COMMON.has(plain)) return true;
  if (plain.length < 5) return false;
  if (plain.endsWith("s")) return COMMON.has(plain.slice(0, -1));
  if (plain.endsWith("ed")) return COMMON.has(plain.slice(0, -1)) || COMMON.has(plain.slice(0, -2));
  if (plain.endsWith("ing"))
    return COMMON.has(plain.slice(0, -3)) || COMMON.has(`${plain.slice(0, -3)}e`);
  return plain.endsWith("ly") && COMMON.has(plain.slice(0, -2));
}

/** Share of a word's runs of three letters that no common word has. */
function oddness(word: string): number {
  let odd = 0;
  eachRun(word, (run) => {
    if (USUAL[run] !== 1) odd += 1;
  });
  return odd / word.length;
}

function unknownCost(length: number, odd: number, capitals: number): number {
  return (
    1.12 +
    0.04 * Math.max(0, length - 4) +
    0.72 * length * Math.max(0, odd - 0.25) +
    (capitals === 1 ? 0.3 : capitals * 0.4)
  );
}

/** What a word costs more where the text around it is no English. */
function foreignCost(length: number, odd: number): number {
  return 0.11 * Math.max(0, length - 2) + odd;
}

function capitalsCost(length: number): number {
  return length <= 2 ? 1.3 : 1.3 + 0.63 * (length - 2);
}

function marksCost(text: string, start: number, length: number): number {
  if (length === 1) return 1;
  const first = text.charCodeAt(start);
  let same = true;
  for (let at = start + 1; at < start + length; at += 1)
    if (text.charCodeAt(at) !== first) same = false;
  if (same) return length <= 4 ? 1.2 : 1.2 + length / 8;
  return 0.8 * length + 0.2;
}

/** Tokens a character of running text costs, by script, above the average of each. */
const SCRIPTS: readonly (readonly [below: number, cost: number])[] = [
  [0x00c0, 1.2],
  [0x0250, 0.6],
  [0x0300, 1],
  [0x0370, 0.9],
  [0x0400, 0.47],
  [0x0530, 0.43],
  [0x0590, 0.7],
  [0x0600, 0.6],
  [0x0780, 0.5],
  [0x0900, 1.5],
  [0x0980, 0.6],
  [0x0e00, 0.7],
  [0x0e80, 0.6],
  [0x1000, 1],
  [0x10a0, 0.9],
  [0x1100, 0.7],
  [0x1200, 2],
  [0x13a0, 2.5],
  [0x1e00, 2],
  [0x1f00, 0.9],
  [0x2000, 1.2],
  [0x2070, 1],
  [0x2200, 1.7],
  [0x2e80, 2],
  [0x3000, 2],
  [0x3100, 0.8],
  [0xa000, 0.95],
  [0xac00, 2],
  [0xd7b0, 0.8],
  [0xfe00, 2],
  [0xffff, 1.3],
  [0x1f000, 3.4],
  [0x20000, 3],
];

function scriptCost(point: number): number {
  for (const [below, cost] of SCRIPTS) if (point < below) return cost;
  return 4;
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}

function isLetter(code: number): boolean {
  return isUpper(code) || isLower(code);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isBreak(code: number): boolean {
  return code === NEWLINE || code === RETURN || code === TAB;
}

function isMark(code: number): boolean {
  return code > SPACE && code < 128 && !isLetter(code) && !isDigit(code);
}

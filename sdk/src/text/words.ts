import { stemmer } from "stemmer";
import { ENGLISH_BASE_FORMS, ENGLISH_STOP_WORDS } from "./english.ts";

const RUN = /[\p{L}\p{M}\p{N}]+(?:['’ʼ][\p{L}\p{M}\p{N}]+)*/gu;
/** The same in a text of ASCII in lower case. */
const ASCII_RUN = /[a-z\d]+(?:'[a-z\d]+)*/g;
/** Scripts that put no space between words. Korean does, and is not among them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const NON_ASCII = /[^\x00-\x7f]/;
const ASCII_WORD = /^[a-z]{3,}$/;
/** Accents, on Latin letters only: elsewhere the mark makes another letter (й, が). */
const LATIN_ACCENTS = /(?<=\p{Script=Latin})[\u0300-\u036f]+/gu;
/** Longer runs are keys, hashes, base64: their head is enough to find them again, and the dictionary stays small. */
export const LONGEST_TERM = 40;

/**
 * The words of a text in order, lower case, of any script. Contractions lose their tail (`doesn't` -> `does`, `Ann's` -> `ann`),
 * elisions their head (`l'école` -> `école`, `dell'acqua` -> `acqua`). Scripts without spaces are cut by `Intl.Segmenter`.
 */
export function words(text: string): string[] {
  if (!NON_ASCII.test(text))
    return (text.toLowerCase().match(ASCII_RUN) ?? []).map(withoutApostrophe);
  const found: string[] = [];
  let segmenter: Intl.Segmenter | undefined;
  for (const run of text.normalize("NFKC").toLowerCase().match(RUN) ?? []) {
    if (NON_ASCII.test(run) && UNSPACED.test(run)) {
      // One a text: making one costs more than cutting a run.
      segmenter ??= new Intl.Segmenter("und", { granularity: "word" });
      found.push(...segments(run, segmenter));
    } else found.push(withoutApostrophe(run));
  }
  return found;
}

function withoutApostrophe(run: string): string {
  let at = 0;
  while (at < run.length && !isApostrophe(run.charCodeAt(at))) at += 1;
  if (at === run.length) return run;
  const head = run.slice(0, at);
  const tail = run.slice(at + 1);
  if (tail === "t" && head.length > 2 && head.endsWith("n"))
    return head === "can" ? head : head.slice(0, -1);
  return tail.length >= 3 && (head.length <= 2 || ELIDED.has(head))
    ? withoutApostrophe(tail)
    : head;
}

/** `'`, `’` or `ʼ`. */
function isApostrophe(code: number): boolean {
  return code === 0x27 || code === 0x2019 || code === 0x2bc;
}

/** Longer words that lose their end before a vowel, in Italian, French and Catalan: the noun stands behind them. */
const ELIDED: ReadonlySet<string> = new Set(
  "all dall dell nell sull coll quell bell sant jusqu lorsqu puisqu quoiqu quelqu".split(" "),
);

function segments(run: string, segmenter: Intl.Segmenter): string[] {
  const cut: string[] = [];
  for (const part of segmenter.segment(run)) if (part.isWordLike === true) cut.push(part.segment);
  return cut;
}

/** Whether a lower-case word is an English function word. */
export function isStopWord(word: string): boolean {
  return ENGLISH_STOP_WORDS.has(word);
}

/**
 * The form of a lower-case word that the index knows it by: accents off Latin letters, irregular English forms at their base,
 * English suffixes cut (Porter). Words of other scripts stay as they are.
 */
export function stem(word: string): string {
  const folded = withoutAccents(word);
  if (!ASCII_WORD.test(folded)) return folded.slice(0, LONGEST_TERM);
  return stemmer(ENGLISH_BASE_FORMS.get(folded) ?? folded).slice(0, LONGEST_TERM);
}

/** A word without the accents of its Latin letters. */
export function withoutAccents(word: string): string {
  return NON_ASCII.test(word)
    ? word.normalize("NFD").replace(LATIN_ACCENTS, "").normalize("NFC")
    : word;
}

/** The stems of a text's words without stop words, in order, repeats kept. */
export function terms(text: string): string[] {
  const found: string[] = [];
  for (const word of words(text)) if (!isStopWord(word)) found.push(stem(word));
  return found;
}

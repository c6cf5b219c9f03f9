import { isStopWord, stem, words } from "./words.ts";

/**
 * The version of the way texts are cut into index terms. Raised with every change of it: what was indexed under an older one is
 * read as it is, and made anew from its records when there is time.
 */
export const ANALYZER = 4;
/** The same for what was cut while the stemmer of its language was not at hand: it lacks the stems, and nothing else. */
export const UNSTEMMED_ANALYZER = 3;

/** Written without spaces, or with particles grown onto the word: pairs of letters find a word inside a longer one. */
const PAIRED = /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Katakana}\u30fc]{3,}$/u;
const NON_ASCII = /[^\x00-\x7f]/;
/** Emoji with what joins or modifies them, and flags; not the marks for rights and brands. */
const SIGN =
  /\p{Regional_Indicator}{2}|(?![\u00a9\u00ae\u2122])\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic})*/gu;
/** What a sign may have or not without being another: colour of skin, and the mark for a coloured glyph. */
const SIGN_VARIANTS = /\ufe0f|\p{Emoji_Modifier}/gu;
const MOOD =
  /^[\u{1f600}-\u{1f64f}\u{1f90c}-\u{1f92f}\u{1f970}-\u{1f97a}\u{1fae0}-\u{1faf8}\u{1f44a}-\u{1f450}\u{1f493}-\u{1f49f}\u{1f4aa}\u{1f4af}\u{1f389}\u{1f38a}\u{1f525}\u2728\u2764]/u;

/**
 * What the index knows a text in any language by: stems of its words without stop words, and its signs; repeats kept. `cut`: `termsOrNone`,
 * or what knows its answers.
 */
export function indexTerms(
  text: string,
  spoken: readonly string[] = words(text),
  cut: (word: string) => readonly string[] = termsOrNone,
): string[] {
  const found: string[] = [];
  for (const word of spoken) for (const term of cut(word)) found.push(term);
  if (NON_ASCII.test(text)) found.push(...signs(text));
  return found;
}

const NONE: readonly string[] = [];

/** The index terms of one lower-case word of a text, of which a stop word has none. */
export function termsOrNone(word: string): readonly string[] {
  return isStopWord(word) ? NONE : termsOf(word);
}

/** The index terms of one lower-case word: its stem, or its pairs of letters where words run together. */
export function termsOf(word: string): readonly string[] {
  if (!NON_ASCII.test(word) || !PAIRED.test(word)) return [stem(word)];
  const pairs: string[] = [];
  const letters = Array.from(word);
  for (let at = 0; at + 1 < letters.length; at += 1)
    pairs.push(`${letters[at] ?? ""}${letters[at + 1] ?? ""}`);
  return pairs;
}

/** The emoji and flags of a text that name a thing, in their plain form. Faces, hearts and applause only colour what is said. */
export function signs(text: string): string[] {
  return (text.match(SIGN) ?? [])
    .map((sign) => sign.replace(SIGN_VARIANTS, ""))
    .filter((sign) => !MOOD.test(sign));
}

/** Zero-width, bidi and other format characters: invisible, so two texts that differ only in them read the same. */
const INVISIBLE = /\p{Cf}/gu;
const NON_ASCII = /[^\x00-\x7f]/;
/** White space that is not one space between two words. */
const UNEVEN = /[^\S ]|\s\s/u;

/** One spelling for texts that read the same: NFKC, lower case, no invisible characters, single spaces. For comparing, not for showing. */
export function normalizeText(text: string): string {
  // Of plain text, which most is, nothing but the case may change: to look is a tenth of the work.
  const plain = NON_ASCII.test(text) ? text.normalize("NFKC").replace(INVISIBLE, "") : text;
  const lower = plain.toLowerCase();
  return (UNEVEN.test(lower) ? lower.replace(/\s+/gu, " ") : lower).trim();
}

/** Zero-width, bidi and other format characters: invisible, so two texts that differ only in them read the same. */
const INVISIBLE = /\p{Cf}/gu;

/** One spelling for texts that read the same: NFKC, lower case, no invisible characters, single spaces. For comparing, not for showing. */
export function normalizeText(text: string): string {
  return text.normalize("NFKC").replace(INVISIBLE, "").toLowerCase().replace(/\s+/gu, " ").trim();
}

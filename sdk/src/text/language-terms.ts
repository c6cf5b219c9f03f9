/**
 * How the index tells the stem of a language from its other terms: `de:haus` stands beside `haus`. No word, no pair of letters and no
 * sign has a colon, and every language has two letters.
 */
export function languageTerm(language: string, stem: string): string {
  return `${language}:${stem}`;
}

/** The language of such a term, `null` for all others. */
export function languageOfTerm(term: string): string | null {
  return term[2] === ":" ? term.slice(0, 2) : null;
}

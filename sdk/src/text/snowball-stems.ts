import { createStems, type Stems } from "./stems.ts";
import type SnowballStemmer from "./snowball/german-stemmer.js";

type Load = () => Promise<{ readonly default: new () => SnowballStemmer }>;

/** Snowball's stemmers by language (ISO 639-1), each a chunk of its own. */
const STEMMERS: Readonly<Record<string, Load>> = {
  de: () => import("./snowball/german-stemmer.js"),
  fr: () => import("./snowball/french-stemmer.js"),
  es: () => import("./snowball/spanish-stemmer.js"),
  it: () => import("./snowball/italian-stemmer.js"),
  pt: () => import("./snowball/portuguese-stemmer.js"),
  nl: () => import("./snowball/dutch-stemmer.js"),
  sv: () => import("./snowball/swedish-stemmer.js"),
  no: () => import("./snowball/norwegian-stemmer.js"),
  da: () => import("./snowball/danish-stemmer.js"),
  fi: () => import("./snowball/finnish-stemmer.js"),
  pl: () => import("./snowball/polish-stemmer.js"),
  cs: () => import("./snowball/czech-stemmer.js"),
  ro: () => import("./snowball/romanian-stemmer.js"),
  hu: () => import("./snowball/hungarian-stemmer.js"),
  tr: () => import("./snowball/turkish-stemmer.js"),
  ru: () => import("./snowball/russian-stemmer.js"),
  el: () => import("./snowball/greek-stemmer.js"),
  ar: () => import("./snowball/arabic-stemmer.js"),
  hi: () => import("./snowball/hindi-stemmer.js"),
};

/** Languages that have a stemmer. */
export const STEMMED_LANGUAGES: readonly string[] = Object.keys(STEMMERS);

/** The stemmer of a language. Rejects where its chunk cannot be had. */
export async function fetchStemmer(language: string): Promise<(word: string) => string> {
  const load = STEMMERS[language];
  if (load === undefined) throw new RangeError(`No stemmer for ${language}.`);
  const { default: Stemmer } = await load();
  const stemmer = new Stemmer();
  return (word) => stemmer.stemWord(word);
}

/** Snowball's stems, each stemmer fetched when it is needed. */
export function snowballStems(): Stems {
  return createStems({ fetchStemmer, clock: () => performance.now() });
}

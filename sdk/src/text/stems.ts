import { languageTerm } from "./language-terms.ts";
import { isFunctionWord, latinLanguage } from "./languages.ts";
import { isStopWord, LONGEST_TERM, withoutAccents } from "./words.ts";

type Stem = (word: string) => string;

/**
 * Stems of languages other than English, one stemmer a language, each fetched when a text or a vault shows its language. Until it is there
 * texts of that language are known by their plain words and letters alone.
 */
export interface Stems {
  /** The languages with a stemmer that words of this text are in. */
  languagesOf(spoken: readonly string[]): ReadonlySet<string>;
  /**
   * What the index knows the lower-case words of a text by, beside their plain terms; repeats kept. `whole`: no stemmer for it is missing.
   */
  termsOf(spoken: readonly string[]): {
    readonly terms: readonly string[];
    readonly whole: boolean;
  };
  /** The terms by which texts in any of these languages may hold a word, in that form or in another. */
  formsOf(word: string, languages: Iterable<string>): readonly string[];
  /** Fetches what is not there. Resolves when all are there or have failed, or after `patience` milliseconds; never rejects. */
  load(languages: Iterable<string>, patience: number): Promise<void>;
  /** Some stemmer was asked for and is not there. */
  readonly isLacking: boolean;
}

export interface StemsDeps {
  readonly fetchStemmer: (language: string) => Promise<Stem>;
  /** Milliseconds, rising. */
  readonly clock: () => number;
}

/** A stemmer that could not be fetched is asked for again after this long, doubled each time. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Scripts that say which language a word is in, or nearly. First and last letter of their blocks. */
const SCRIPTS: readonly (readonly [language: string, first: number, last: number])[] = [
  ["el", 0x370, 0x3ff],
  ["ru", 0x400, 0x4ff],
  ["ar", 0x600, 0x6ff],
  ["hi", 0x900, 0x97f],
];
/** Letters of other languages in those scripts, for which there is no stemmer: Ukrainian, Belarusian, Serbian; Persian, Urdu. */
const OTHERS: Readonly<Record<string, RegExp>> = {
  ru: /[іїєґўјљњћџђ]/,
  ar: /[\u067e\u0686\u0698\u06af\u06a9\u06cc\u0679\u0688\u0691\u06d2\u06c1]/,
};
const LAST_LATIN = 0x24f;
const LETTERS = /^[\p{L}\p{M}]{2,}$/u;
/** What the lower case of a Turkish capital I with its dot keeps of it. */
const DOT_ABOVE = /\u0307/g;

export function createStems({ fetchStemmer, clock }: StemsDeps): Stems {
  const stemmers = new Map<string, Stem>();
  const loading = new Map<string, Promise<void>>();
  const failures = new Map<string, { readonly times: number; readonly again: number }>();

  const fetchOne = (language: string): Promise<void> | null => {
    if (stemmers.has(language)) return null;
    const under = loading.get(language);
    if (under !== undefined) return under;
    const before = failures.get(language);
    if (before !== undefined && clock() < before.again) return null;
    const times = (before?.times ?? 0) + 1;
    const started = fetchStemmer(language)
      .then(
        (stem) => {
          stemmers.set(language, stem);
          failures.delete(language);
        },
        () => {
          const wait = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (times - 1));
          failures.set(language, { times, again: clock() + wait });
        },
      )
      .finally(() => loading.delete(language));
    loading.set(language, started);
    return started;
  };

  return {
    languagesOf: (spoken) => readLanguages(spoken).all,
    termsOf(spoken) {
      const { languageOf, all } = readLanguages(spoken);
      const terms: string[] = [];
      if (all.size > 0)
        for (const word of spoken) {
          const language = languageOf(word);
          const stem = language === null ? undefined : stemmers.get(language);
          if (language === null || stem === undefined) continue;
          if (!isStopWord(word) && !isFunctionWord(language, word))
            terms.push(termOf(language, stem, word));
        }
      return { terms, whole: [...all].every((language) => stemmers.has(language)) };
    },
    formsOf(word, languages) {
      const script = LETTERS.test(word) ? scriptOf(word) : null;
      if (script === null) return [];
      const forms = new Set<string>();
      for (const language of languages) {
        const stem = stemmers.get(language);
        if (stem === undefined || (script === "latin") === isOfScript(language)) continue;
        if (script !== "latin" && script !== language) continue;
        forms.add(termOf(language, stem, word));
        // Typed without its accents, or the text was.
        forms.add(termOf(language, stem, withoutAccents(word)));
      }
      return [...forms];
    },
    async load(languages, patience) {
      const due = [...new Set(languages)].flatMap((language) => fetchOne(language) ?? []);
      if (due.length === 0) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tooLong = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience);
      });
      await Promise.race([Promise.all(due), tooLong]);
      clearTimeout(timer);
    },
    get isLacking() {
      return loading.size > 0 || failures.size > 0;
    },
  };
}

/** In which languages words of a text are: by their script where it says so, else all in the one that the text's function words tell. */
function readLanguages(spoken: readonly string[]): {
  readonly all: ReadonlySet<string>;
  languageOf(word: string): string | null;
} {
  const latin = latinLanguage(spoken, isStopWord);
  const all = new Set<string>();
  const foreign = new Set<string>();
  for (const word of spoken) {
    const script = scriptOf(word);
    if (script !== null && OTHERS[script]?.test(word) === true) foreign.add(script);
  }
  const languageOf = (word: string): string | null => {
    const script = scriptOf(word);
    const language = script === "latin" ? latin : script;
    return language !== null && !foreign.has(language) && LETTERS.test(word) ? language : null;
  };
  for (const word of spoken) {
    const language = languageOf(word);
    if (language !== null) all.add(language);
  }
  return { all, languageOf };
}

/** `latin`, the language that a script tells, or `null` where no stemmer reads it. */
function scriptOf(word: string): string | null {
  const code = word.charCodeAt(0);
  if (code <= LAST_LATIN) return "latin";
  return SCRIPTS.find(([, first, last]) => code >= first && code <= last)?.[0] ?? null;
}

function isOfScript(language: string): boolean {
  return SCRIPTS.some(([one]) => one === language);
}

function termOf(language: string, stem: Stem, word: string): string {
  const cut = stem(word.replace(DOT_ABOVE, ""));
  return languageTerm(language, withoutAccents(cut).slice(0, LONGEST_TERM));
}

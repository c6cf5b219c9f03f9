import type { RecordDraft } from "../domain/stored-record.ts";
import { ANALYZER, termsOrNone, UNSTEMMED_ANALYZER } from "../text/index-terms.ts";
import type { Stems } from "../text/stems.ts";
import { words } from "../text/words.ts";
import { entryFrom, type DocumentEntry } from "./document-entry.ts";

/** Makes the entries of documents, with the stemmers that their languages need where these can be had. */
export interface DocumentCutter {
  /** With the stemmers that are there. */
  entryOf(draft: RecordDraft): DocumentEntry;
  /** Sees to it that `entryOf` has what these texts need. Waits a moment at most: a text goes into the index in any case. */
  ready(texts: Iterable<string>): Promise<void>;
  /** The index holds texts in these languages, so requests will need their stemmers. */
  expect(languages: ReadonlySet<string>): void;
  /** Texts were forgotten: words that were met in them are kept no longer. */
  forget(): void;
  /** What an older analyzer than this cut could be cut better now. */
  readonly analyzer: number;
}

/** A write waits no longer than this for the stemmer of a language that the vault meets for the first time. */
const PATIENCE_MS = 1_000;
/** Words whose terms are known: texts are mostly of the same few thousand. */
const MOST_WORDS = 10_000;

export function createDocumentCutter(loadStems: () => Promise<Stems | null>): DocumentCutter {
  let stems: Stems | null = null;
  /** Of the texts that `ready` looked at last: their words are what takes longest to find. */
  let spokenOf = new Map<string, readonly string[]>();
  const reach = async (): Promise<Stems | null> => (stems ??= await loadStems().catch(() => null));
  const known = new Map<string, readonly string[]>();
  const cut = (word: string): readonly string[] => {
    let terms = known.get(word);
    if (terms === undefined) {
      terms = termsOrNone(word);
      if (known.size >= MOST_WORDS) known.clear();
      known.set(word, terms);
    }
    return terms;
  };
  return {
    entryOf(draft) {
      const spoken = spokenOf.get(draft.text);
      spokenOf.delete(draft.text);
      return entryFrom(draft, stems, cut, spoken);
    },
    async ready(texts) {
      const at = stems ?? (await reach());
      spokenOf = new Map([...texts].map((text) => [text, words(text)]));
      const languages = [...spokenOf.values()].flatMap((spoken) => [
        ...(at?.languagesOf(spoken) ?? []),
      ]);
      await at?.load(languages, PATIENCE_MS);
    },
    forget() {
      known.clear();
      spokenOf.clear();
    },
    expect(languages) {
      if (languages.size > 0) void reach().then((at) => at?.load(languages, PATIENCE_MS));
    },
    get analyzer() {
      return stems === null || stems.isLacking ? UNSTEMMED_ANALYZER : ANALYZER;
    },
  };
}

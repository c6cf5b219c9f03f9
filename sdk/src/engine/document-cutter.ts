import type { RecordDraft } from "../domain/stored-record.ts";
import { ANALYZER, UNSTEMMED_ANALYZER } from "../text/index-terms.ts";
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
  /** What an older analyzer than this cut could be cut better now. */
  readonly analyzer: number;
}

/** A write waits no longer than this for the stemmer of a language that the vault meets for the first time. */
const PATIENCE_MS = 1_000;

export function createDocumentCutter(loadStems: () => Promise<Stems | null>): DocumentCutter {
  let stems: Stems | null = null;
  const reach = async (): Promise<Stems | null> => (stems ??= await loadStems().catch(() => null));
  return {
    entryOf: (draft) => entryFrom(draft, stems),
    async ready(texts) {
      const at = stems ?? (await reach());
      const languages = new Set<string>();
      if (at !== null)
        for (const text of texts)
          for (const language of at.languagesOf(words(text))) languages.add(language);
      await at?.load(languages, PATIENCE_MS);
    },
    expect(languages) {
      if (languages.size > 0) void reach().then((at) => at?.load(languages, PATIENCE_MS));
    },
    get analyzer() {
      return stems === null || stems.isLacking ? UNSTEMMED_ANALYZER : ANALYZER;
    },
  };
}

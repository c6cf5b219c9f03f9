import type { FormsOf } from "./query.ts";
import type { RecallParts } from "./read-rows.ts";

/** A request waits no longer than this for a stemmer: without it, plain words and letters find most forms. */
const PATIENCE_MS = 150;

/** How a word may stand in the languages that the vault holds. Nothing is loaded where it holds English alone. */
export async function vaultForms({
  index,
  loadStems,
}: Pick<RecallParts, "index" | "loadStems">): Promise<FormsOf | undefined> {
  const { languages } = index;
  if (languages.size === 0 || loadStems === undefined) return undefined;
  try {
    const stems = await loadStems();
    await stems.load(languages, PATIENCE_MS);
    return (word) => stems.formsOf(word, languages);
  } catch {
    return undefined;
  }
}

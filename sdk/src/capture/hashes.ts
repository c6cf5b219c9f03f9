import { hashText } from "../text/hash.ts";
import { normalizeText } from "../text/normalize.ts";
import { terms } from "../text/words.ts";
import { saltOf } from "./text-hash.ts";

/** Words looked at for a near hash; texts that differ only behind them count as near duplicates of each other. */
const NEAR_LIMIT = 40_000;

/**
 * Equal for texts with the same content words as often, in any order; never equal between two users. A text without content
 * words ("yes", "and you?") falls back to its wording, so that small talk is not all one.
 */
export function nearHashOf(text: string, user: string | undefined): string {
  const stems = terms(text.slice(0, NEAR_LIMIT));
  const negated = (NEGATION.test(text) ? "not\n" : "") + (/[?？]\s*$/.test(text) ? "asks\n" : "");
  return stems.length === 0
    ? hashText(`${saltOf(user)}w\n${normalizeText(text)}`)
    : hashText(`${saltOf(user)}n\n${negated}${stems.toSorted().join("\n")}`);
}

/** A question is no repetition of its answer; and "I like it" and "I don't like it" share every content word, and are no near duplicates. */
const NEGATION = /\b(?:not|never|no longer|cannot|without)\b|n['\u2019]t\b/i;

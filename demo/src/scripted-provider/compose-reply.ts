import type { Evidence, RequestEvidence } from "./read-evidence.ts";

const MOST_QUOTES = 3;

/**
 * The reply of a model without a mind: it quotes what stands in the request, the lines that share most words with the question
 * first, and says so when there is nothing to quote.
 */
export function composeReply({ question, given, earlier }: RequestEvidence): string {
  if (question === "") return "Your message was empty, so there is nothing to look for.";
  const pool = given.length > 0 ? prefersPeople(given) : [];
  const asks = /\?\s*$/u.test(question);
  const related = rank(question, asks || pool.length > 0 ? [...pool, ...earlier] : []);
  if (related.length > 0) return quoting(related.slice(0, MOST_QUOTES));
  if (pool.length > 0) {
    return `${quoting(pool.slice(0, MOST_QUOTES))}\n\nYour message uses none of these words; they were put beside it all the same.`;
  }
  if (asks) {
    return "I know nothing about that. The request held your question and nothing that could answer it. I am a scripted stand-in: I can only quote what I am given.";
  }
  return "I am a scripted stand-in and have nothing to add to that. Start a new chat and ask about it, to see whether it comes back.";
}

/** What people said comes before what a model answered: an old answer of this model is only a quote of a quote. */
function prefersPeople(lines: readonly Evidence[]): readonly Evidence[] {
  const people = lines.filter((line) => line.speaker !== "assistant");
  return people.length > 0 ? people : lines;
}

function quoting(lines: readonly Evidence[]): string {
  const [first, ...rest] = lines;
  if (first === undefined) return "";
  const opening =
    first.date === null
      ? `${who(first)}: “${plainQuote(first.text)}”`
      : `${who(first)}, on ${first.date}: “${plainQuote(first.text)}”`;
  if (rest.length === 0) return `${opening} That is what I was given about it.`;
  return `${opening}\n\nAnd also: ${rest.map((line) => `“${plainQuote(line.text)}”`).join(" ")}`;
}

function who(line: Evidence): string {
  if (line.speaker === "user") return "You told me";
  return line.speaker === "assistant" ? "I said before" : `From “${line.name}”`;
}

function plainQuote(text: string): string {
  return text.replaceAll("“", "‘").replaceAll("”", "’").trim();
}

/** Lines that share words with the question, best first; a word that stands in many lines counts less. */
function rank(question: string, lines: readonly Evidence[]): readonly Evidence[] {
  const asked = wordsOf(question);
  const sets = lines.map((line) => wordsOf(line.text));
  const seen = new Set<string>();
  return lines
    .map((line, at) => {
      let score = 0;
      for (const word of asked) {
        if (!sets[at]?.has(word)) continue;
        score += Math.log(1 + lines.length / sets.filter((set) => set.has(word)).length);
      }
      return { line, score };
    })
    .filter(({ line, score }) => score > 0 && !seen.has(line.text) && seen.add(line.text))
    .toSorted((a, b) => b.score - a.score)
    .map(({ line }) => line);
}

/** Words of four letters and more, cut to their first five: enough for "hikes" to meet "hiking" in no language in particular. */
function wordsOf(text: string): Set<string> {
  const words =
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]{4,}/gu) ?? [];
  return new Set(words.map((word) => word.slice(0, 5)));
}

import { describe, expect, test } from "vitest";
import { snowballStems, STEMMED_LANGUAGES } from "../../src/text/snowball-stems.ts";
import { INFLECTED_WORDS, type InflectedWords } from "./inflected-words.ts";
import { recallOver } from "./recall-vault.ts";

const factsOf = ({ pairs, fact }: InflectedWords): string[] => pairs.map(([, said]) => fact(said));

/** All languages in one vault, and English. */
const EVERYTHING = [
  ...INFLECTED_WORDS.flatMap(factsOf),
  "I bought a house near the station.",
  "The cat sleeps on the chair.",
  "We walked along the river and talked about the letters.",
].map((text) => ({ text }));

/**
 * The pairs of which what was said does not come first. Kin languages share words, and in this vault each of them says each: no other
 * text may be a better match than the one looked for.
 */
async function missedOf(
  { pairs, fact }: InflectedWords,
  ask: (form: string) => string,
  recall: ReturnType<typeof recallOver>,
): Promise<readonly string[]> {
  const missed: string[] = [];
  for (const [asked, said] of pairs) {
    const { memories } = await recall([{ role: "user", text: ask(asked) }]);
    const top = memories.filter(({ score }) => score === memories[0]?.score);
    if (!top.some(({ text }) => text === fact(said))) missed.push(`${asked} ${said}`);
  }
  return missed;
}

const alone = (form: string): string => form;

describe("words in another form", { timeout: 60_000 }, () => {
  const stems = snowballStems();
  const stemmed = recallOver(EVERYTHING, () => Promise.resolve(stems));
  const plain = recallOver(EVERYTHING);

  test("every language that has a stemmer has its words here", () => {
    expect(INFLECTED_WORDS.map(({ code }) => code).toSorted()).toEqual(
      STEMMED_LANGUAGES.toSorted(),
    );
    for (const { pairs } of INFLECTED_WORDS) expect(pairs).toHaveLength(24);
  });

  test.each(INFLECTED_WORDS)("$language: found by another form", async (language) => {
    const asked = await missedOf(language, language.question, stemmed);
    expect(asked.length, asked.join(", ")).toBeLessThanOrEqual(3);
    // A word by itself does not say which language it is in.
    const short = await missedOf(language, alone, stemmed);
    expect(short.length, short.join(", ")).toBeLessThanOrEqual(6);
    const before = await missedOf(language, language.question, plain);
    expect(asked.length).toBeLessThan(before.length);
  });

  test("as many in all as the table in docs/recall.md says", async () => {
    const found = { asked: 0, askedPlain: 0, alone: 0, alonePlain: 0 };
    for (const language of INFLECTED_WORDS) {
      const count = async (ask: typeof alone, recall: typeof plain): Promise<number> =>
        language.pairs.length - (await missedOf(language, ask, recall)).length;
      found.asked += await count(language.question, stemmed);
      found.askedPlain += await count(language.question, plain);
      found.alone += await count(alone, stemmed);
      found.alonePlain += await count(alone, plain);
    }
    expect(found).toEqual({ asked: 431, askedPlain: 336, alone: 410, alonePlain: 123 });
  });

  test("English finds what it did", async () => {
    for (const recall of [plain, stemmed]) {
      const { memories } = await recall([{ role: "user", text: "Where did I buy houses?" }]);
      expect(memories[0]?.text).toBe("I bought a house near the station.");
    }
  });
});

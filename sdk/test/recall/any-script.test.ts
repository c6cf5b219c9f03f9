import { describe, expect, test } from "vitest";
import { recallOver } from "./recall-vault.ts";
import { JOINED_FACTS, SCRIPT_FACTS, SIGN_FACTS, type ScriptFacts } from "./script-facts.ts";

const factsOf = ({ things, places, fact }: ScriptFacts): string[] =>
  things.map((thing, at) => fact(thing, places[at] ?? ""));

function vaultOf(texts: readonly string[]): (text: string) => Promise<string | undefined> {
  const recall = recallOver(texts.map((text) => ({ text })));
  return async (text) => (await recall([{ role: "user", text }])).memories[0]?.text;
}

describe("in any script", () => {
  const bestOf = vaultOf([...SCRIPT_FACTS.flatMap(factsOf), ...SIGN_FACTS.map(([fact]) => fact)]);

  test.each(SCRIPT_FACTS)("$language: what a question names comes first", async (language) => {
    const facts = factsOf(language);
    expect(facts).toHaveLength(20);
    const found = [];
    for (const thing of language.things) found.push(await bestOf(language.question(thing)));
    expect(found).toEqual(facts);
  });

  test.each(SIGN_FACTS)("a sign is a word: %s", async (fact, question) => {
    expect(await bestOf(question)).toBe(fact);
  });

  test.each(JOINED_FACTS)(
    "a word inside a longer one, or in another form: %s",
    async (fact, question) => {
      const others = SCRIPT_FACTS.filter(
        ({ language }) => language !== "Chinese" && language !== "Japanese",
      ).flatMap(factsOf);
      expect(await vaultOf([...JOINED_FACTS.map(([joined]) => joined), ...others])(question)).toBe(
        fact,
      );
    },
  );
});

import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SUITE, SUITES, fromHex, toHex } from "./crypto.fixture.ts";
import { unpackWords } from "./english-words.ts";
import { newPhrase, parsePhrase, phraseOf, recoverySecrets } from "./phrase.ts";

/** BIP-39's own vectors. */
const VECTORS = [
  ["00".repeat(16), `${"abandon ".repeat(11)}about`],
  ["7f".repeat(16), "legal winner thank year wave sausage worth useful legal winner thank yellow"],
  [
    "80".repeat(16),
    "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
  ],
  ["ff".repeat(16), `${"zoo ".repeat(11)}wrong`],
  ["00".repeat(32), `${"abandon ".repeat(23)}art`],
  ["ff".repeat(32), `${"zoo ".repeat(23)}vote`],
] as const;
const PHRASE = VECTORS[1][1];

test.each(VECTORS)("BIP-39: %s", async (entropy, phrase) => {
  expect(await phraseOf(SUITE, fromHex(entropy))).toBe(phrase);
  expect(toHex(await parsePhrase(SUITE, phrase))).toBe(entropy);
});

test("reads and writes what the reference library does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .constantFrom(16, 32)
        .chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      async (entropy) => {
        const phrase = await phraseOf(SUITE, entropy);
        expect(phrase).toBe(entropyToMnemonic(entropy, [...wordlist]));
        expect(toHex(await parsePhrase(SUITE, phrase))).toBe(
          toHex(mnemonicToEntropy(phrase, [...wordlist])),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test("the words are those of BIP-39, in their order", async () => {
  const words = unpackWords();
  expect(words).toEqual(wordlist);
  // Of english.txt as the BIP publishes it.
  const file = new TextEncoder().encode(words.map((word) => `${word}\n`).join(""));
  expect(toHex(await SUITE.sha256(file))).toBe(
    "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda",
  );
});

test("a new phrase has the words that were asked for, and is new", async () => {
  expect((await newPhrase(SUITE)).split(" ").length).toBe(12);
  expect((await newPhrase(SUITE, 24)).split(" ").length).toBe(24);
  expect(await newPhrase(SUITE)).not.toBe(await newPhrase(SUITE));
});

test.each([
  ["upper case", PHRASE.toUpperCase()],
  ["lines", PHRASE.replaceAll(" ", "\n")],
  [
    "numbers",
    PHRASE.split(" ")
      .map((word, i) => `${i + 1}. ${word}`)
      .join("\r\n"),
  ],
  ["commas", `  ${PHRASE.replaceAll(" ", ", ")}.`],
  ["wide spaces", PHRASE.replaceAll(" ", "\u3000")],
  [
    "full-width letters",
    PHRASE.replaceAll(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  ],
  [
    "four letters a word",
    PHRASE.split(" ")
      .map((word) => word.slice(0, 4))
      .join(" "),
  ],
])("a phrase is read with %s", async (_, text) => {
  expect(toHex(await parsePhrase(SUITE, text))).toBe("7f".repeat(16));
});

describe("a wrong phrase", () => {
  test.each([
    ["nothing", "", { reason: "length", words: 0 }],
    ["eleven words", PHRASE.split(" ").slice(1).join(" "), { reason: "length", words: 11 }],
    ["fifteen words", `${PHRASE} legal winner thank`, { reason: "length", words: 15 }],
    ["a word of no list", PHRASE.replace("wave", "wafe"), { reason: "word", position: 5 }],
    [
      "a word cut to three letters",
      PHRASE.replace("yellow", "yel"),
      { reason: "word", position: 12 },
    ],
    ["a word too long", PHRASE.replace("wave", "waves"), { reason: "word", position: 5 }],
    ["another word of the list", PHRASE.replace("wave", "weasel"), { reason: "checksum" }],
    ["two words swapped", PHRASE.replace("thank year", "year thank"), { reason: "checksum" }],
  ])("%s", async (_, text, details) => {
    const error = await parsePhrase(SUITE, text).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "sync/phrase", details });
    expect(JSON.stringify(error) + (error as Error).message).not.toMatch(
      /legal|winner|wafe|weasel/,
    );
  });
});

test("the same keys come from a phrase, whichever implementation makes them", async () => {
  const entropy = fromHex("7f".repeat(16));
  const [one, two] = await Promise.all(SUITES.map(({ suite }) => recoverySecrets(suite, entropy)));
  expect(one?.signing.publicKey).toEqual(two?.signing.publicKey);
  expect(one?.sealing.publicKey).toEqual(two?.sealing.publicKey);
  expect(one?.signing.publicKey).not.toEqual(one?.sealing.publicKey);
});

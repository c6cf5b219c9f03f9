/**
 * Writes `src/text/common-words.ts`: the lower-case English words that the o200k encoding holds as one token with a space before
 * them, most common first by their place in the older English r50k vocabulary (its merge order follows frequency). Both
 * vocabularies are public and MIT-licensed, read from the development dependency gpt-tokenizer.
 *
 * Run: node sdk/bench/common-words.ts > sdk/src/text/common-words.ts
 */
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { decode } from "gpt-tokenizer/encoding/r50k_base";

const WORDS = 3600;
const VOCABULARY = 50_256;
const LINE = 118;

const words: string[] = [];
for (let token = 0; token < VOCABULARY && words.length < WORDS; token += 1) {
  const text = decode([token]);
  if (/^ [a-z]{2,}$/.test(text) && encode(text).length === 1) words.push(text.slice(1));
}
words.sort();

let before = "";
let packed = "";
for (const word of words) {
  let shared = 0;
  while (shared < 25 && shared < word.length && word[shared] === before[shared]) shared += 1;
  packed += String.fromCharCode(65 + shared) + word.slice(shared);
  before = word;
}
const lines = packed.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
process.stdout.write(
  [
    "/**",
    " * English words that are one token of o200k with a space before them, sorted; a capital letter starts a word and says how many",
    " * letters it shares with the one before (A none, B one, ...). Written by `sdk/bench/common-words.ts`, which names the source.",
    " */",
    "export const COMMON_WORDS =",
    ...lines.map((line, at) => `  "${line}"${at === lines.length - 1 ? ";" : " +"}`),
    "",
  ].join("\n"),
);

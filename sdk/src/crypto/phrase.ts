import { MemoryError } from "../domain/errors.ts";
import type { Bytes } from "../wire/bytes.ts";
import { KEY_BYTES } from "../wire/limits.ts";
import { tagged } from "../wire/tags.ts";
import type { KeyPair } from "./curves.ts";
import { derive } from "./key-schedule.ts";
import type { Suite } from "./suite.ts";

const BITS_PER_WORD = 11;
/** Words by length of the entropy in bytes; BIP-39 has more, which nobody is given here. */
const LENGTHS = new Map([
  [12, 16],
  [24, 32],
]);
/** No two words of the list share their first four letters. */
const UNIQUE_LETTERS = 4;

/** The keys that a phrase stands for. They are held while they are needed and kept nowhere. */
export interface RecoverySecrets {
  readonly signing: KeyPair;
  readonly sealing: KeyPair;
}

/** A new phrase of 12 words (128 bits), or 24 (256 bits). */
export async function newPhrase(suite: Suite, words: 12 | 24 = 12): Promise<string> {
  return phraseOf(suite, suite.random(words === 12 ? 16 : 32));
}

/** BIP-39: entropy and the first bits of its hash, eleven bits a word. */
export async function phraseOf(suite: Pick<Suite, "sha256">, entropy: Uint8Array): Promise<string> {
  const list = await wordList();
  const checksum = (await suite.sha256(entropy))[0] ?? 0;
  const bits = [...entropy, checksum].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const count = Math.floor((entropy.length * 8 * 33) / 32 / BITS_PER_WORD);
  return Array.from(
    { length: count },
    (_, i) => list[Number.parseInt(bits.slice(i * BITS_PER_WORD, (i + 1) * BITS_PER_WORD), 2)],
  ).join(" ");
}

/**
 * Reads a phrase as people type it: any case, any spaces, commas, numbers before the words, and the first four letters of a word for the
 * whole of it.
 *
 * @returns the entropy
 * @throws {MemoryError} `sync/phrase`; `details.reason` is `length` (with `words`), `word` (with `position`, from 1) or `checksum`
 */
export async function parsePhrase(suite: Pick<Suite, "sha256">, text: string): Promise<Bytes> {
  const words = phraseWords(text);
  const bytes = LENGTHS.get(words.length);
  if (bytes === undefined) {
    throw new MemoryError(
      "sync/phrase",
      `A recovery phrase has 12 or 24 words; there are ${words.length}.`,
      { details: { reason: "length", words: words.length } },
    );
  }
  const list = await wordList();
  const bits = words.map((word, i) => {
    const at = indexOf(list, word);
    if (at !== -1) return at.toString(2).padStart(BITS_PER_WORD, "0");
    throw new MemoryError(
      "sync/phrase",
      `Word ${i + 1} of the recovery phrase is not in the list.`,
      {
        details: { reason: "word", position: i + 1 },
      },
    );
  });
  const all = bits.join("");
  const entropy = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i += 1) {
    entropy[i] = Number.parseInt(all.slice(8 * i, 8 * i + 8), 2);
  }
  if (
    (await phraseOf(suite, entropy)) !== bits.map((bit) => list[Number.parseInt(bit, 2)]).join(" ")
  ) {
    throw new MemoryError(
      "sync/phrase",
      "Every word is in the list, but they do not belong together: one is another word, or two are swapped.",
      { details: { reason: "checksum" } },
    );
  }
  return entropy;
}

/** The words of a phrase as typed, in lower case. */
export function phraseWords(text: string): readonly string[] {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
}

export async function recoverySecrets(suite: Suite, entropy: Uint8Array): Promise<RecoverySecrets> {
  const seed = await derive(suite, entropy, tagged("recovery-sign"), KEY_BYTES);
  const secret = await derive(suite, entropy, tagged("recovery-seal"), KEY_BYTES);
  const secrets = {
    signing: await suite.curves.signingKeyOf(seed),
    sealing: await suite.curves.sealingKeyOf(secret),
  };
  seed.fill(0);
  secret.fill(0);
  return secrets;
}

function indexOf(list: readonly string[], word: string): number {
  const exact = list.indexOf(word);
  if (exact !== -1 || word.length !== UNIQUE_LETTERS) return exact;
  return list.findIndex((entry) => entry.startsWith(word));
}

/** Loaded when a phrase is made or read: most devices never need it. */
async function wordList(): Promise<readonly string[]> {
  return (await import("./english-words.ts")).unpackWords();
}

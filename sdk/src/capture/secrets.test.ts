import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { removeSecrets, SECRET_MARK } from "./secrets.ts";

/** Put together at run time, so that no scanner of repositories takes them for real. */
const made = (...parts: string[]): string => parts.join("");
const KEY = made("sk-", "proj-", "Ab3dE6gH9jK2mN5pQ8sT1vW4");
const JWT = made(
  "eyJ",
  "hbGciOiJIUzI1NiJ9",
  ".eyJ",
  "zdWIiOiIxMjM0NTY3ODkwIn0",
  ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
);

describe("secrets never reach the vault", () => {
  test.each([
    ["api-key", KEY],
    ["api-key", made("ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8")],
    ["api-key", made("AKIA", "IOSFODNN7EXAMPLE")],
    ["api-key", made("xoxb-", "1234567890-abcdefghijkl")],
    ["api-key", made("AIza", "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q")],
    ["api-key", made("mk_", "live4f9a8b7c6d5e")],
    ["token", JWT],
    ["card-number", "4111 1111 1111 1111"],
    ["card-number", "5500-0000-0000-0004"],
    ["iban", "DE89 3704 0044 0532 0130 00"],
    ["social-security-number", "123-45-6789"],
    ["high-entropy", "Zk3vQ9xLw2Tn8RbY5mHc7PdJ4sGf1UaE"],
  ])("%s", (kind, secret) => {
    const { text, kinds } = removeSecrets(`Please keep ${secret} for me.`);
    expect(text).toBe(`Please keep ${SECRET_MARK} for me.`);
    expect(kinds).toContain(kind);
  });

  test.each([
    ["my password is hunter2", "hunter2"],
    ["My wifi password is swordfish!", "swordfish"],
    ["pwd: Tr0ub4dor&3", "Tr0ub4dor&3"],
    ["the PIN is 4921", "4921"],
    ["Authorization: Bearer abcDEF123456ghiJKL789", "abcDEF123456ghiJKL789"],
    ["postgres://admin:s3cr3tpw@db.example.com/x", "s3cr3tpw"],
    ["api_key = 9f8e7d6c5b4a39281706f5e4d3c2b1a0", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"],
    [
      "my seed phrase: abandon ability able about above absent absorb abstract absurd abuse access accident",
      "absorb abstract",
    ],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc\n-----END RSA PRIVATE KEY-----",
      "MIIEpAIBAAKCAQEA7",
    ],
    ["-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7 cut off", "MIIEpAIBAAKCAQEA7"],
  ])("%s", (text, secret) => {
    const cleaned = removeSecrets(text);
    expect(cleaned.text).not.toContain(secret);
    expect(cleaned.text).toContain(SECRET_MARK);
  });

  test("hidden by zero-width characters, full-width digits or odd dashes", () => {
    expect(removeSecrets(`key ${Array.from(KEY).join("\u200b")} end`).text).toBe(
      `key ${SECRET_MARK} end`,
    );
    expect(removeSecrets("card ４１１１ １１１１ １１１１ １１１１").text).toBe(
      `card ${SECRET_MARK}`,
    );
    expect(removeSecrets("ssn 123\u201145\u20116789").text).toBe(`ssn ${SECRET_MARK}`);
  });
});

test.each([
  "The password is wrong and I can't log in",
  "password is required",
  "I forgot my password.",
  "commit 3f2504e04f8911d39a0c0305e82c3301aaaabbbb",
  "id 123e4567-e89b-12d3-a456-426614174000",
  "Call me at 555-867-5309 or +44 20 7946 0958",
  "The meeting is at 10:30 on 2026-05-03, room 1204.",
  "thisIsAVeryLongCamelCaseIdentifierInSomeCode",
  "https://example.com/articles/2026/05/03/how-to-bake-bread-at-home-without-an-oven",
  "The token of appreciation was lovely; the key to success is patience.",
  "order 1234567890123456",
  "My secret ingredient is nutmeg, and a pinch of salt is enough for everyone.",
  "const tokenizer = createTokenizer({ vocabulary, mergesByRank });",
  "Я живу в Берлине и люблю чай",
])("ordinary text stays as it is: %s", (text) =>
  expect(removeSecrets(text)).toEqual({ text, kinds: [] }),
);

test("what stands around a secret is kept, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (around) => {
      const cleaned = removeSecrets(`${around} | ${KEY} | end`).text;
      expect(cleaned).not.toContain(KEY);
      expect(cleaned.endsWith("| end")).toBe(true);
    }),
  );
});

test("a megabyte of anything takes linear time", () => {
  for (const piece of [
    "a",
    "1",
    "1 ",
    "A1 ",
    "-----BEGIN ",
    "password is ",
    "key: ",
    "eyJ",
    "://a:",
    "ab-",
    "word ",
    "é",
  ]) {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const start = performance.now();
    removeSecrets(text);
    expect(performance.now() - start, piece).toBeLessThan(3_000);
  }
});

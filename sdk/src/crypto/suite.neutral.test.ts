import { expect, test } from "vitest";
import { SUITE, fromHex, toHex } from "./crypto.fixture.ts";

/** NIST's GCM specification (McGrew and Viega), test cases 13, 14 and 16: key, nonce, plaintext, associated data, ciphertext and tag. */
const GCM = [
  ["00".repeat(32), "00".repeat(12), "", "", "530f8afbc74536b9a963b4f1c4cb738b"],
  [
    "00".repeat(32),
    "00".repeat(12),
    "00".repeat(16),
    "",
    "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
  ],
  [
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    "cafebabefacedbaddecaf888",
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
  ],
] as const;

test.each(GCM)("AES-256-GCM: %s", async (key, nonce, plaintext, aad, sealed) => {
  const imported = await SUITE.aeadKey(fromHex(key));
  const of = [fromHex(nonce), fromHex(aad)] as const;
  expect(toHex(await SUITE.seal(imported, ...of, fromHex(plaintext)))).toBe(sealed);
  expect(toHex(await SUITE.open(imported, ...of, fromHex(sealed)))).toBe(plaintext);
});

test("HKDF: RFC 5869, cases 1 and 3", async () => {
  const key = fromHex("0b".repeat(22));
  const one = await SUITE.hkdf(
    key,
    fromHex("000102030405060708090a0b0c"),
    fromHex("f0f1f2f3f4f5f6f7f8f9"),
    42,
  );
  expect(toHex(one)).toBe(
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
  const three = await SUITE.hkdf(key, new Uint8Array(0), new Uint8Array(0), 42);
  expect(toHex(three)).toBe(
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
});

test("HMAC-SHA-256: RFC 4231, case 2; SHA-256 of nothing", async () => {
  const ascii = (text: string) => new TextEncoder().encode(text);
  expect(toHex(await SUITE.hmac(ascii("Jefe"), ascii("what do ya want for nothing?")))).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  expect(toHex(await SUITE.sha256(new Uint8Array(0)))).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});

test("a nonce of another length is refused, and a key cannot be read back", async () => {
  const key = await SUITE.aeadKey(new Uint8Array(32));
  const none = new Uint8Array(0);
  await expect(SUITE.seal(key, new Uint8Array(16), none, none)).rejects.toThrow("12 bytes");
  await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
});

test("what does not open gives one error", async () => {
  const key = await SUITE.aeadKey(new Uint8Array(32));
  const nonce = new Uint8Array(12);
  const none = new Uint8Array(0);
  const sealed = await SUITE.seal(key, nonce, none, new Uint8Array(5));
  for (const ciphertext of [none, sealed.subarray(1), new Uint8Array(21)]) {
    await expect(SUITE.open(key, nonce, none, ciphertext)).rejects.toMatchObject({
      reason: "unreadable",
      message: "Sealed bytes do not open.",
    });
  }
});

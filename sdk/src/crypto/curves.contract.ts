import { describe, expect, test } from "vitest";
import { WireError } from "../wire/wire-error.ts";
import { fromHex, toHex } from "./crypto.fixture.ts";
import type { Curves, KeyPair } from "./curves.ts";

/** RFC 8032, section 7.1: seed, public key, message, signature. */
const RFC_8032 = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const;

/** RFC 7748, section 6.1. */
const RFC_7748 = {
  alice: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
  alicePk: "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
  bob: "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
  bobPk: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
  shared: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
};

/** RFC 7748, section 5.2: secret, public key, shared secret. The second key has a bit set that is to be passed over. */
const RFC_7748_LADDER = [
  [
    "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
    "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
    "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
  ],
  [
    "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
    "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
    "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
  ],
] as const;

/** Order of the base point: s and s + L verify alike unless s is checked. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Points with which every secret agrees on zero. */
const LOW_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

export function runCurvesContract(curves: Curves): void {
  describe("Ed25519", () => {
    test.each(RFC_8032)("RFC 8032: %s", async (seed, publicKey, message, signature) => {
      const key = await curves.signingKeyOf(fromHex(seed));
      expect(toHex(key.publicKey)).toBe(publicKey);
      expect(toHex(await curves.sign(key, fromHex(message)))).toBe(signature);
      expect(await curves.verify(key.publicKey, fromHex(signature), fromHex(message))).toBe(true);
    });

    test("no flipped bit of a signature, key or message verifies", async () => {
      const key = await curves.newSigningKey();
      const message = new Uint8Array([1, 2, 3, 4]);
      const signature = await curves.sign(key, message);
      for (const [bytes, others] of [
        [signature, [key.publicKey, message]],
        [key.publicKey, [signature, message]],
        [message, [key.publicKey, signature]],
      ] as const) {
        for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
          const flipped = new Uint8Array(bytes);
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const [first, second] = others;
          const verified =
            bytes === signature
              ? curves.verify(first, flipped, second)
              : bytes === message
                ? curves.verify(first, second, flipped)
                : curves.verify(flipped, first, second);
          expect(await verified).toBe(false);
        }
      }
    });

    test("a signature has one form: s + L is none", async () => {
      const key = await curves.newSigningKey();
      const message = new Uint8Array([9]);
      const signature = await curves.sign(key, message);
      let s = 0n;
      for (let i = 63; i >= 32; i -= 1) s = (s << 8n) | BigInt(signature[i] ?? 0);
      s += ORDER;
      for (let i = 32; i < 64; i += 1) {
        signature[i] = Number(s & 255n);
        s >>= 8n;
      }
      expect(await curves.verify(key.publicKey, signature, message)).toBe(false);
    });

    test.each([0, 31, 33, 64])("a key of %d bytes verifies nothing", async (length) => {
      const key = await curves.newSigningKey();
      const signature = await curves.sign(key, new Uint8Array(1));
      expect(await curves.verify(new Uint8Array(length), signature, new Uint8Array(1))).toBe(false);
      expect(await curves.verify(key.publicKey, new Uint8Array(length), new Uint8Array(1))).toBe(
        false,
      );
    });

    test("a seed of another length is refused", async () => {
      await expect(curves.signingKeyOf(new Uint8Array(31))).rejects.toThrow(WireError);
      await expect(curves.sealingKeyOf(new Uint8Array(33))).rejects.toThrow(WireError);
    });
  });

  describe("X25519", () => {
    test("RFC 7748", async () => {
      const alice = await curves.sealingKeyOf(fromHex(RFC_7748.alice));
      const bob = await curves.sealingKeyOf(fromHex(RFC_7748.bob));
      expect(toHex(alice.publicKey)).toBe(RFC_7748.alicePk);
      expect(toHex(bob.publicKey)).toBe(RFC_7748.bobPk);
      expect(toHex(await curves.agree(alice, bob.publicKey))).toBe(RFC_7748.shared);
      expect(toHex(await curves.agree(bob, alice.publicKey))).toBe(RFC_7748.shared);
    });

    test.each(RFC_7748_LADDER)("RFC 7748, ladder: %s", async (secret, publicKey, shared) => {
      const key = await curves.sealingKeyOf(fromHex(secret));
      expect(toHex(await curves.agree(key, fromHex(publicKey)))).toBe(shared);
    });

    test.each(LOW_ORDER)("the point %s is refused", async (point) => {
      const key = await curves.newSealingKey();
      await expect(curves.agree(key, fromHex(point))).rejects.toMatchObject({ reason: "refused" });
    });

    test.each([0, 31, 33])("a key of %d bytes is refused", async (length) => {
      const key = await curves.newSealingKey();
      await expect(curves.agree(key, new Uint8Array(length).fill(9))).rejects.toThrow(WireError);
    });
  });

  test("a secret can be cloned and used, and not be read", async () => {
    for (const key of [
      await curves.newSigningKey(),
      await curves.signingKeyOf(new Uint8Array(32).fill(5)),
    ]) {
      const clone = structuredClone(key);
      const signature = await curves.sign(clone, new Uint8Array([1]));
      expect(await curves.verify(key.publicKey, signature, new Uint8Array([1]))).toBe(true);
      await expect(exported(clone)).rejects.toThrow();
    }
    const sealing = await curves.sealingKeyOf(new Uint8Array(32).fill(6));
    await expect(exported(sealing)).rejects.toThrow();
    expect(JSON.stringify(sealing)).not.toContain("6,6,6,6");
  });
}

async function exported({ secret }: KeyPair): Promise<unknown> {
  const key = "wrapped" in secret ? secret.by : secret;
  expect(key.extractable).toBe(false);
  return crypto.subtle.exportKey("wrapped" in secret ? "raw" : "pkcs8", key);
}

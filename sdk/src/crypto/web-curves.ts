import { fromBase64url } from "../wire/base64url.ts";
import { concatBytes, type Bytes } from "../wire/bytes.ts";
import { KEY_BYTES } from "../wire/limits.ts";
import type { Curves, KeyPair } from "./curves.ts";
import { createWebVerifier } from "./verify.ts";

/** Everything in PKCS #8 before the 32 bytes of the key (RFC 8410): only the last byte of the algorithm's id differs. */
const PKCS8_BEFORE_KEY = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65];
const PKCS8_AFTER_ID = [4, 0x22, 4, 0x20];
const OBJECT_ID = { Ed25519: 0x70, X25519: 0x6e } as const;

type Algorithm = keyof typeof OBJECT_ID;

/** By the browser: constant time, and the secret never enters JavaScript for keys that are made here. */
export function createWebCurves(subtle: SubtleCrypto): Curves {
  return {
    name: "webcrypto",
    newSigningKey: () => makeKey("Ed25519", ["sign", "verify"]),
    signingKeyOf: (seed) => importKey("Ed25519", seed, ["sign"]),
    async sign({ secret }, message) {
      return new Uint8Array(
        await subtle.sign("Ed25519", secret as CryptoKey, concatBytes(message)),
      );
    },
    verify: createWebVerifier(subtle).verify,
    newSealingKey: () => makeKey("X25519", ["deriveBits"]),
    sealingKeyOf: (secret) => importKey("X25519", secret, ["deriveBits"]),
    agree,
  };

  async function makeKey(algorithm: Algorithm, usages: KeyUsage[]): Promise<KeyPair> {
    const pair = (await subtle.generateKey(algorithm, false, usages)) as CryptoKeyPair;
    return {
      publicKey: new Uint8Array(await subtle.exportKey("raw", pair.publicKey)),
      secret: pair.privateKey,
    };
  }

  /** The public half is only to be had from a key that can be exported; that one is dropped at once. */
  async function importKey(
    algorithm: Algorithm,
    raw: Uint8Array,
    usages: KeyUsage[],
  ): Promise<KeyPair> {
    const pkcs8 = concatBytes(
      new Uint8Array([...PKCS8_BEFORE_KEY, OBJECT_ID[algorithm], ...PKCS8_AFTER_ID]),
      raw,
    );
    const open = await subtle.importKey("pkcs8", pkcs8, algorithm, true, usages);
    const { x = "" } = await subtle.exportKey("jwk", open);
    const secret = await subtle.importKey("pkcs8", pkcs8, algorithm, false, usages);
    pkcs8.fill(0);
    return { publicKey: fromBase64url(x), secret };
  }

  async function agree({ secret }: KeyPair, publicKey: Uint8Array): Promise<Bytes> {
    const theirs = await subtle.importKey("raw", concatBytes(publicKey), "X25519", false, []);
    const how = { name: "X25519", public: theirs };
    return new Uint8Array(await subtle.deriveBits(how, secret as CryptoKey, 8 * KEY_BYTES));
  }
}

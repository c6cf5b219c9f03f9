import { getPublicKeyAsync, signAsync, utils, verifyAsync } from "@noble/ed25519";
import type { Bytes } from "../wire/bytes.ts";
import type { Curves, KeyPair, SecretHandle, WrappedSecret } from "./curves.ts";
import { x25519, x25519PublicKey } from "./x25519.ts";

/** How the wrapped bytes are typed while they pass through WebCrypto, which has no "just bytes". */
const CARRIER = { name: "HMAC", hash: "SHA-256" };

/**
 * By JavaScript, for browsers that lack the curves (before Chromium 137, Firefox 130) or cannot keep such keys. A secret is wrapped
 * from the moment it is made and unwrapped for each use. The arithmetic is not constant in time on every engine.
 *
 * SHA-512 every browser has, and this Ed25519 asks it. The general library would bring a hash of its own and curves that nobody uses
 * here: three times the bytes.
 */
export function createNobleCurves(subtle: SubtleCrypto): Curves {
  return {
    name: "javascript",
    newSigningKey: () => wrapped(utils.randomSecretKey(), getPublicKeyAsync),
    signingKeyOf: (seed) => wrapped(seed, getPublicKeyAsync),
    sign: ({ secret }, message) => withSecret(secret, (key) => signAsync(message, key)),
    // By default the library follows ZIP 215, which takes encodings that RFC 8032 and WebCrypto refuse.
    verify: (publicKey, signature, message) =>
      verifyAsync(signature, message, publicKey, { zip215: false }),
    newSealingKey: () => wrapped(utils.randomSecretKey(), x25519PublicKey),
    sealingKeyOf: (secret) => wrapped(secret, x25519PublicKey),
    agree: ({ secret }, publicKey) => withSecret(secret, (key) => x25519(key, publicKey)),
  };

  async function wrapped(
    raw: Uint8Array,
    publicKeyOf: (secret: Uint8Array) => Uint8Array | Promise<Uint8Array>,
  ): Promise<KeyPair> {
    const secret = new Uint8Array(raw);
    const publicKey = new Uint8Array(await publicKeyOf(secret));
    const by = await subtle.generateKey({ name: "AES-KW", length: 256 }, false, [
      "wrapKey",
      "unwrapKey",
    ]);
    const carrier = await subtle.importKey("raw", secret, CARRIER, true, ["sign"]);
    secret.fill(0);
    return {
      publicKey,
      secret: { wrapped: new Uint8Array(await subtle.wrapKey("raw", carrier, by, "AES-KW")), by },
    };
  }

  async function withSecret(
    secret: SecretHandle,
    use: (key: Bytes) => Uint8Array | Promise<Uint8Array>,
  ): Promise<Bytes> {
    const { wrapped: bytes, by } = secret as WrappedSecret;
    const carrier = await subtle.unwrapKey(
      "raw",
      bytes,
      by,
      "AES-KW",
      { ...CARRIER, length: 256 },
      true,
      ["sign"],
    );
    const key = new Uint8Array(await subtle.exportKey("raw", carrier));
    try {
      return new Uint8Array(await use(key));
    } finally {
      key.fill(0);
    }
  }
}

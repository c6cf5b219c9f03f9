import { pow } from "@noble/curves/abstract/modular.js";
import { montgomery } from "@noble/curves/abstract/montgomery.js";
import { getPublicKeyAsync, signAsync, utils, verifyAsync } from "@noble/ed25519";
import type { Bytes } from "../wire/bytes.ts";
import type { Curves, KeyPair, SecretHandle, WrappedSecret } from "./curves.ts";

/** How the wrapped bytes are typed while they pass through WebCrypto, which has no "just bytes". */
const CARRIER = { name: "HMAC", hash: "SHA-256" };

const FIELD = 2n ** 255n - 19n;

/**
 * By JavaScript, for browsers that lack the curves (before Chromium 137, Firefox 130) or cannot keep such keys. A secret is wrapped
 * from the moment it is made and unwrapped for each use. The arithmetic is not constant in time on every engine.
 *
 * Taken from the libraries is what no browser has. SHA-512 every browser has, and the small Ed25519 asks it; the general one would bring
 * a hash of its own and curves that nobody uses here, three times the bytes.
 */
export function createNobleCurves(subtle: SubtleCrypto): Curves {
  const x25519 = createX25519();
  return {
    name: "javascript",
    newSigningKey: () => wrapped(utils.randomSecretKey(), getPublicKeyAsync),
    signingKeyOf: (seed) => wrapped(seed, getPublicKeyAsync),
    sign: ({ secret }, message) => withSecret(secret, (key) => signAsync(message, key)),
    // By default the library follows ZIP 215, which takes encodings that RFC 8032 and WebCrypto refuse.
    verify: (publicKey, signature, message) =>
      verifyAsync(signature, message, publicKey, { zip215: false }),
    newSealingKey: () => wrapped(utils.randomSecretKey(), x25519.getPublicKey),
    sealingKeyOf: (secret) => wrapped(secret, x25519.getPublicKey),
    agree: ({ secret }, publicKey) =>
      withSecret(secret, (key) => x25519.getSharedSecret(key, publicKey)),
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

/** RFC 7748. */
function createX25519() {
  return montgomery({
    P: FIELD,
    type: "x25519",
    adjustScalarBytes(bytes: Uint8Array) {
      bytes[0] = (bytes[0] ?? 0) & 0xf8;
      bytes[31] = ((bytes[31] ?? 0) & 0x7f) | 0x40;
      return bytes;
    },
    powPminus2: (value) => pow(value, FIELD - 2n, FIELD),
  });
}

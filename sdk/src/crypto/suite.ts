import { concatBytes, type Bytes } from "../wire/bytes.ts";
import { AEAD_NONCE_BYTES } from "../wire/envelope.ts";
import { WireError } from "../wire/wire-error.ts";
import { checkedCurves } from "./checked-curves.ts";
import type { Curves } from "./curves.ts";
import type { Verifier } from "./verify.ts";

/** A key of AES-GCM that cannot be read back. */
export type AeadKey = CryptoKey;

/** All cryptography that the protocol is made of, and the only source of randomness. */
export interface Suite extends Verifier {
  readonly curves: Curves;
  random(length: number): Bytes;
  /** HKDF-SHA-256 (RFC 5869). */
  hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Promise<Bytes>;
  hmac(key: Uint8Array, message: Uint8Array): Promise<Bytes>;
  /** 32 bytes: AES-256-GCM. (16 bytes are AES-128-GCM, as published vectors of HPKE use it.) */
  aeadKey(raw: Uint8Array): Promise<AeadKey>;
  /** Ciphertext and tag. */
  seal(key: AeadKey, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Promise<Bytes>;
  /** @throws {WireError} `unreadable` */
  open(key: AeadKey, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Promise<Bytes>;
}

/**
 * SHA-256, HKDF and AES-GCM are WebCrypto's wherever there is a secure context, and ten to twenty times faster than in JavaScript: so
 * only the curves have a second implementation.
 */
export function createSuite(webcrypto: Crypto, given: Curves): Suite {
  const { subtle } = webcrypto;
  const curves = checkedCurves(given);
  return {
    curves,
    verify: curves.verify,
    random: (length) => webcrypto.getRandomValues(new Uint8Array(length)),
    async sha256(bytes) {
      // It takes a copy itself before it answers.
      return new Uint8Array(await subtle.digest("SHA-256", bytes as Bytes));
    },
    async hkdf(key, salt, info, length) {
      const material = await subtle.importKey("raw", concatBytes(key), "HKDF", false, [
        "deriveBits",
      ]);
      const how = {
        name: "HKDF",
        hash: "SHA-256",
        salt: concatBytes(salt),
        info: concatBytes(info),
      };
      return new Uint8Array(await subtle.deriveBits(how, material, 8 * length));
    },
    async hmac(key, message) {
      const how = { name: "HMAC", hash: "SHA-256" };
      const imported = await subtle.importKey("raw", concatBytes(key), how, false, ["sign"]);
      return new Uint8Array(await subtle.sign("HMAC", imported, concatBytes(message)));
    },
    aeadKey: (raw) =>
      subtle.importKey("raw", concatBytes(raw), "AES-GCM", false, ["encrypt", "decrypt"]),
    async seal(key, nonce, aad, plaintext) {
      const how = gcm(nonce, aad);
      return new Uint8Array(await subtle.encrypt(how, key, concatBytes(plaintext)));
    },
    async open(key, nonce, aad, ciphertext) {
      try {
        return new Uint8Array(await subtle.decrypt(gcm(nonce, aad), key, concatBytes(ciphertext)));
      } catch {
        throw unreadable();
      }
    },
  };
}

/** The one error of everything that does not open: it tells nobody which byte was wrong. */
export function unreadable(): WireError {
  return new WireError("Sealed bytes do not open.", "unreadable");
}

function gcm(nonce: Uint8Array, aad: Uint8Array): AesGcmParams {
  if (nonce.length !== AEAD_NONCE_BYTES) throw new WireError("A nonce has 12 bytes.");
  return { name: "AES-GCM", iv: concatBytes(nonce), additionalData: concatBytes(aad) };
}

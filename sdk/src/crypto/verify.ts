import { concatBytes, type Bytes } from "../wire/bytes.ts";
import { DEVICE_ID_BYTES } from "../wire/limits.ts";
import { tagged } from "../wire/tags.ts";

/** What is needed to check a vault from outside: no keys, no secrets. */
export interface Verifier {
  sha256(bytes: Uint8Array): Promise<Bytes>;
  /** Ed25519 (RFC 8032). False for everything that is no signature of this message, also for a key that is none. */
  verify(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean>;
}

/** By WebCrypto: Node, and browsers that have Ed25519. */
export function createWebVerifier(subtle: SubtleCrypto = globalThis.crypto.subtle): Verifier {
  return {
    async sha256(bytes) {
      return new Uint8Array(await subtle.digest("SHA-256", concatBytes(bytes)));
    },
    async verify(publicKey, signature, message) {
      try {
        const key = await subtle.importKey("raw", concatBytes(publicKey), "Ed25519", false, [
          "verify",
        ]);
        return await subtle.verify("Ed25519", key, concatBytes(signature), concatBytes(message));
      } catch {
        return false;
      }
    },
  };
}

type Hashing = Pick<Verifier, "sha256">;

/** A vault's name, from the recovery key that founded it. */
export function vaultIdOf(hashing: Hashing, recoverySignPk: Uint8Array): Promise<Bytes> {
  return hashing.sha256(tagged("vault", recoverySignPk));
}

export async function deviceIdOf(hashing: Hashing, signPk: Uint8Array): Promise<Bytes> {
  return (await hashing.sha256(tagged("device", signPk))).slice(0, DEVICE_ID_BYTES);
}

export async function recoveryIdOf(hashing: Hashing, recoverySignPk: Uint8Array): Promise<Bytes> {
  return (await hashing.sha256(tagged("recovery", recoverySignPk))).slice(0, DEVICE_ID_BYTES);
}

import type { Bytes } from "../wire/bytes.ts";

/**
 * A secret that this device can use and nobody can read: a WebCrypto key that cannot be exported, or the bytes wrapped by one. Both
 * survive structured cloning, so both can be kept in IndexedDB.
 */
export type SecretHandle = CryptoKey | WrappedSecret;

export interface WrappedSecret {
  readonly wrapped: Bytes;
  /** AES-KW, not exportable. */
  readonly by: CryptoKey;
}

export interface KeyPair {
  readonly publicKey: Bytes;
  readonly secret: SecretHandle;
}

/**
 * Ed25519 and X25519. Two adapters, one contract suite (`curves.contract.ts`). What is said here of refusing holds behind
 * `checkedCurves`, as a suite has them.
 */
export interface Curves {
  readonly name: "webcrypto" | "javascript";
  /** Ed25519. */
  newSigningKey(): Promise<KeyPair>;
  /** From the 32 bytes that RFC 8032 calls the private key. */
  signingKeyOf(seed: Uint8Array): Promise<KeyPair>;
  sign(key: KeyPair, message: Uint8Array): Promise<Bytes>;
  /** False for whatever is no signature of this message by this key. */
  verify(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean>;
  /** X25519. */
  newSealingKey(): Promise<KeyPair>;
  sealingKeyOf(secret: Uint8Array): Promise<KeyPair>;
  /**
   * The shared secret of RFC 7748.
   *
   * @throws {WireError} `refused` for a public key of low order, with which everyone shares the same secret
   */
  agree(key: KeyPair, publicKey: Uint8Array): Promise<Bytes>;
}

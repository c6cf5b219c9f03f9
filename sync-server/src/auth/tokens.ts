import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeyedHash } from "../keyed-hash.ts";

/**
 * Sessions and tickets are 32 bytes: 6 of the time at which they end, 26 random ones. The store keeps their hash, so a stolen
 * database opens nothing, and no time of day: the end cannot be changed without changing the hash.
 */
export function mintToken(endsAtMs: number): Uint8Array {
  const token = randomBytes(32);
  token.writeUIntBE(endsAtMs, 0, 6);
  return new Uint8Array(token);
}

export function hashToken(token: Uint8Array): Uint8Array {
  return new Uint8Array(hash("sha256", token, "buffer"));
}

export function endOf(token: Uint8Array): number {
  return Buffer.from(token.buffer, token.byteOffset, 6).readUIntBE(0, 6);
}

/**
 * Challenges are nowhere stored before they are answered: whoever asks for many fills nothing. 6 bytes of the time at which it ends,
 * 10 random ones, and a hash that ties it to who asked.
 */
export interface Challenges {
  issue(vaultId: Uint8Array, id: Uint8Array, endsAtMs: number): Uint8Array;
  /** Says only that it was issued for these two and has not ended; that it is used once is for the store to say. */
  isGood(nonce: Uint8Array, vaultId: Uint8Array, id: Uint8Array, nowMs: number): boolean;
}

const OPEN_BYTES = 16;

export function createChallenges(keyedHash: KeyedHash): Challenges {
  const proofOf = (open: Uint8Array, vaultId: Uint8Array, id: Uint8Array) =>
    keyedHash("challenge", open, vaultId, id).subarray(0, OPEN_BYTES);
  return {
    issue(vaultId, id, endsAtMs) {
      const open = mintToken(endsAtMs).subarray(0, OPEN_BYTES);
      return new Uint8Array(Buffer.concat([open, proofOf(open, vaultId, id)]));
    },
    isGood(nonce, vaultId, id, nowMs) {
      const open = nonce.subarray(0, OPEN_BYTES);
      const proof = nonce.subarray(OPEN_BYTES);
      return (
        proof.length === OPEN_BYTES &&
        timingSafeEqual(proof, proofOf(open, vaultId, id)) &&
        endOf(open) > nowMs
      );
    },
  };
}

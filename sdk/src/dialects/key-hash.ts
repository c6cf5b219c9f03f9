import { sha256 } from "@noble/hashes/sha2.js";

/**
 * What is kept of a gateway's key: enough to tell keys apart, and nothing to get the key back from. Not WebCrypto: that answers later,
 * and only in secure contexts; a request is read at once, everywhere.
 */
export function hashKey(gateway: string, key: string): string {
  const digest = sha256(new TextEncoder().encode(`alcove ${gateway} key\n${key}`));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

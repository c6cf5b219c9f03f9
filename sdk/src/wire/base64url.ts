import type { Bytes } from "./bytes.ts";
import { WireError } from "./wire-error.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Longer argument lists overflow the stack of some engines. */
const RUN = 8_192;

/** Base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += RUN) {
    text += String.fromCharCode(...bytes.subarray(at, at + RUN));
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Reads base64url without padding.
 *
 * @throws {WireError} for any other character, an impossible length, or unused bits that are not zero
 */
export function fromBase64url(text: string): Bytes {
  if (!isBase64url(text)) throw new WireError("A text is no canonical base64url.");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** How many bytes a text of this many characters stands for. */
export function decodedLength(characters: number): number {
  return Math.floor((characters * 3) / 4);
}

export function isBase64url(text: string): boolean {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return false;
  const unused = text.length % 4 === 2 ? 0b1111 : text.length % 4 === 3 ? 0b11 : 0;
  return unused === 0 || (ALPHABET.indexOf(text.at(-1) ?? "") & unused) === 0;
}

/**
 * A fast, non-cryptographic 106-bit hash of a string as 22 lower-case base-36 digits: the cyrb53 mixing scheme (bryc, public
 * domain) run with two seeds. Equal strings give equal hashes on every engine; it protects nothing and hides nothing.
 */
export function hashText(text: string): string {
  return digits(hashNumber(text)) + digits(half(text, 0x85ebca6b));
}

/** The first half of `hashText`, as the number of 53 bits that its digits give. */
export function hashNumber(text: string): number {
  return half(text, 0x9e3779b9);
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** `toString(36)`, padded, in a tenth of its time: that one is for numbers with a fraction too. */
function digits(number: number): string {
  let text = "";
  for (let rest = number; text.length < 11; rest = (rest - (rest % 36)) / 36)
    text = DIGITS.charAt(rest % 36) + text;
  return text;
}

function half(text: string, seed: number): number {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

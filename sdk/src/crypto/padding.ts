import type { Bytes } from "../wire/bytes.ts";
import { paddedSize } from "../wire/padding.ts";
import { WireError } from "../wire/wire-error.ts";
import { unreadable } from "./suite.ts";

const MARK = 0x80;

/** @throws {WireError} `too-large` */
export function pad(content: Uint8Array): Bytes {
  const size = paddedSize(content.length);
  if (size === null) throw new WireError("A record is too large to be synced.", "too-large");
  const padded = new Uint8Array(size);
  padded.set(content);
  padded[content.length] = MARK;
  return padded;
}

/** @throws {WireError} `unreadable` for padding that `pad` would not have made */
export function unpad(padded: Uint8Array): Bytes {
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (end === -1 || padded[end] !== MARK || paddedSize(end) !== padded.length) throw unreadable();
  return new Uint8Array(padded.subarray(0, end));
}

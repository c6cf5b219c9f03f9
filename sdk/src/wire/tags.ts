import { concatBytes, type Bytes } from "./bytes.ts";

/** What a signature, an id, a derived key or associated data is for. No two uses share one. */
export type Tag =
  | "vault"
  | "device"
  | "recovery"
  | "log"
  | "cosign"
  | "batch"
  | "purge"
  | "snapshot"
  | "live-set"
  | "auth"
  | "destroy"
  | "envelope"
  | "entry-key"
  | "entry-kid"
  | "chunk-key"
  | "chunk-kid"
  | "epoch-commit"
  | "epoch-box"
  | "epoch-link"
  | "link-box"
  | "link-commit"
  | "link-transcript"
  | "link-digits"
  | "link-psk"
  | "recovery-sign"
  | "recovery-seal"
  | "fingerprint"
  | "local-keys"
  | "record";

/** `alcove-v1-<tag>`, a zero byte, the parts. */
export function tagged(tag: Tag, ...parts: readonly Uint8Array[]): Bytes {
  return concatBytes(new TextEncoder().encode(`alcove-v1-${tag}\0`), ...parts);
}

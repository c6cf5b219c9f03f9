/**
 * - `malformed`, `unsupported`, `too-large`: bytes or fields that the protocol does not allow;
 * - `refused`: well formed, and against the rules: a wrong signature, a signer who may not, something that does not follow;
 * - `unreadable`: sealed bytes that do not open. Never says why.
 */
export type WireReason = "malformed" | "unsupported" | "too-large" | "refused" | "unreadable";

/**
 * What came from outside and cannot be taken. The message names the place, never the content, so that it can be logged. The server
 * answers with a problem code; the client gives it out as a `MemoryError`.
 */
export class WireError extends Error {
  readonly reason: WireReason;

  constructor(message: string, reason: WireReason = "malformed") {
    super(message);
    this.name = "WireError";
    this.reason = reason;
  }
}

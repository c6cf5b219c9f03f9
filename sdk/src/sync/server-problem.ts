import { MemoryError, type MemoryErrorCode } from "../domain/errors.ts";
import type { WireProblem } from "../wire/problem.ts";
import { WireError } from "../wire/wire-error.ts";

/** What a server answered instead of what it was asked for. */
export class ServerProblem extends Error {
  readonly problem: WireProblem;

  constructor(problem: WireProblem) {
    super(`The server answered ${problem.code}.`);
    this.name = "ServerProblem";
    this.problem = problem;
  }
}

export function problemCode(error: unknown): WireProblem["code"] | null {
  return error instanceof ServerProblem ? error.problem.code : null;
}

/** Where a code of the protocol has one meaning, whatever was asked. Callers that know more translate before. */
const MEANINGS: Readonly<Record<WireProblem["code"], readonly [MemoryErrorCode, string]>> = {
  malformed: ["sync/server", "The server does not take what this version of Alcove sends."],
  unsupported: ["sync/server", "The server does not have this version of the protocol."],
  unauthenticated: ["sync/not-found", "The server knows no vault of these keys."],
  forbidden: ["sync/refused", "The server refuses: it may ask for an invitation."],
  revoked: ["sync/removed", "This device was removed from the vault."],
  "not-found": ["sync/not-found", "The server does not have what it was asked for."],
  exists: ["sync/conflict", "The server has something else under this name."],
  conflict: ["sync/conflict", "Another device changed the vault's log meanwhile."],
  gap: ["sync/gap", "The server has not got something that this device sent before."],
  "device-forked": ["sync/device-forked", "Two copies of this device write to the vault."],
  stale: ["sync/conflict", "Another device changed the vault's log meanwhile."],
  "store-changed": ["sync/vault-rollback", "The server is not the store of before."],
  "too-large": ["sync/server", "The server takes less at once than this version of Alcove sends."],
  limit: ["sync/busy", "The server was asked too often."],
  quota: ["sync/full", "The vault at the server is full."],
  busy: ["sync/busy", "The server is busy."],
  internal: ["sync/busy", "The server had a fault of its own."],
};
const RETRYABLE: ReadonlySet<MemoryErrorCode> = new Set([
  "sync/busy",
  "sync/conflict",
  "sync/offline",
]);

/** Whatever a part of sync has thrown, as the one error that leaves the SDK. */
export function toMemoryError(error: unknown): MemoryError {
  if (error instanceof MemoryError) return error;
  if (error instanceof ServerProblem) {
    const { code, retryAfterMs, bytes, maxBytes } = error.problem;
    const [named, message] = MEANINGS[code];
    return new MemoryError(named, message, {
      cause: error,
      retryable: RETRYABLE.has(named),
      details: {
        code,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...(code === "quota" && { what: "bytes" }),
        ...(bytes !== undefined && { bytes }),
        ...(maxBytes !== undefined && { maxBytes }),
      },
    });
  }
  if (error instanceof WireError) {
    return new MemoryError(
      "sync/server",
      `What came from the server cannot be taken: ${error.message}`,
      {
        cause: error,
        details: { reason: error.reason },
      },
    );
  }
  return new MemoryError("sync/failed", "Sync failed.", { cause: error, retryable: true });
}

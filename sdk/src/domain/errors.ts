/** Every code a `MemoryError` can carry, as `area/reason`. The docs list each with its fix (`sdk/docs/errors.md`). */
export const ERROR_CODES = [
  "usage/invalid-option",
  "usage/invalid-input",
  "usage/closed",
  "usage/not-found",
  "vault/unavailable",
  "vault/blocked",
  "vault/closed",
  "vault/quota",
  "vault/evicted",
  "vault/newer",
  "vault/failed",
  "engine/load-failed",
  "engine/timeout",
  "engine/crashed",
  "engine/damaged",
  "engine/fallback",
  "embedder/not-found",
  "embedder/checksum",
  "embedder/failed",
  "embedder/timeout",
  "embedder/canary",
  "embedder/invalid-output",
  "recall/deadline",
  "recall/failed",
  "capture/failed",
  "sync/unavailable",
  "sync/phrase",
  "sync/off",
  "sync/on",
  "sync/words",
  "sync/offline",
  "sync/busy",
  "sync/server",
  "sync/refused",
  "sync/not-found",
  "sync/removed",
  "sync/conflict",
  "sync/full",
  "sync/too-large",
  "sync/set-aside",
  "sync/copies",
  "sync/long-away",
  "sync/keys-lost",
  "sync/vault-fork",
  "sync/vault-rollback",
  "sync/vault-withheld",
  "sync/device-forked",
  "sync/gap",
  "sync/snapshot",
  "sync/link-code",
  "sync/link-expired",
  "sync/link-digits",
  "sync/link-refused",
  "sync/link-forged",
  "sync/failed",
] as const;

export type MemoryErrorCode = (typeof ERROR_CODES)[number];

export interface MemoryErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed when it is made again. Default `false`. */
  readonly retryable?: boolean;
  /** Plain facts for a program: sizes, names of fields, limits. Never user text, never keys. */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

const BRAND = Symbol.for("alcove.MemoryError");

/**
 * The one error class of the SDK. Public promises reject with it, or with the caller's own abort reason, and nothing else.
 * The message says what to do. It never holds user text or keys.
 */
export class MemoryError extends Error {
  readonly code: MemoryErrorCode;
  readonly retryable: boolean;
  readonly details: NonNullable<MemoryErrorOptions["details"]>;

  constructor(code: MemoryErrorCode, message: string, options: MemoryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "MemoryError";
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** True for a `MemoryError` of any copy of the SDK on the page (the check goes by a registered symbol, not by class). */
export function isMemoryError(value: unknown): value is MemoryError {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Record<symbol, unknown>)[BRAND] === true
  );
}

import { isMemoryError, MemoryError } from "../domain/errors.ts";

/** Why a vault was taken away while it was open. */
export type LossReason = "deleted" | "upgraded" | "closed-by-browser";

const LOSS_TEXTS: Readonly<Record<LossReason, string>> = {
  deleted: "The vault was deleted, here or in another tab.",
  upgraded: "Another tab uses a newer version of the vault. Reload the page.",
  "closed-by-browser":
    "The browser closed the vault, as it does when site data is cleared. Open it again.",
};

export function lossError(reason: LossReason): MemoryError {
  return new MemoryError("vault/closed", LOSS_TEXTS[reason], {
    retryable: reason === "closed-by-browser",
    details: { reason },
  });
}

export function closedError(): MemoryError {
  return new MemoryError("vault/closed", "The vault was closed. Open it again to use it.", {
    details: { reason: "closed" },
  });
}

export function blockedError(what: "opened" | "deleted"): MemoryError {
  return new MemoryError(
    "vault/blocked",
    `The vault cannot be ${what} while another tab holds an older one. Close the app's other tabs and try again.`,
    { retryable: true },
  );
}

export function conflictError(what: string): MemoryError {
  return new MemoryError(
    "vault/failed",
    `${what} changed meanwhile. Load the index again and retry.`,
    { retryable: true, details: { reason: "conflict" } },
  );
}

/**
 * The one translation from IndexedDB's and Dexie's errors to ours. A transaction that the browser aborts carries its reason
 * inside (`AbortError` around `QuotaExceededError`), so the innermost name that means something decides.
 */
export function vaultError(error: unknown, during: "open" | "use"): MemoryError {
  if (isMemoryError(error)) return error;
  const names = errorNames(error);
  const options = { cause: error };
  if (names.includes("QuotaExceededError")) {
    return new MemoryError(
      "vault/quota",
      "The browser has no room left for the vault. Free storage, or forget what is not needed.",
      { ...options, retryable: true },
    );
  }
  if (names.includes("VersionError")) {
    return new MemoryError(
      "vault/newer",
      "The vault was written by a newer version of Alcove. Update the app; the vault is untouched.",
      options,
    );
  }
  if (names.includes("UpgradeError")) {
    return new MemoryError(
      "vault/failed",
      "The vault could not be brought to the present version. It is as it was before.",
      options,
    );
  }
  if (during === "open" && names.some((name) => UNAVAILABLE.has(name))) {
    return new MemoryError(
      "vault/unavailable",
      "IndexedDB cannot be used here (a private window, blocked site data, or no IndexedDB at all).",
      options,
    );
  }
  if (names.some((name) => CLOSED.has(name))) {
    return new MemoryError("vault/closed", "The vault is closed. Open it again to use it.", {
      ...options,
      retryable: true,
    });
  }
  return new MemoryError("vault/failed", "The vault could not be read or written.", {
    ...options,
    retryable: names.includes("UnknownError"),
  });
}

const UNAVAILABLE: ReadonlySet<string> = new Set([
  "MissingAPIError",
  "SecurityError",
  "NotAllowedError",
  "UnknownError",
  "InvalidStateError",
  "OpenFailedError",
]);
const CLOSED: ReadonlySet<string> = new Set(["DatabaseClosedError", "InvalidStateError"]);

/** The names of an error and of all that it wraps. Bounded: a ring of causes must not hang the translation. */
function errorNames(error: unknown): readonly string[] {
  const names: string[] = [];
  const open: unknown[] = [error];
  while (open.length > 0 && names.length < 16) {
    const next = open.shift();
    if (typeof next !== "object" || next === null) continue;
    const { name, inner, cause, failures } = next as {
      name?: unknown;
      inner?: unknown;
      cause?: unknown;
      failures?: unknown;
    };
    names.push(typeof name === "string" ? name : "");
    open.push(inner, cause);
    if (Array.isArray(failures)) open.push(failures[0]);
  }
  return names;
}

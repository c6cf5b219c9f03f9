import { MemoryError } from "../domain/errors.ts";

export function forked(): MemoryError {
  return new MemoryError(
    "sync/vault-fork",
    "The server shows two histories of one vault. Nothing is sent any more; local memories stay readable.",
  );
}

export function rolledBack(): MemoryError {
  return new MemoryError(
    "sync/vault-rollback",
    "The server shows an older state than this device has seen. `sync.reseed()` fills it anew.",
  );
}

export function withheld(what: string): MemoryError {
  return new MemoryError("sync/vault-withheld", `The server does not hand out ${what}.`, {
    retryable: true,
    details: { what },
  });
}

export function deviceForked(): MemoryError {
  return new MemoryError("sync/device-forked", "Two copies of this device write to the vault.");
}

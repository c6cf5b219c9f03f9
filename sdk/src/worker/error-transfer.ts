import * as Comlink from "comlink";
import {
  isMemoryError,
  MemoryError,
  type MemoryErrorCode,
  type MemoryErrorOptions,
} from "../domain/errors.ts";

interface SentError {
  readonly code: MemoryErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: NonNullable<MemoryErrorOptions["details"]>;
}

/**
 * Comlink's own handler keeps message, name and stack of an error and loses its class and code. This one sends a `MemoryError`
 * as data and makes it again on the other side; whatever else is thrown becomes `vault/failed`. Called on each side; again does nothing.
 */
export function carryErrors(): void {
  const plain = Comlink.transferHandlers.get("throw") as Comlink.TransferHandler<
    { value: unknown },
    SentError
  > & { readonly carriesCodes?: true };
  if (plain.carriesCodes) return;
  Comlink.transferHandlers.set("throw", {
    canHandle: (value): value is { value: unknown } => plain.canHandle(value),
    serialize: ({ value }) => [toSent(value), []],
    deserialize(sent) {
      throw new MemoryError(sent.code, sent.message, {
        retryable: sent.retryable,
        details: sent.details,
      });
    },
    carriesCodes: true,
  } as Comlink.TransferHandler<{ value: unknown }, SentError>);
}

function toSent(value: unknown): SentError {
  if (isMemoryError(value))
    return {
      code: value.code,
      message: value.message,
      retryable: value.retryable,
      details: value.details,
    };
  const name = value instanceof Error ? value.name : "unknown";
  return {
    code: "vault/failed",
    message: `The vault failed (${name}).`,
    retryable: true,
    details: { name },
  };
}

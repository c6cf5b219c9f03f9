import { describe, expect, it } from "vitest";
import { MemoryError } from "../domain/errors.ts";
import { vaultError } from "./vault-errors.ts";

const named = (name: string, inner?: unknown): Error =>
  Object.assign(new Error(name), { name, inner });

describe("vault errors", () => {
  it("goes by the reason that an aborted transaction carries inside", () => {
    expect(vaultError(named("AbortError", named("QuotaExceededError")), "use")).toMatchObject({
      code: "vault/quota",
      retryable: true,
    });
    expect(vaultError(named("DatabaseClosedError", named("VersionError")), "open").code).toBe(
      "vault/newer",
    );
    expect(
      vaultError(
        Object.assign(named("BulkError"), { failures: [named("QuotaExceededError")] }),
        "use",
      ).code,
    ).toBe("vault/quota");
  });

  it("tells a vault that cannot be opened from one that was closed", () => {
    for (const name of [
      "MissingAPIError",
      "SecurityError",
      "UnknownError",
      "InvalidStateError",
      "NotAllowedError",
    ]) {
      expect(vaultError(named("OpenFailedError", named(name)), "open").code).toBe(
        "vault/unavailable",
      );
    }
    expect(vaultError(named("InvalidStateError"), "use").code).toBe("vault/closed");
    expect(vaultError(named("DatabaseClosedError"), "use").code).toBe("vault/closed");
  });

  it("calls the rest failed and keeps the cause, whatever was thrown", () => {
    for (const thrown of [named("ConstraintError"), null, undefined, "text", 7]) {
      const error = vaultError(thrown, "use");
      expect(error.code).toBe("vault/failed");
      expect(error.cause).toBe(thrown);
    }
    const ring = named("AbortError");
    Object.assign(ring, { inner: ring, cause: ring });
    expect(vaultError(ring, "use").code).toBe("vault/failed");
  });

  it("lets our own errors through as they are", () => {
    const own = new MemoryError("usage/not-found", "No.");
    expect(vaultError(own, "use")).toBe(own);
  });
});

import type { SyncDevice, SyncStatus } from "@alcove/sdk";
import { describe, expect, it } from "vitest";
import { whoHolds } from "./who-holds.ts";

const status = (state: SyncStatus["state"], code?: string): Pick<SyncStatus, "state" | "problem"> =>
  ({ state, problem: code === undefined ? null : { code } }) as SyncStatus;
const device = (removed = false): SyncDevice => ({
  id: "00",
  name: null,
  isThis: false,
  removed,
  lastSeenAt: null,
});

describe("who holds a copy", () => {
  it("says of a vault that is not shared that it goes to no device", () => {
    for (const state of ["off", "unavailable"] as const)
      expect(whoHolds(status(state), [device(), device()])).toContain("no other device");
  });

  it("counts the devices that take part, and names what removed ones keep", () => {
    expect(whoHolds(status("idle"), [device(), device(), device()])).toBe(
      "3 devices hold a copy, this one among them; the sync server holds ciphertext.",
    );
    expect(whoHolds(status("idle"), [device(), device(true)])).toBe(
      "No other device holds a copy yet; the sync server holds ciphertext. A removed device keeps what it had.",
    );
    expect(whoHolds(status("offline"), [device(), device(), device(true), device(true)])).toContain(
      "2 devices hold a copy, this one among them; the sync server holds ciphertext. 2",
    );
  });

  it("never says that there is no other copy where nobody has asked the server", () => {
    expect(whoHolds(status("syncing"), null)).toContain("The devices that share the vault");
  });

  it("says that a stop keeps news here, and who was removed is no member", () => {
    expect(whoHolds(status("stopped", "sync/vault-fork"), [device()])).toContain(
      "Sync has stopped",
    );
    expect(whoHolds(status("stopped", "sync/removed"), [device(), device()])).toContain(
      "was removed from the vault",
    );
  });
});

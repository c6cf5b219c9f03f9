import { describe, expect, test } from "vitest";
import { bytes, createdVault } from "./store-fixtures.ts";
import type { StoreUnderTest } from "./store.contract.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The part of the contract about sessions, tickets and mailboxes: what lets somebody in. */
export function describeLinks(current: () => StoreUnderTest): void {
  describe("a session", () => {
    test("stands for its device until it is swept away", async () => {
      const { store, clock } = current();
      const { vaultId, devices } = await createdVault(store);
      const grant = { tokenHash: bytes(32), kind: "session" as const, vaultId };
      expect(await store.grant({ ...grant, deviceId: devices[0]! })).toBe(true);
      expect(await store.session(grant.tokenHash)).toEqual({ vaultId, deviceId: devices[0] });
      expect(await store.session(bytes(32))).toBeNull();
      expect(await store.takeTicket(grant.tokenHash)).toBeNull();
      const recovery = { ...grant, tokenHash: bytes(32), deviceId: null };
      expect(await store.grant(recovery)).toBe(true);
      expect(await store.session(recovery.tokenHash)).toEqual({ vaultId, deviceId: null });
      clock.now += 2 * DAY_MS;
      await store.sweep();
      expect(await store.session(grant.tokenHash)).toBeNull();
    });

    test("is not given for an unknown vault or device, and ends with its vault", async () => {
      const { store } = current();
      const { vaultId, devices } = await createdVault(store);
      const grant = { tokenHash: bytes(32), kind: "session" as const, vaultId };
      expect(await store.grant({ ...grant, deviceId: bytes(16) })).toBe(false);
      expect(await store.grant({ ...grant, vaultId: bytes(32), deviceId: null })).toBe(false);
      await store.grant({ ...grant, deviceId: devices[0]! });
      await store.destroyVault(vaultId);
      expect(await store.session(grant.tokenHash)).toBeNull();
    });
  });

  test("a ticket is taken once, and is no session", async () => {
    const { store } = current();
    const { vaultId, devices } = await createdVault(store);
    const tokenHash = bytes(32);
    await store.grant({ tokenHash, kind: "ticket", vaultId, deviceId: devices[0]! });
    expect(await store.session(tokenHash)).toBeNull();
    const taken = await Promise.all([1, 2, 3].map(() => store.takeTicket(tokenHash)));
    expect(taken.filter((holder) => holder !== null)).toEqual([{ vaultId, deviceId: devices[0] }]);
  });

  test("a challenge is answered once", async () => {
    const { store } = current();
    const hash = bytes(32);
    const spent = await Promise.all([1, 2, 3].map(() => store.spend(hash)));
    expect(spent.filter(Boolean)).toHaveLength(1);
  });

  describe("a mailbox", () => {
    const opened = async (code = { locator: bytes(32), check: bytes(32) }) => {
      const { store, clock } = current();
      const mailboxId = bytes(16);
      const endsMinute = Math.floor(clock.now / MINUTE_MS) + 10;
      expect(await store.openMailbox({ mailboxId, code, endsMinute })).toBe(true);
      return { store, clock, mailboxId, code, endsMinute };
    };

    test("takes one message for each slot; whoever lost an answer may ask again", async () => {
      const { store, mailboxId } = await opened();
      const message = bytes(100);
      expect(await store.takeMail(mailboxId, 0)).toEqual({ kind: "empty" });
      expect(await store.putMail(mailboxId, 0, message)).toBe("put");
      expect(await store.putMail(mailboxId, 0, bytes(9))).toBe("slot-taken");
      expect(await store.putMail(mailboxId, 1, bytes(9))).toBe("put");
      expect(await store.putMail(mailboxId, 0, message)).toBe("put");
      expect(await store.takeMail(mailboxId, 0)).toEqual({ kind: "taken", body: message });
      expect(await store.takeMail(mailboxId, 0)).toEqual({ kind: "taken", body: message });
      expect(await store.putMail(bytes(16), 0, message)).toBe("unknown-mailbox");
      expect(await store.takeMail(bytes(16), 0)).toEqual({ kind: "unknown-mailbox" });
    });

    test("is claimed by its code once", async () => {
      const { store, mailboxId, code } = await opened();
      const claims = await Promise.all([1, 2, 3].map(() => store.claimMailbox(code)));
      expect(claims.filter(({ kind }) => kind === "claimed")).toEqual([
        { kind: "claimed", mailboxId },
      ]);
      expect(await store.putMail(mailboxId, 0, bytes(1))).toBe("put");
    });

    test("is burnt by the fifth wrong try, its messages with it", async () => {
      const { store, mailboxId, code } = await opened();
      await store.putMail(mailboxId, 0, bytes(9));
      for (let wrong = 0; wrong < 4; wrong++)
        expect(await store.claimMailbox({ ...code, check: bytes(32) })).toEqual({
          kind: "refused",
        });
      expect(await store.takeMail(mailboxId, 1)).toEqual({ kind: "empty" });
      await store.claimMailbox({ ...code, check: bytes(32) });
      expect(await store.claimMailbox(code)).toEqual({ kind: "refused" });
      expect(await store.takeMail(mailboxId, 0)).toEqual({ kind: "unknown-mailbox" });
    });

    test("survives four wrong tries", async () => {
      const { store, code } = await opened();
      for (let wrong = 0; wrong < 4; wrong++)
        await store.claimMailbox({ ...code, check: bytes(32) });
      expect(await store.claimMailbox(code)).toMatchObject({ kind: "claimed" });
    });

    test("ends with its time, and its id and code are free again", async () => {
      const { store, clock, mailboxId, code } = await opened();
      const again = {
        mailboxId,
        code,
        endsMinute: Math.floor(clock.now / MINUTE_MS) + 30,
      };
      expect(await store.openMailbox(again)).toBe(false);
      expect(await store.openMailbox({ ...again, mailboxId: bytes(16) })).toBe(false);
      clock.now += 11 * MINUTE_MS;
      expect(await store.putMail(mailboxId, 0, bytes(1))).toBe("unknown-mailbox");
      expect(await store.claimMailbox(code)).toEqual({ kind: "refused" });
      expect(await store.openMailbox(again)).toBe(true);
      await store.closeMailbox(mailboxId);
      expect(await store.closeMailbox(mailboxId)).toBe(false);
    });
  });
}

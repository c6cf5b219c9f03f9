import { describe, expect, test } from "vitest";
import { fingerprint } from "../crypto/key-schedule.ts";
import { activeDevices, findDevice } from "../crypto/member-log.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { decodeInvitation, encodeInvitation, LINK_SLOT } from "../wire/link-messages.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import { requestLink } from "./link-request.ts";
import { openMailbox, readCode } from "./mailbox.ts";
import { approve, codeOf, founded, openProfile } from "./sync.fixture.ts";

const url = syncServerUrl();

async function twoDevices() {
  const old = await openProfile(url);
  const { membership } = await founded(old);
  const fresh = await openProfile(url);
  return { old, membership, fresh, request: await requestLink(fresh) };
}

const otherDigits = (digits: string) => String((Number(digits) + 1) % 1_000_000).padStart(6, "0");

describe("linking by QR", () => {
  test("makes the new device a member, with the same keys and the same fingerprint on both", async () => {
    const { old, membership, request } = await twoDevices();
    expect(request.lifeMs).toBeGreaterThan(8 * 60_000);
    const approval = await approve(old, membership, request.qr);
    expect(approval).toMatchObject({ method: "qr" });
    await approval.confirm();
    const linked = await request.done;
    expect(await request.digits).toBeNull();
    expect(linked.vaultId).toEqual(membership.vaultId);
    expect(linked.epochKeys()).toEqual(membership.epochKeys());
    expect(await fingerprint(linked.suite, linked.vaultId)).toBe(approval.fingerprint);
    expect(activeDevices(membership.log())).toHaveLength(2);
    expect((await linked.refreshLog()).hash).toEqual(membership.log().hash);
  });

  test("changes nothing before it is confirmed", async () => {
    const { old, membership, request } = await twoDevices();
    await approve(old, membership, request.qr);
    expect((await membership.refreshLog()).length).toBe(1);
    request.cancel();
    expect(await codeOf(request.done)).toBe("sync/link-refused");
  });

  test("gives the keys of all epochs", async () => {
    const { old, membership, request } = await twoDevices();
    await membership.rotate();
    const approval = await approve(old, membership, request.qr);
    await membership.rotate();
    await approval.confirm();
    expect((await request.done).epochKeys()).toEqual(membership.epochKeys());
    expect(membership.epochKeys()).toHaveLength(3);
  });

  test("that was used is told as that", async () => {
    const { old, membership, request } = await twoDevices();
    const approval = await approve(old, membership, request.qr);
    await approval.confirm();
    await request.done;
    expect(await codeOf(approval.confirm())).toBe("sync/link-code");
    expect(await codeOf(approve(old, membership, request.qr))).toBe("sync/link-code");
  });

  test("that was refused is told to the new device", async () => {
    const { old, membership, request } = await twoDevices();
    await (await approve(old, membership, request.qr)).decline();
    await expect(request.done).rejects.toMatchObject({
      code: "sync/link-refused",
      details: { reason: "declined" },
    });
    expect((await membership.refreshLog()).length).toBe(1);
  });

  test("of a mailbox that nobody opened, of another server, of no meaning", async () => {
    const { old, membership, request } = await twoDevices();
    const invitation = decodeInvitation(request.qr);
    const mailboxId = old.suite.random(16);
    const unknown = encodeInvitation({ ...invitation, mailboxId });
    expect(await codeOf(approve(old, membership, unknown))).toBe("sync/link-code");
    const elsewhere = encodeInvitation({ ...invitation, url: "https://sync.example" });
    expect(await codeOf(approve(old, membership, elsewhere))).toBe("usage/invalid-input");
    const cut = request.qr.slice(0, -9);
    expect(await codeOf(approve(old, membership, cut))).toBe("sync/link-code");
    request.cancel();
  });
});

describe("linking by code", () => {
  test("makes the new device a member once its digits were typed", async () => {
    const { old, membership, request } = await twoDevices();
    expect(request.code).toMatch(/^[\dA-HJKMNP-TV-Z]{8}$/);
    const typed = ` ${request.code.slice(0, 4).toLowerCase()}-${request.code.slice(4)}`;
    const approval = await approve(old, membership, typed);
    expect(approval.method).toBe("code");
    const digits = (await request.digits) ?? "";
    expect(digits).toMatch(/^\d{6}$/);
    await approval.confirm(`${digits.slice(0, 3)} ${digits.slice(3)}`);
    const linked = await request.done;
    expect(linked.epochKeys()).toEqual(membership.epochKeys());
    expect(findDevice(membership.log(), linked.device.deviceId)).not.toBeNull();
  });

  test("ends with wrong digits, on both devices", async () => {
    const { old, membership, request } = await twoDevices();
    const approval = await approve(old, membership, request.code);
    const digits = (await request.digits) ?? "";
    expect(await codeOf(approval.confirm(otherDigits(digits)))).toBe("sync/link-digits");
    expect(await codeOf(approval.confirm(digits))).toBe("sync/link-code");
    await expect(request.done).rejects.toMatchObject({
      code: "sync/link-refused",
      details: { reason: "digits" },
    });
    expect((await membership.refreshLog()).length).toBe(1);
  });

  test("without digits lets nobody in", async () => {
    const { old, membership, request } = await twoDevices();
    const approval = await approve(old, membership, request.code);
    expect(await codeOf(approval.confirm())).toBe("sync/link-digits");
    await request.done.catch(() => undefined);
  });

  test("is good once", async () => {
    const { old, membership, request } = await twoDevices();
    await approve(old, membership, request.code);
    expect(await codeOf(approve(old, membership, request.code))).toBe("sync/link-code");
    request.cancel();
  });

  test("that is unknown or none at all", async () => {
    const { old, membership, request } = await twoDevices();
    expect(await codeOf(approve(old, membership, "00000000"))).toBe("sync/link-code");
    expect(await codeOf(approve(old, membership, "hello"))).toBe("sync/link-code");
    expect(readCode("oil0 il00")).toBe("01101100");
    request.cancel();
  });

  test("ends when nobody comes in time", async () => {
    const fresh = await openProfile(url);
    fresh.between(async (name, next) => {
      const answer = await next();
      if (name !== "meta.info") return answer;
      // As if nine and a half minutes had passed already.
      return { ...(answer as object), serverTimeMs: Date.now() + 9.99 * 60_000 };
    });
    const request = await requestLink(fresh);
    expect(request.lifeMs).toBeLessThan(5_000);
    expect(await codeOf(request.done)).toBe("sync/link-expired");
    expect(await codeOf(request.digits)).toBe("sync/link-expired");
  });
});

describe("a server that carries the mailbox and lies", () => {
  test("16: swaps the new device's keys in the exchange by code: the promise of before does not fit", async () => {
    const { old, membership, request } = await twoDevices();
    const mallory = await openProfile(url);
    const other = await mallory.suite.curves.newSigningKey();
    old.between(async (name, next, input) => {
      const answer = (await next()) as { readonly message: string | null };
      const slot = (input as { readonly slot?: number } | undefined)?.slot;
      if (name !== "link.take" || slot !== LINK_SLOT.reveal || answer.message === null)
        return answer;
      const bytes = fromBase64url(answer.message);
      bytes.set(other.publicKey, 1 + 32 + 32);
      return { message: toBase64url(bytes) };
    });
    expect(await codeOf(approve(old, membership, request.code))).toBe("sync/link-forged");
    old.between(null);
    expect((await membership.refreshLog()).length).toBe(1);
    request.cancel();
  });

  test("16: plays each device for the other: the digits differ, and nobody is let in", async () => {
    const { old, membership, request } = await twoDevices();
    const mallory = await openProfile(url);
    // The one in the middle meets the new device with a vault of its own, and the old one with a device of its own.
    const own = await founded(mallory);
    const toOld = await requestLink(await openProfile(url));
    const withNew = await approve(mallory, own.membership, request.code);
    const withOld = await approve(old, membership, toOld.code);
    const [shown, wanted] = [(await request.digits) ?? "", await toOld.digits];
    expect(shown).not.toBe(wanted);
    expect(await codeOf(withOld.confirm(shown))).toBe("sync/link-digits");
    expect((await membership.refreshLog()).length).toBe(1);
    await withNew.decline();
    expect(await codeOf(request.done)).toBe("sync/link-refused");
  });

  test("swapped provisioning box, by QR: a box of another vault does not open without the secret", async () => {
    const { request } = await twoDevices();
    const mallory = await openProfile(url);
    const own = await founded(mallory);
    // All that the server knows of an invitation: keys and mailbox, not the secret.
    const guess = mallory.suite.random(32);
    const forgery = encodeInvitation({ ...decodeInvitation(request.qr), secret: guess });
    await (await approve(mallory, own.membership, forgery)).confirm();
    expect(await codeOf(request.done)).toBe("sync/link-forged");
  });

  test("swapped provisioning box, by code: the box of another exchange does not open", async () => {
    const { old, membership, fresh, request } = await twoDevices();
    const approval = await approve(old, membership, request.code);
    const digits = (await request.digits) ?? "";
    const mallory = await openProfile(url);
    const own = await founded(mallory);
    const second = await requestLink(await openProfile(url));
    await (await approve(mallory, own.membership, second.qr)).confirm();
    await second.done;
    const { mailboxId } = decodeInvitation(second.qr);
    const box = await mallory.transport.call("link.take", {
      mailboxId: toBase64url(mailboxId),
      slot: LINK_SLOT.answer,
    });
    fresh.between(async (name, next, input) => {
      const answer = (await next()) as { readonly message: string | null };
      const slot = (input as { readonly slot?: number } | undefined)?.slot;
      return name === "link.take" && slot === LINK_SLOT.answer && answer.message !== null
        ? box
        : answer;
    });
    await approval.confirm(digits);
    expect(await codeOf(request.done)).toBe("sync/link-forged");
  });

  test("shows the linked device a log without it", async () => {
    const { old, membership, fresh, request } = await twoDevices();
    const before = await membership.call("log.get", {
      vaultId: toBase64url(membership.vaultId),
      from: 0,
    });
    const approval = await approve(old, membership, request.qr);
    fresh.between((name, next) => (name === "log.get" ? Promise.resolve(before) : next()));
    await approval.confirm();
    expect(await codeOf(request.done)).toBe("sync/vault-withheld");
  });

  test("a mailbox that somebody else wrote into", async () => {
    const profile = await openProfile(url);
    const mailbox = await openMailbox({ kind: "code" }, profile);
    await mailbox.put(LINK_SLOT.commit, new Uint8Array([1, 2, 3]));
    await mailbox.put(LINK_SLOT.commit, new Uint8Array([1, 2, 3]));
    const other = mailbox.put(LINK_SLOT.commit, new Uint8Array([1, 2, 4]));
    expect(await codeOf(other)).toBe("sync/link-forged");
  });
});

import { describe, expect, test } from "vitest";
import {
  encodeLinkMessage,
  type LinkBinding,
  type LinkOffer,
  type LinkReveal,
} from "../wire/link-messages.ts";
import type { Bytes } from "../wire/bytes.ts";
import { SUITES } from "./crypto.fixture.ts";
import {
  linkCommitment,
  linkSecrets,
  openProvision,
  sameDigits,
  sealProvision,
  type LinkTranscript,
} from "./link.ts";
import { makeActor } from "./member.fixture.ts";
import type { KeyPair } from "./curves.ts";
import type { Suite } from "./suite.ts";

const fill = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);
const MAILBOX = fill(16, 1);

/** One side's public part of an exchange. */
async function halves(suite: Suite, ephemeral: KeyPair) {
  const keys = { signPk: fill(32, 3), sealPk: fill(32, 4) };
  const reveal: LinkReveal = {
    type: "reveal",
    ephemeral: ephemeral.publicKey,
    nonce: suite.random(32),
    ...keys,
  };
  const offer: LinkOffer = {
    type: "offer",
    ephemeral: ephemeral.publicKey,
    nonce: suite.random(32),
    ...keys,
    vaultId: fill(32, 5),
    logLen: 2,
    logHash: fill(32, 6),
  };
  return { reveal: encodeLinkMessage(reveal), offer: encodeLinkMessage(offer) };
}

async function transcriptOf(suite: Suite, offer: Bytes, reveal: Bytes): Promise<LinkTranscript> {
  const commit = encodeLinkMessage({
    type: "commit",
    hash: await linkCommitment(suite, MAILBOX, reveal),
  });
  return { mailboxId: MAILBOX, commit, offer, reveal };
}

describe.each(SUITES)("$name", ({ suite }) => {
  test("both ends come to the same digits and the same secret", async () => {
    const [fresh, old] = [await suite.curves.newSealingKey(), await suite.curves.newSealingKey()];
    const transcript = await transcriptOf(
      suite,
      (await halves(suite, old)).offer,
      (await halves(suite, fresh)).reveal,
    );
    const mine = await linkSecrets(suite, transcript, fresh, old.publicKey);
    const theirs = await linkSecrets(suite, transcript, old, fresh.publicKey);
    expect(mine).toEqual(theirs);
    expect(mine.digits).toMatch(/^\d{6}$/);
    expect(mine.psk.key.length).toBe(32);
  });

  test("a server between them meets neither digits nor secret", async () => {
    const [fresh, old, evil] = [
      await suite.curves.newSealingKey(),
      await suite.curves.newSealingKey(),
      await suite.curves.newSealingKey(),
    ];
    const [a, b, m] = [
      await halves(suite, fresh),
      await halves(suite, old),
      await halves(suite, evil),
    ];
    const toNew = await linkSecrets(
      suite,
      await transcriptOf(suite, m.offer, a.reveal),
      fresh,
      evil.publicKey,
    );
    const toOld = await linkSecrets(
      suite,
      await transcriptOf(suite, b.offer, m.reveal),
      old,
      evil.publicKey,
    );
    expect(toNew.psk.key).not.toEqual(toOld.psk.key);
    // They meet by chance once in a million runs; the secrets never do.
    expect(toNew).not.toEqual(toOld);
  });

  test("a new device that changes its mind after the offer is caught", async () => {
    const [fresh, old] = [await suite.curves.newSealingKey(), await suite.curves.newSealingKey()];
    const { offer } = await halves(suite, old);
    const transcript = await transcriptOf(suite, offer, (await halves(suite, fresh)).reveal);
    const another = (await halves(suite, fresh)).reveal;
    for (const changed of [
      { ...transcript, reveal: another },
      { ...transcript, mailboxId: fill(16, 2) },
      { ...transcript, commit: offer },
    ]) {
      await expect(linkSecrets(suite, changed, old, fresh.publicKey)).rejects.toMatchObject({
        reason: "refused",
      });
    }
  });

  test("a provisioning box opens for the new device, in the vault and log it was meant for, with the secret", async () => {
    const [laptop, phone, evil] = [
      await makeActor(suite, "device", 2),
      await makeActor(suite, "device", 3),
      await makeActor(suite, "device", 4),
    ];
    const binding: LinkBinding = {
      method: "qr",
      vaultId: fill(32, 1),
      logLen: 2,
      logHash: fill(32, 2),
      newDevice: phone.keys,
      oldDevice: laptop.keys,
    };
    const psk = { key: suite.random(32), id: MAILBOX };
    const provision = {
      epoch: 1,
      epochKey: fill(32, 7),
      heads: [{ deviceId: laptop.id, batchNo: 3, hash: fill(32, 8) }],
    };
    const box = await sealProvision(suite, binding, psk, provision);
    expect(await openProvision(suite, binding, psk, phone.sealing, box)).toEqual(provision);

    const unreadable = { reason: "unreadable" };
    for (const change of [
      { method: "code" as const },
      { vaultId: fill(32, 9) },
      { logLen: 3 },
      { logHash: fill(32, 9) },
      { oldDevice: evil.keys },
      { newDevice: evil.keys },
    ]) {
      const other = { ...binding, ...change };
      await expect(openProvision(suite, other, psk, phone.sealing, box)).rejects.toMatchObject(
        unreadable,
      );
    }
    // Who knows all public keys, but not the secret, cannot write a box that opens.
    const swapped = await sealProvision(suite, binding, { ...psk, key: fill(32, 0) }, provision);
    await expect(openProvision(suite, binding, psk, phone.sealing, swapped)).rejects.toMatchObject(
      unreadable,
    );
    await expect(openProvision(suite, binding, psk, evil.sealing, box)).rejects.toMatchObject(
      unreadable,
    );
  });
});

test("digits are compared however they are spaced, and only whole", () => {
  expect(sameDigits("123 456", "123456")).toBe(true);
  expect(sameDigits("123-456", "123456")).toBe(true);
  for (const typed of ["123457", "12345", "1234567", "", "12345six"]) {
    expect(sameDigits(typed, "123456")).toBe(false);
  }
});

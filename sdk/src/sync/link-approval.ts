import { MemoryError } from "../domain/errors.ts";
import { linkSecrets, sameDigits, sealProvision } from "../crypto/link.ts";
import { fingerprint } from "../crypto/key-schedule.ts";
import { activeDevices } from "../crypto/member-log.ts";
import type { Psk } from "../crypto/hpke.ts";
import { compareBytes } from "../wire/bytes.ts";
import type { Head } from "../wire/dots.ts";
import { LIMITS, NONCE_BYTES } from "../wire/limits.ts";
import {
  decodeInvitation,
  encodeLinkMessage,
  isInvitation,
  LINK_SLOT,
  type LinkCommit,
  type LinkInvitation,
  type LinkRefusal,
  type LinkReveal,
} from "../wire/link-messages.ts";
import type { PublicKeys } from "../wire/member-log.ts";
import { decode, forged } from "./link-request.ts";
import {
  claimMailbox,
  createMailbox,
  expired,
  readCode,
  unknownCode,
  type Mailbox,
  type MailboxDeps,
} from "./mailbox.ts";
import { tooMany, type Membership } from "./membership.ts";

/** What the old device asks its user before it lets a new one in. */
export interface Approval {
  readonly method: "qr" | "code";
  /** Of the vault: the new device shows the same once it is linked. */
  readonly fingerprint: string;
  /**
   * Lets the new device in.
   *
   * @param digits what the new device shows; none for a QR
   * @throws {@link MemoryError} `sync/link-digits`, `sync/link-expired`, `sync/link-code` where it was confirmed before, `sync/full`
   */
  confirm(digits?: string): Promise<void>;
  /** Tells the new device that its user said no. */
  decline(): Promise<void>;
}

export interface ApprovalDeps extends MailboxDeps {
  readonly membership: Membership;
  /** The newest verified heads, for the new device to hold the server to. */
  readonly heads: () => Promise<readonly Head[]>;
  readonly signal?: AbortSignal;
}

/** The new device answers by itself, so this is long already. */
const ANSWER_MS = 30_000;

/** @throws {@link MemoryError} `sync/link-code`, `sync/link-expired`, `sync/link-forged`, `usage/invalid-input` */
export function approveLink(qrOrCode: string, deps: ApprovalDeps): Promise<Approval> {
  const text = qrOrCode.trim();
  return isInvitation(text) ? approveQr(text, deps) : approveCode(text, deps);
}

async function approveQr(text: string, deps: ApprovalDeps): Promise<Approval> {
  const { membership } = deps;
  const invitation = readInvitation(text);
  if (invitation.url !== membership.url) {
    throw new MemoryError(
      "usage/invalid-input",
      "The new device is at another sync server than this vault.",
    );
  }
  const mailbox = createMailbox(invitation.mailboxId, deps);
  await checkOpen(mailbox);
  const psk: Psk = { key: invitation.secret, id: invitation.mailboxId };
  return createApproval("qr", mailbox, invitation, psk, null, deps);
}

async function approveCode(text: string, deps: ApprovalDeps): Promise<Approval> {
  const { membership, signal } = deps;
  const { suite, device, vaultId } = membership;
  const mailbox = await claimMailbox(readCode(text), deps);
  const limit = AbortSignal.timeout(ANSWER_MS);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  const taken = (slot: 0 | 2) =>
    mailbox.take(slot, either).catch((error: unknown) => {
      throw limit.aborted ? expired(error) : error;
    });

  const commit = await taken(LINK_SLOT.commit);
  await forged(async () => decode(commit, "commit") as LinkCommit);
  const log = await membership.refreshLog();
  const ephemeral = await suite.curves.newSealingKey();
  const offer = encodeLinkMessage({
    type: "offer",
    ephemeral: ephemeral.publicKey,
    nonce: suite.random(NONCE_BYTES),
    signPk: device.signing.publicKey,
    sealPk: device.sealing.publicKey,
    vaultId,
    logLen: log.length,
    logHash: log.hash,
  });
  await mailbox.put(LINK_SLOT.offer, offer);
  const reveal = await taken(LINK_SLOT.reveal);
  const revealed = await forged(async () => decode(reveal, "reveal") as LinkReveal);
  const transcript = { mailboxId: mailbox.mailboxId, commit, offer, reveal };
  const { digits, psk } = await forged(() =>
    linkSecrets(suite, transcript, ephemeral, revealed.ephemeral),
  );
  return createApproval("code", mailbox, revealed, psk, digits, deps);
}

async function createApproval(
  method: "qr" | "code",
  mailbox: Mailbox,
  { signPk, sealPk }: PublicKeys,
  psk: Psk,
  digits: string | null,
  { membership, heads }: ApprovalDeps,
): Promise<Approval> {
  const { suite, device, vaultId } = membership;
  const newDevice = { signPk, sealPk };
  const oldDevice = { signPk: device.signing.publicKey, sealPk: device.sealing.publicKey };
  let ended = false;

  return {
    method,
    fingerprint: await fingerprint(suite, vaultId),
    async confirm(typed = "") {
      if (ended) throw unknownCode();
      if (digits !== null && !sameDigits(typed, digits)) {
        await refuse(2);
        throw new MemoryError(
          "sync/link-digits",
          "These are not the digits that the new device shows. The link has ended: begin again.",
        );
      }
      await checkOpen(mailbox);
      if (activeDevices(await membership.refreshLog()).length >= LIMITS.members) {
        await refuse(3);
        throw tooMany();
      }
      ended = true;
      const { length: logLen, hash: logHash } = await membership.add(newDevice);
      const epochKey = membership.epochKeys().at(-1);
      if (!epochKey)
        throw new MemoryError("sync/vault-withheld", "The key of the present epoch is missing.");
      const verified = (await heads()).toSorted((a, b) => compareBytes(a.deviceId, b.deviceId));
      const box = await sealProvision(
        suite,
        { method, vaultId, logLen, logHash, newDevice, oldDevice },
        psk,
        { epoch: epochKey.epoch, epochKey: epochKey.key, heads: verified },
      );
      await mailbox.put(LINK_SLOT.answer, encodeLinkMessage(box));
    },
    async decline() {
      if (!ended) await refuse(1);
    },
  };

  async function refuse(reason: LinkRefusal["reason"]): Promise<void> {
    ended = true;
    await mailbox.put(LINK_SLOT.answer, encodeLinkMessage({ type: "refusal", reason }));
  }
}

/** Before the log is changed for it: there is no way back from an entry. */
async function checkOpen(mailbox: Mailbox): Promise<void> {
  const answered = await mailbox.peek(LINK_SLOT.answer).catch((error: unknown) => {
    throw error instanceof MemoryError && error.code === "sync/link-expired"
      ? unknownCode(error)
      : error;
  });
  if (answered !== null) throw unknownCode();
}

function readInvitation(text: string): LinkInvitation {
  try {
    return decodeInvitation(text);
  } catch (cause) {
    throw new MemoryError("sync/link-code", "This QR is none of this version of Alcove.", {
      cause,
    });
  }
}

import { MemoryError } from "../domain/errors.ts";
import { newDeviceKeys } from "../crypto/device-keys.ts";
import type { Psk } from "../crypto/hpke.ts";
import { linkCommitment, linkSecrets, openProvision } from "../crypto/link.ts";
import { toBase64url } from "../wire/base64url.ts";
import { equalBytes, type Bytes } from "../wire/bytes.ts";
import { KEY_BYTES, MAILBOX_ID_BYTES, NONCE_BYTES } from "../wire/limits.ts";
import {
  decodeLinkMessage,
  encodeInvitation,
  encodeLinkMessage,
  LINK_SLOT,
  type LinkBox,
  type LinkOffer,
} from "../wire/link-messages.ts";
import type { PublicKeys } from "../wire/member-log.ts";
import { WireError } from "../wire/wire-error.ts";
import { joinByBox } from "./join-vault.ts";
import { expired, openMailbox, type Mailbox, type MailboxDeps } from "./mailbox.ts";
import type { Membership, MembershipDeps } from "./membership.ts";

/** What the new device shows, and what comes of it. */
export interface NewDevice {
  /** The text of a QR code. It holds a secret: it is for a camera, not for a message. */
  readonly qr: string;
  /** Eight characters to type into the other device instead. No secret. */
  readonly code: string;
  /** How long both are good. */
  readonly lifeMs: number;
  /** Six digits to type into the other device, once it was given the code; `null` once it is linked without. */
  readonly digits: Promise<string | null>;
  /** @throws {@link MemoryError} `sync/link-expired`, `sync/link-refused`, `sync/link-forged`, and what joining throws */
  readonly done: Promise<Membership>;
  cancel(): void;
}

export type LinkDeps = Omit<MembershipDeps, "device"> & Pick<MailboxDeps, "pollMs">;

const REASONS = { 1: "declined", 2: "digits", 3: "devices" } as const;

/** Asks to be linked, by QR and by code at the same time. Whichever the other device takes first counts. */
export async function requestLink(deps: LinkDeps): Promise<NewDevice> {
  const { suite, transport } = deps;
  const device = await newDeviceKeys(suite);
  const keys: PublicKeys = {
    signPk: device.signing.publicKey,
    sealPk: device.sealing.publicKey,
  };
  const mailboxId = suite.random(MAILBOX_ID_BYTES);
  const secret = suite.random(KEY_BYTES);
  const byQr = await openMailbox({ kind: "qr", mailboxId: toBase64url(mailboxId) }, deps);
  const byCode = await openMailbox({ kind: "code" }, deps);
  const ephemeral = await suite.curves.newSealingKey();
  const reveal = encodeLinkMessage({
    type: "reveal",
    ephemeral: ephemeral.publicKey,
    nonce: suite.random(NONCE_BYTES),
    ...keys,
  });
  const hash = await linkCommitment(suite, byCode.mailboxId, reveal);
  const commit = encodeLinkMessage({ type: "commit", hash });
  await byCode.put(LINK_SLOT.commit, commit);

  const lifeMs = Math.min(byQr.lifeMs, byCode.lifeMs);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(expired()), lifeMs);
  let showDigits: (digits: string | null) => void = () => undefined;
  let hideDigits: (reason: unknown) => void = () => undefined;
  const digits = new Promise<string | null>((resolve, reject) => {
    showDigits = resolve;
    hideDigits = reject;
  });
  // Who waits for `done` alone is told there.
  digits.catch(() => undefined);
  const done = Promise.race([waitForQr(), waitForCode()])
    .catch((error: unknown) => {
      hideDigits(error);
      throw error;
    })
    .finally(() => {
      showDigits(null);
      clearTimeout(timer);
      stop.abort(expired());
    });
  done.catch(() => undefined);

  return {
    qr: encodeInvitation({ mailboxId, secret, ...keys, url: transport.url }),
    code: byCode.code ?? "",
    lifeMs,
    digits,
    done,
    cancel: () =>
      stop.abort(
        new MemoryError("sync/link-refused", "Linking was called off on this device.", {
          details: { reason: "cancelled" },
        }),
      ),
  };

  async function waitForQr(): Promise<Membership> {
    const box = await takeBox(byQr);
    return join("qr", box, { key: secret, id: mailboxId });
  }

  async function waitForCode(): Promise<Membership> {
    const offer = await byCode.take(LINK_SLOT.offer, stop.signal);
    const offered = await forged(async () => decode(offer, "offer") as LinkOffer);
    await byCode.put(LINK_SLOT.reveal, reveal);
    const transcript = { mailboxId: byCode.mailboxId, commit, offer, reveal };
    const secrets = await forged(() =>
      linkSecrets(suite, transcript, ephemeral, offered.ephemeral),
    );
    showDigits(secrets.digits);
    const box = await takeBox(byCode);
    const same =
      equalBytes(box.vaultId, offered.vaultId) &&
      equalBytes(box.signPk, offered.signPk) &&
      equalBytes(box.sealPk, offered.sealPk);
    if (!same) throw swapped();
    return join("code", box, secrets.psk);
  }

  async function takeBox(mailbox: Mailbox): Promise<LinkBox> {
    const message = await mailbox.take(LINK_SLOT.answer, stop.signal);
    const answer = await forged(async () => decodeLinkMessage(message));
    if (answer.type === "refusal") {
      const reason = REASONS[answer.reason];
      throw new MemoryError("sync/link-refused", "The other device has refused to link.", {
        details: { reason },
      });
    }
    if (answer.type !== "box") throw swapped();
    return answer;
  }

  async function join(method: "qr" | "code", box: LinkBox, psk: Psk): Promise<Membership> {
    const { vaultId, logLen, logHash, signPk, sealPk } = box;
    const binding = {
      method,
      vaultId,
      logLen,
      logHash,
      newDevice: keys,
      oldDevice: { signPk, sealPk },
    };
    const provision = await forged(() => openProvision(suite, binding, psk, device.sealing, box));
    stop.signal.throwIfAborted();
    return joinByBox({ ...deps, device }, box, provision);
  }
}

export function decode(
  message: Bytes,
  type: "commit" | "offer" | "reveal",
): ReturnType<typeof decodeLinkMessage> {
  const decoded = decodeLinkMessage(message);
  if (decoded.type !== type) throw swapped();
  return decoded;
}

/** What does not open or fit is not what the other device has sent. */
export async function forged<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof WireError ? swapped(error) : error;
  }
}

export function swapped(cause?: unknown): MemoryError {
  return new MemoryError(
    "sync/link-forged",
    "What came is not what the other device has sent. Nothing of it was taken.",
    cause === undefined ? {} : { cause },
  );
}

import {
  concatBytes,
  createWireReader,
  createWireWriter,
  type Bytes,
  type WireReader,
} from "./bytes.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { readHeads, writeHeads, type Head } from "./dots.ts";
import { HASH_BYTES, KEY_BYTES, LIMITS, MAILBOX_ID_BYTES, VAULT_ID_BYTES } from "./limits.ts";
import type { PublicKeys } from "./member-log.ts";
import { tagged } from "./tags.ts";
import { WireError } from "./wire-error.ts";

const QR_PREFIX = "alcove-link:1:";
const QR_VERSION = 1;
const COMMIT = 1;
const OFFER = 2;
const REVEAL = 3;
const BOX = 4;
const REFUSAL = 5;
const SECRET_BYTES = 32;

/** Who writes which slot of a mailbox. */
export const LINK_SLOT = { commit: 0, offer: 1, reveal: 2, answer: 3 } as const;

/** What the new device shows as a QR code. The secret goes from screen to camera and nowhere else. */
export interface LinkInvitation extends PublicKeys {
  readonly mailboxId: Bytes;
  readonly secret: Bytes;
  readonly url: string;
}

export function encodeInvitation(invitation: LinkInvitation): string {
  const url = new TextEncoder().encode(invitation.url);
  const out = createWireWriter();
  out.u8(QR_VERSION);
  out.fixed(invitation.mailboxId, MAILBOX_ID_BYTES);
  out.fixed(invitation.secret, SECRET_BYTES);
  out.fixed(invitation.signPk, KEY_BYTES);
  out.fixed(invitation.sealPk, KEY_BYTES);
  out.u16(url.length);
  out.rest(url);
  return QR_PREFIX + toBase64url(out.take());
}

/** @throws {WireError} for a text that is no invitation; `isInvitation` tells a QR from a code */
export function decodeInvitation(text: string): LinkInvitation {
  if (!isInvitation(text)) throw new WireError("A text is no invitation.");
  const from = createWireReader(fromBase64url(text.slice(QR_PREFIX.length)));
  if (from.u8() !== QR_VERSION) {
    throw new WireError("An invitation has an unknown version.", "unsupported");
  }
  const fields = {
    mailboxId: from.fixed(MAILBOX_ID_BYTES),
    secret: from.fixed(SECRET_BYTES),
    signPk: from.fixed(KEY_BYTES),
    sealPk: from.fixed(KEY_BYTES),
    url: readText(from),
  };
  from.end();
  return fields;
}

export function isInvitation(text: string): boolean {
  return text.startsWith(QR_PREFIX);
}

/** The new device's promise not to change its mind: a hash of the reveal message that it will send. */
export interface LinkCommit {
  readonly type: "commit";
  readonly hash: Bytes;
}

/** The old device's part of the exchange, and the vault that it would link to. */
export interface LinkOffer extends PublicKeys {
  readonly type: "offer";
  /** X25519, used once. */
  readonly ephemeral: Bytes;
  readonly nonce: Bytes;
  readonly vaultId: Bytes;
  readonly logLen: number;
  readonly logHash: Bytes;
}

/** The new device's part, once it has seen the offer. */
export interface LinkReveal extends PublicKeys {
  readonly type: "reveal";
  readonly ephemeral: Bytes;
  readonly nonce: Bytes;
}

/** The provisioning box, and what it is bound to. */
export interface LinkBox extends PublicKeys {
  readonly type: "box";
  readonly vaultId: Bytes;
  /** The log in which the new device is a member. */
  readonly logLen: number;
  readonly logHash: Bytes;
  /** HPKE's encapsulated key. */
  readonly enc: Bytes;
  readonly ciphertext: Bytes;
}

/** The old device says no. 1: its user declined. 2: the digits were wrong. 3: the vault takes no more members. */
export interface LinkRefusal {
  readonly type: "refusal";
  readonly reason: 1 | 2 | 3;
}

export type LinkMessage = LinkCommit | LinkOffer | LinkReveal | LinkBox | LinkRefusal;

export function encodeLinkMessage(message: LinkMessage): Bytes {
  const out = createWireWriter();
  switch (message.type) {
    case "commit":
      out.u8(COMMIT);
      out.fixed(message.hash, HASH_BYTES);
      break;
    case "offer":
      out.u8(OFFER);
      out.fixed(message.ephemeral, KEY_BYTES);
      out.fixed(message.nonce, SECRET_BYTES);
      out.fixed(message.signPk, KEY_BYTES);
      out.fixed(message.sealPk, KEY_BYTES);
      out.fixed(message.vaultId, VAULT_ID_BYTES);
      out.u32(message.logLen);
      out.fixed(message.logHash, HASH_BYTES);
      break;
    case "reveal":
      out.u8(REVEAL);
      out.fixed(message.ephemeral, KEY_BYTES);
      out.fixed(message.nonce, SECRET_BYTES);
      out.fixed(message.signPk, KEY_BYTES);
      out.fixed(message.sealPk, KEY_BYTES);
      break;
    case "box":
      out.u8(BOX);
      out.fixed(message.vaultId, VAULT_ID_BYTES);
      out.u32(message.logLen);
      out.fixed(message.logHash, HASH_BYTES);
      out.fixed(message.signPk, KEY_BYTES);
      out.fixed(message.sealPk, KEY_BYTES);
      out.fixed(message.enc, KEY_BYTES);
      out.u16(message.ciphertext.length);
      out.rest(message.ciphertext);
      break;
    case "refusal":
      out.u8(REFUSAL);
      out.u8(message.reason);
  }
  const bytes = out.take();
  if (bytes.length > LIMITS.linkMessageBytes)
    throw new WireError("A message is too large.", "too-large");
  return bytes;
}

export function decodeLinkMessage(bytes: Uint8Array): LinkMessage {
  if (bytes.length > LIMITS.linkMessageBytes)
    throw new WireError("A message is too large.", "too-large");
  const from = createWireReader(bytes);
  const message = readMessage(from);
  from.end();
  return message;
}

function readMessage(from: WireReader): LinkMessage {
  const type = from.u8();
  switch (type) {
    case COMMIT:
      return { type: "commit", hash: from.fixed(HASH_BYTES) };
    case OFFER:
      return {
        type: "offer",
        ephemeral: from.fixed(KEY_BYTES),
        nonce: from.fixed(SECRET_BYTES),
        signPk: from.fixed(KEY_BYTES),
        sealPk: from.fixed(KEY_BYTES),
        vaultId: from.fixed(VAULT_ID_BYTES),
        logLen: from.u32(),
        logHash: from.fixed(HASH_BYTES),
      };
    case REVEAL:
      return {
        type: "reveal",
        ephemeral: from.fixed(KEY_BYTES),
        nonce: from.fixed(SECRET_BYTES),
        signPk: from.fixed(KEY_BYTES),
        sealPk: from.fixed(KEY_BYTES),
      };
    case BOX:
      return {
        type: "box",
        vaultId: from.fixed(VAULT_ID_BYTES),
        logLen: from.u32(),
        logHash: from.fixed(HASH_BYTES),
        signPk: from.fixed(KEY_BYTES),
        sealPk: from.fixed(KEY_BYTES),
        enc: from.fixed(KEY_BYTES),
        ciphertext: from.fixed(from.u16()),
      };
    case REFUSAL: {
      const reason = from.u8();
      if (reason !== 1 && reason !== 2 && reason !== 3) {
        throw new WireError("A refusal has an unknown reason.", "unsupported");
      }
      return { type: "refusal", reason };
    }
    default:
      throw new WireError("A message has an unknown type.", "unsupported");
  }
}

/** What the new device's promise is the hash of. */
export function commitMessage(mailboxId: Uint8Array, reveal: Uint8Array): Bytes {
  return tagged("link-commit", mailboxId, reveal);
}

/** What the digits and the box's key are derived from: every byte that was exchanged. */
export function transcriptMessage(
  mailboxId: Uint8Array,
  messages: {
    readonly commit: Uint8Array;
    readonly offer: Uint8Array;
    readonly reveal: Uint8Array;
  },
): Bytes {
  return tagged(
    "link-transcript",
    concatBytes(mailboxId, messages.commit, messages.offer, messages.reveal),
  );
}

export interface LinkBinding {
  readonly method: "qr" | "code";
  readonly vaultId: Bytes;
  readonly logLen: number;
  readonly logHash: Bytes;
  readonly newDevice: PublicKeys;
  readonly oldDevice: PublicKeys;
}

/** HPKE's `info` of the provisioning box. */
export function linkBoxInfo({
  method,
  vaultId,
  logLen,
  logHash,
  newDevice,
  oldDevice,
}: LinkBinding): Bytes {
  const out = createWireWriter();
  out.u8(method === "qr" ? 1 : 2);
  out.fixed(vaultId, VAULT_ID_BYTES);
  out.u32(logLen);
  out.fixed(logHash, HASH_BYTES);
  for (const { signPk, sealPk } of [newDevice, oldDevice]) {
    out.fixed(signPk, KEY_BYTES);
    out.fixed(sealPk, KEY_BYTES);
  }
  return tagged("link-box", out.take());
}

/** What the provisioning box holds. */
export interface Provision {
  readonly epoch: number;
  /** VK of that epoch; the ones before are read from the links. */
  readonly epochKey: Bytes;
  /** What the old device has verified, itself included, ascending. */
  readonly heads: readonly Head[];
}

export function encodeProvision({ epoch, epochKey, heads }: Provision): Bytes {
  const out = createWireWriter();
  out.u32(epoch);
  out.fixed(epochKey, KEY_BYTES);
  writeHeads(out, heads);
  return out.take();
}

export function decodeProvision(bytes: Uint8Array): Provision {
  const from = createWireReader(bytes);
  const provision = { epoch: from.u32(), epochKey: from.fixed(KEY_BYTES), heads: readHeads(from) };
  from.end();
  return provision;
}

function readText(from: WireReader): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      from.fixed(from.u16()),
    );
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError("A text is no UTF-8.");
  }
}

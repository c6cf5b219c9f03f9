import { createWireReader, equalBytes, type Bytes } from "../wire/bytes.ts";
import {
  commitMessage,
  decodeLinkMessage,
  decodeProvision,
  encodeProvision,
  linkBoxInfo,
  transcriptMessage,
  type LinkBinding,
  type LinkBox,
  type Provision,
} from "../wire/link-messages.ts";
import { KEY_BYTES } from "../wire/limits.ts";
import { tagged } from "../wire/tags.ts";
import { WireError } from "../wire/wire-error.ts";
import type { KeyPair } from "./curves.ts";
import { hpkeOpen, hpkeSeal, type Psk } from "./hpke.ts";
import { derive } from "./key-schedule.ts";
import type { Suite } from "./suite.ts";

const DIGITS = 6;

/** The messages of one exchange by code, as they went over the wire. */
export interface LinkTranscript {
  readonly mailboxId: Bytes;
  readonly commit: Bytes;
  readonly offer: Bytes;
  readonly reveal: Bytes;
}

/** What both ends of an exchange by code have in common, and nobody else. */
export interface LinkSecrets {
  /** Six digits, which the user types from the new device into the old one. */
  readonly digits: string;
  readonly psk: Psk;
}

/** The hash that the new device sends before it sees anything of the old one. */
export function linkCommitment(
  suite: Suite,
  mailboxId: Uint8Array,
  reveal: Uint8Array,
): Promise<Bytes> {
  return suite.sha256(commitMessage(mailboxId, reveal));
}

/**
 * Digits and box key of an exchange. Both ends call it with their own one-time key and the other's public one.
 *
 * @throws {WireError} `refused` if the reveal is not what was committed to, or a key is unusable
 */
export async function linkSecrets(
  suite: Suite,
  transcript: LinkTranscript,
  own: KeyPair,
  theirs: Uint8Array,
): Promise<LinkSecrets> {
  const { mailboxId, reveal } = transcript;
  const commit = decodeLinkMessage(transcript.commit);
  if (
    commit.type !== "commit" ||
    !equalBytes(commit.hash, await linkCommitment(suite, mailboxId, reveal))
  ) {
    throw new WireError("The new device did not keep to what it had committed to.", "refused");
  }
  const shared = await suite.curves.agree(own, theirs);
  const hash = await suite.sha256(transcriptMessage(mailboxId, transcript));
  const number = createWireReader(await derive(suite, shared, tagged("link-digits", hash), 8));
  const high = number.u32() % 10 ** DIGITS;
  const digits = (high * (2 ** 32 % 10 ** DIGITS) + number.u32()) % 10 ** DIGITS;
  return {
    digits: digits.toString().padStart(DIGITS, "0"),
    psk: { key: await derive(suite, shared, tagged("link-psk", hash), KEY_BYTES), id: mailboxId },
  };
}

/** Compares what the user typed, whatever spaces stand in it. */
export function sameDigits(typed: string, digits: string): boolean {
  const encoder = new TextEncoder();
  return equalBytes(encoder.encode(typed.replaceAll(/[\s-]/g, "")), encoder.encode(digits));
}

/** The old device's answer: the vault's newest key, readable only by the new device, and only if both mean the same log and devices. */
export async function sealProvision(
  suite: Suite,
  binding: LinkBinding,
  psk: Psk,
  provision: Provision,
): Promise<LinkBox> {
  const { newDevice, oldDevice, vaultId, logLen, logHash } = binding;
  const info = linkBoxInfo(binding);
  const sealed = await hpkeSeal(suite, newDevice.sealPk, encodeProvision(provision), { info, psk });
  return { type: "box", vaultId, logLen, logHash, ...oldDevice, ...sealed };
}

/** @throws {WireError} `unreadable` if anything in the binding, the secret or the box is not what the old device meant */
export async function openProvision(
  suite: Suite,
  binding: LinkBinding,
  psk: Psk,
  sealing: KeyPair,
  box: LinkBox,
): Promise<Provision> {
  return decodeProvision(await hpkeOpen(suite, sealing, box, { info: linkBoxInfo(binding), psk }));
}

import { concatBytes, createWireWriter, equalBytes, type Bytes } from "../wire/bytes.ts";
import { AEAD_NONCE_BYTES, KID_BYTES, type EnvelopeKind } from "../wire/envelope.ts";
import { HASH_BYTES, KEY_BYTES } from "../wire/limits.ts";
import { tagged } from "../wire/tags.ts";
import { WireError } from "../wire/wire-error.ts";
import type { KeyPair } from "./curves.ts";
import { hpkeOpen, hpkeSeal } from "./hpke.ts";
import { unreadable, type AeadKey, type Suite } from "./suite.ts";

const SALT = "alcove-v1";
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The key of one epoch, VK. Everything sealed in that epoch hangs on these bytes. */
export interface EpochKey {
  readonly epoch: number;
  readonly key: Bytes;
}

/** What one device seals one kind of envelope with, in one epoch. */
export interface WriterKey {
  readonly key: AeadKey;
  /** Names the key in every envelope, and commits to it. */
  readonly kid: Bytes;
}

export function derive(
  suite: Suite,
  key: Uint8Array,
  info: Uint8Array,
  length: number,
): Promise<Bytes> {
  return suite.hkdf(key, new TextEncoder().encode(SALT), info, length);
}

/** What the member log says of an epoch's key: binds it, and tells nothing of it. */
export function epochCommit(
  suite: Suite,
  vaultId: Uint8Array,
  { epoch, key }: EpochKey,
): Promise<Bytes> {
  return derive(suite, key, tagged("epoch-commit", vaultId, u32(epoch)), HASH_BYTES);
}

export async function writerKey(
  suite: Suite,
  vaultId: Uint8Array,
  { epoch, key }: EpochKey,
  deviceId: Uint8Array,
  kind: EnvelopeKind,
): Promise<WriterKey> {
  const of = [vaultId, u32(epoch), deviceId];
  const raw = await derive(suite, key, tagged(`${kind}-key`, ...of), KEY_BYTES);
  const imported = await suite.aeadKey(raw);
  raw.fill(0);
  return {
    key: imported,
    kid: await derive(suite, key, tagged(`${kind}-kid`, ...of), KID_BYTES),
  };
}

/** An epoch's key for one device, or for the recovery key. */
export async function sealEpochBox(
  suite: Suite,
  vaultId: Uint8Array,
  epochKey: EpochKey,
  recipient: { readonly id: Uint8Array; readonly sealPk: Uint8Array },
  ephemeral?: KeyPair,
): Promise<Bytes> {
  const info = tagged("epoch-box", vaultId, u32(epochKey.epoch), recipient.id);
  const once = ephemeral ? { ephemeral } : {};
  const { enc, ciphertext } = await hpkeSeal(suite, recipient.sealPk, epochKey.key, { info }, once);
  return concatBytes(enc, ciphertext);
}

/** @throws {WireError} `unreadable`, also for a key that is not the one that the log has committed to */
export async function openEpochBox(
  suite: Suite,
  vaultId: Uint8Array,
  of: { readonly epoch: number; readonly commit: Uint8Array },
  recipient: { readonly id: Uint8Array; readonly sealing: KeyPair },
  box: Uint8Array,
): Promise<EpochKey> {
  if (box.length !== KEY_BYTES + KEY_BYTES + 16) throw unreadable();
  const sealed = { enc: concatBytes(box.subarray(0, KEY_BYTES)), ciphertext: box.slice(KEY_BYTES) };
  const info = tagged("epoch-box", vaultId, u32(of.epoch), recipient.id);
  const key = await hpkeOpen(suite, recipient.sealing, sealed, { info }).catch(() => {
    throw unreadable();
  });
  return committed(suite, vaultId, { epoch: of.epoch, key }, of.commit);
}

/** The key of the epoch before, readable with this epoch's. */
export async function sealEpochLink(
  suite: Suite,
  vaultId: Uint8Array,
  epochKey: EpochKey,
  before: Uint8Array,
): Promise<Bytes> {
  const nonce = suite.random(AEAD_NONCE_BYTES);
  const { key, info } = await linkKey(suite, vaultId, epochKey);
  return concatBytes(nonce, await suite.seal(key, nonce, info, before));
}

/** @throws {WireError} `unreadable`, also for a key that is not the one that the log has committed to */
export async function openEpochLink(
  suite: Suite,
  vaultId: Uint8Array,
  epochKey: EpochKey,
  commitBefore: Uint8Array,
  link: Uint8Array,
): Promise<EpochKey> {
  if (link.length !== AEAD_NONCE_BYTES + KEY_BYTES + 16) throw unreadable();
  const { key, info } = await linkKey(suite, vaultId, epochKey);
  const nonce = link.subarray(0, AEAD_NONCE_BYTES);
  const before = await suite.open(key, nonce, info, link.subarray(AEAD_NONCE_BYTES));
  return committed(suite, vaultId, { epoch: epochKey.epoch - 1, key: before }, commitBefore);
}

/** @throws {WireError} `unreadable` unless it is the key that the log has committed to */
export async function committed(
  suite: Suite,
  vaultId: Uint8Array,
  epochKey: EpochKey,
  commit: Uint8Array,
): Promise<EpochKey> {
  const own = await epochCommit(suite, vaultId, epochKey);
  if (epochKey.key.length !== KEY_BYTES || !equalBytes(own, commit)) throw unreadable();
  return epochKey;
}

/** Twelve characters by which two people see that two devices mean one vault: `XXXX-XXXX-XXXX`. */
export async function fingerprint(
  suite: Pick<Suite, "sha256">,
  vaultId: Uint8Array,
): Promise<string> {
  const hash = await suite.sha256(tagged("fingerprint", vaultId));
  let bits = 0n;
  for (const byte of hash.subarray(0, 8)) bits = (bits << 8n) | BigInt(byte);
  bits >>= 4n;
  let text = "";
  for (let i = 0; i < 12; i += 1) {
    text = (CROCKFORD[Number(bits & 31n)] ?? "") + text;
    bits >>= 5n;
  }
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}

async function linkKey(suite: Suite, vaultId: Uint8Array, { epoch, key }: EpochKey) {
  if (epoch < 2) throw new WireError("The first epoch has none before it.");
  const info = tagged("epoch-link", vaultId, u32(epoch));
  return { info, key: await suite.aeadKey(await derive(suite, key, info, KEY_BYTES)) };
}

function u32(value: number): Bytes {
  const out = createWireWriter();
  out.u32(value);
  return out.take();
}

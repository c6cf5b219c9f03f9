import { concatBytes, createWireWriter, type Bytes } from "../wire/bytes.ts";
import { KEY_BYTES } from "../wire/limits.ts";
import { WireError } from "../wire/wire-error.ts";
import type { KeyPair } from "./curves.ts";
import type { Suite } from "./suite.ts";

/** Identifiers of RFC 9180, section 7. */
const KEM_X25519 = 0x20;
const KDF_SHA256 = 1;

export interface HpkeAead {
  readonly id: number;
  readonly keyBytes: number;
}

export const HPKE_AES_256_GCM: HpkeAead = { id: 2, keyBytes: 32 };

/** A secret that both ends know already; without it the sender stays unproven. At least 32 random bytes. */
export interface Psk {
  readonly key: Uint8Array;
  readonly id: Uint8Array;
}

export interface HpkeContext {
  readonly info: Uint8Array;
  /** Absent: base mode. */
  readonly psk?: Psk;
  /** Absent: AES-256-GCM. Others only for published vectors. */
  readonly aead?: HpkeAead;
}

export interface HpkeSealed {
  /** The encapsulated key, 32 bytes. */
  readonly enc: Bytes;
  readonly ciphertext: Bytes;
}

/**
 * Seals one message to a public key: single-shot HPKE (RFC 9180), DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 *
 * @param ephemeral a key pair that is used for this message and never again; one is made when absent
 */
export async function hpkeSeal(
  suite: Suite,
  recipient: Uint8Array,
  plaintext: Uint8Array,
  context: HpkeContext,
  { aad = new Uint8Array(0), ephemeral }: { aad?: Uint8Array; ephemeral?: KeyPair } = {},
): Promise<HpkeSealed> {
  const once = ephemeral ?? (await suite.curves.newSealingKey());
  const enc = once.publicKey;
  const dh = await suite.curves.agree(once, recipient);
  const { key, nonce } = await schedule(suite, dh, concatBytes(enc, recipient), context);
  return { enc, ciphertext: await suite.seal(key, nonce, aad, plaintext) };
}

/** @throws {WireError} `unreadable` for a wrong key, info, psk, aad or byte; `refused` for an unusable `enc` */
export async function hpkeOpen(
  suite: Suite,
  recipient: KeyPair,
  { enc, ciphertext }: HpkeSealed,
  context: HpkeContext,
  aad: Uint8Array = new Uint8Array(0),
): Promise<Bytes> {
  const dh = await suite.curves.agree(recipient, enc);
  const { key, nonce } = await schedule(suite, dh, concatBytes(enc, recipient.publicKey), context);
  return suite.open(key, nonce, aad, ciphertext);
}

async function schedule(suite: Suite, dh: Bytes, kemContext: Bytes, context: HpkeContext) {
  const { info, psk, aead = HPKE_AES_256_GCM } = context;
  if (psk && (psk.key.length < KEY_BYTES || psk.id.length === 0)) {
    throw new WireError("A shared secret is too short or has no name.");
  }
  const kem = labelled(suite, "KEM", [KEM_X25519]);
  const eaePrk = await kem.extract(new Uint8Array(0), "eae_prk", dh);
  const shared = await kem.expand(eaePrk, "shared_secret", kemContext, KEY_BYTES);

  const hpke = labelled(suite, "HPKE", [KEM_X25519, KDF_SHA256, aead.id]);
  const none = new Uint8Array(0);
  const keyContext = concatBytes(
    new Uint8Array([psk ? 1 : 0]),
    await hpke.extract(none, "psk_id_hash", psk?.id ?? none),
    await hpke.extract(none, "info_hash", info),
  );
  const secret = await hpke.extract(shared, "secret", psk?.key ?? none);
  const key = await hpke.expand(secret, "key", keyContext, aead.keyBytes);
  return {
    key: await suite.aeadKey(key),
    nonce: await hpke.expand(secret, "base_nonce", keyContext, 12),
  };
}

/** LabeledExtract and LabeledExpand of section 4. No output is longer than one block of the hash, so expanding is one HMAC. */
function labelled(suite: Suite, name: string, ids: readonly number[]) {
  const out = createWireWriter();
  out.rest(ascii(name));
  for (const id of ids) out.u16(id);
  const suiteId = out.take();
  const version = ascii("HPKE-v1");
  return {
    extract: (salt: Uint8Array, label: string, key: Uint8Array): Promise<Bytes> =>
      // HMAC fills short keys up with zeros, and some engines refuse an empty one.
      suite.hmac(
        salt.length === 0 ? new Uint8Array(KEY_BYTES) : salt,
        concatBytes(version, suiteId, ascii(label), key),
      ),
    async expand(prk: Uint8Array, label: string, info: Uint8Array, length: number): Promise<Bytes> {
      const size = new Uint8Array([0, length]);
      const block = concatBytes(size, version, suiteId, ascii(label), info, new Uint8Array([1]));
      return (await suite.hmac(prk, block)).slice(0, length);
    },
  };
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

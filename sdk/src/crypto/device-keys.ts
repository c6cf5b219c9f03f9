import { createWireReader, createWireWriter, concatBytes, type Bytes } from "../wire/bytes.ts";
import { AEAD_NONCE_BYTES } from "../wire/envelope.ts";
import { KEY_BYTES } from "../wire/limits.ts";
import { tagged } from "../wire/tags.ts";
import type { Curves, KeyPair } from "./curves.ts";
import type { EpochKey } from "./key-schedule.ts";
import type { KeyBox } from "./key-box.ts";
import { unreadable, type AeadKey, type Suite } from "./suite.ts";
import { deviceIdOf } from "./verify.ts";

const NAME = "device";

/** What makes this browser a device of a vault. Can be cloned, so it can be kept. */
export interface DeviceKeys {
  readonly deviceId: Bytes;
  readonly signing: KeyPair;
  readonly sealing: KeyPair;
  /** Seals what has to be kept readable on this device alone. */
  readonly local: AeadKey;
}

export async function newDeviceKeys(suite: Suite): Promise<DeviceKeys> {
  const signing = await suite.curves.newSigningKey();
  const raw = suite.random(KEY_BYTES);
  const local = await suite.aeadKey(raw);
  raw.fill(0);
  return {
    deviceId: await deviceIdOf(suite, signing.publicKey),
    signing,
    sealing: await suite.curves.newSealingKey(),
    local,
  };
}

/** With what else is kept in the same step. */
export function keepDeviceKeys(
  box: KeyBox,
  keys: DeviceKeys,
  beside: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  return box.putAll({ [NAME]: keys, ...beside });
}

/**
 * The keys that were kept, tried out before they are given.
 *
 * @returns `null`: none were ever kept. `"lost"`: some were, and this browser can no longer use them, so the device has to be linked
 *   anew, under a new identity
 */
export async function loadDeviceKeys(
  suite: Suite,
  box: KeyBox,
  name = NAME,
): Promise<DeviceKeys | "lost" | null> {
  const kept = await box.get(name);
  if (kept === undefined) return null;
  try {
    const keys = kept as DeviceKeys;
    const message = suite.random(KEY_BYTES);
    const signature = await suite.curves.sign(keys.signing, message);
    const sealed = await suite.seal(keys.local, suite.random(AEAD_NONCE_BYTES), message, message);
    await suite.curves.agree(keys.sealing, keys.sealing.publicKey);
    const good =
      sealed.length > 0 && (await suite.verify(keys.signing.publicKey, signature, message));
    return good ? keys : "lost";
  } catch {
    return "lost";
  }
}

/** Which implementation the kept keys belong to; only that one can use them. */
export async function curvesOfKeptKeys(box: KeyBox): Promise<Curves["name"] | null> {
  const kept = (await box.get(NAME)) as Partial<DeviceKeys> | null | undefined;
  const secret = kept?.signing?.secret;
  if (!secret) return null;
  return "wrapped" in secret ? "javascript" : "webcrypto";
}

export function forgetDeviceKeys(box: KeyBox): Promise<void> {
  return box.remove(NAME);
}

/** Epoch keys as this device keeps them. */
export async function sealEpochKeys(
  suite: Suite,
  { local, deviceId }: DeviceKeys,
  vaultId: Uint8Array,
  epochKeys: readonly EpochKey[],
): Promise<Bytes> {
  const out = createWireWriter();
  out.u16(epochKeys.length);
  for (const { epoch, key } of epochKeys) {
    out.u32(epoch);
    out.fixed(key, KEY_BYTES);
  }
  const nonce = suite.random(AEAD_NONCE_BYTES);
  const aad = tagged("local-keys", vaultId, deviceId);
  return concatBytes(nonce, await suite.seal(local, nonce, aad, out.take()));
}

/** @throws {WireError} `unreadable` */
export async function openEpochKeys(
  suite: Suite,
  { local, deviceId }: DeviceKeys,
  vaultId: Uint8Array,
  sealed: Uint8Array,
): Promise<readonly EpochKey[]> {
  const aad = tagged("local-keys", vaultId, deviceId);
  if (sealed.length < AEAD_NONCE_BYTES) throw unreadable();
  const [nonce, rest] = [sealed.subarray(0, AEAD_NONCE_BYTES), sealed.subarray(AEAD_NONCE_BYTES)];
  const from = createWireReader(await suite.open(local, nonce, aad, rest));
  const epochKeys = Array.from({ length: from.u16() }, () => ({
    epoch: from.u32(),
    key: from.fixed(KEY_BYTES),
  }));
  from.end();
  return epochKeys;
}

import { MemoryError } from "../domain/errors.ts";
import type { KeyPair } from "../crypto/curves.ts";
import {
  committed,
  epochCommit,
  openEpochBox,
  openEpochLink,
  sealEpochBox,
  sealEpochLink,
  type EpochKey,
} from "../crypto/key-schedule.ts";
import { activeDevices, recoveryOn, type LogState } from "../crypto/member-log.ts";
import type { Suite } from "../crypto/suite.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { equalBytes, type Bytes } from "../wire/bytes.ts";
import { KEY_BYTES, LINK_RECIPIENT } from "../wire/limits.ts";
import type { SealedBox } from "../wire/procedures.ts";
import { WireError } from "../wire/wire-error.ts";

/**
 * The keys of all epochs that the log still has, from those that are held and from boxes and links of the server. Only what the log has
 * committed to is taken, so a server can hold keys back and cannot give out others.
 *
 * @throws {@link MemoryError} `sync/vault-withheld` where one is missing or does not open
 */
export async function epochKeysOf(
  suite: Suite,
  log: LogState,
  held: readonly EpochKey[],
  boxes: readonly SealedBox[],
  recipient: { readonly id: Bytes; readonly sealing: KeyPair },
): Promise<readonly EpochKey[]> {
  const own = toBase64url(recipient.id);
  const boxOf = (epoch: number, to: string): Bytes => {
    const found = boxes.find((box) => box.epoch === epoch && box.recipient === to);
    if (!found) throw withheld(`There is no key of epoch ${epoch}.`);
    return fromBase64url(found.box);
  };
  const commitOf = (epoch: number): Bytes => {
    const commit = log.commits[epoch - 1];
    if (!commit) throw withheld(`The log has no epoch ${epoch}.`);
    return commit;
  };
  try {
    const keys = new Map<number, EpochKey>();
    for (const key of held) {
      const commit = log.commits[key.epoch - 1];
      // A log that was overruled takes the keys along that only it had.
      if (commit && (await isCommitted(suite, log.vaultId, key, commit))) keys.set(key.epoch, key);
    }
    let key =
      keys.get(log.epoch) ??
      (await openEpochBox(
        suite,
        log.vaultId,
        { epoch: log.epoch, commit: commitOf(log.epoch) },
        recipient,
        boxOf(log.epoch, own),
      ));
    const all = [key];
    while (key.epoch > log.minEpoch) {
      const { epoch } = key;
      key =
        keys.get(epoch - 1) ??
        (await openEpochLink(
          suite,
          log.vaultId,
          key,
          commitOf(epoch - 1),
          boxOf(epoch, LINK_RECIPIENT),
        ));
      all.unshift(key);
    }
    return all;
  } catch (error) {
    if (error instanceof WireError) throw withheld("A key of the vault does not open.", error);
    throw error;
  }
}

/** A key for the epoch after the present one, with what the log says of it. */
export async function nextEpoch(
  suite: Suite,
  log: LogState,
): Promise<{ readonly epochKey: EpochKey; readonly commit: Bytes }> {
  const epochKey = { epoch: log.epoch + 1, key: suite.random(KEY_BYTES) };
  return { epochKey, commit: await epochCommit(suite, log.vaultId, epochKey) };
}

/**
 * The newest of some epochs' keys for every member and for recovery, and from each epoch the way back to the one before.
 *
 * @param without a member that gets none
 */
export async function sealForMembers(
  suite: Suite,
  log: LogState,
  epochKeys: readonly EpochKey[],
  today: number,
  without: Bytes | null = null,
): Promise<readonly SealedBox[]> {
  const newest = epochKeys.at(-1);
  if (!newest) throw withheld("The key of the present epoch is missing.");
  const recovery = recoveryOn(log, today);
  const recipients = [
    ...activeDevices(log).map(({ deviceId, sealPk }) => ({ id: deviceId, sealPk })),
    { id: recovery.recoveryId, sealPk: recovery.sealPk },
  ].filter(({ id }) => without === null || !equalBytes(id, without));
  const boxes = await Promise.all(
    recipients.map(async (recipient) => ({
      epoch: newest.epoch,
      recipient: toBase64url(recipient.id),
      box: toBase64url(await sealEpochBox(suite, log.vaultId, newest, recipient)),
    })),
  );
  const links = await Promise.all(
    epochKeys.slice(1).map(async (epochKey, i) => ({
      epoch: epochKey.epoch,
      recipient: LINK_RECIPIENT,
      box: toBase64url(
        await sealEpochLink(suite, log.vaultId, epochKey, epochKeys[i]?.key ?? NO_KEY),
      ),
    })),
  );
  return [...boxes, ...links];
}

const NO_KEY = new Uint8Array(KEY_BYTES);

async function isCommitted(
  suite: Suite,
  vaultId: Bytes,
  key: EpochKey,
  commit: Bytes,
): Promise<boolean> {
  return committed(suite, vaultId, key, commit).then(
    () => true,
    () => false,
  );
}

function withheld(message: string, cause?: unknown): MemoryError {
  return new MemoryError("sync/vault-withheld", message, cause === undefined ? {} : { cause });
}

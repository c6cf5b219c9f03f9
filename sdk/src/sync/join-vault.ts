import { MemoryError } from "../domain/errors.ts";
import { newDeviceKeys, type DeviceKeys } from "../crypto/device-keys.ts";
import type { EpochKey } from "../crypto/key-schedule.ts";
import { activeDevices, findDevice, recoveryOn, type LogState } from "../crypto/member-log.ts";
import { parsePhrase, recoverySecrets, type RecoverySecrets } from "../crypto/phrase.ts";
import { signLogEntry } from "../crypto/sign.ts";
import { recoveryIdOf, vaultIdOf } from "../crypto/verify.ts";
import { toBase64url } from "../wire/base64url.ts";
import { equalBytes, type Bytes } from "../wire/bytes.ts";
import type { Provision, LinkBox } from "../wire/link-messages.ts";
import { LIMITS } from "../wire/limits.ts";
import { dayOf } from "./days.ts";
import { epochKeysOf } from "./member-keys.ts";
import { becomeMember, tooMany, type Membership, type MembershipDeps } from "./membership.ts";
import { extend, readLog } from "./read-log.ts";
import { problemCode } from "./server-problem.ts";
import { createSession, type Session } from "./session.ts";

const MAX_TRIES = 5;

/**
 * Becomes a member by the recovery phrase. The vault's name, its log and its keys all follow from the phrase, so no server can put
 * another vault in its place.
 *
 * @throws {@link MemoryError} `sync/phrase`, `sync/not-found`, `sync/full`, and what reading the log throws
 */
export async function joinByPhrase(
  deps: Omit<MembershipDeps, "device">,
  phrase: string,
): Promise<Membership> {
  const { suite, transport, now } = deps;
  const recovery = await recoverySecrets(suite, await parsePhrase(suite, phrase));
  const vaultId = await vaultIdOf(suite, recovery.signing.publicKey);
  const id = await recoveryIdOf(suite, recovery.signing.publicKey);
  const signer = { id, signing: recovery.signing };
  const session = createSession({ transport, suite, vaultId, signer, now });
  const device = await newDeviceKeys(suite);
  for (let tries = 1; ; tries += 1) {
    const today = dayOf(now());
    const { log, boxes } = await readLog(null, { session, verifier: suite, vaultId, today }).catch(
      (error: unknown) => {
        throw problemCode(error) === "unauthenticated" ? noVault(error) : error;
      },
    );
    if (!equalBytes(recoveryOn(log.state, today).recoveryId, id)) throw noVault();
    const recipient = { id, sealing: recovery.sealing };
    const epochKeys = await epochKeysOf(suite, log.state, [], boxes, recipient);
    const entry = await addEntry(deps, log.state, recovery, id, device);
    const extended = await extend(log, [entry], { verifier: suite, today, vaultId });
    try {
      await session.call("log.append", {
        vaultId: toBase64url(vaultId),
        expectLen: log.state.length,
        entry: toBase64url(entry),
        boxes: [],
      });
    } catch (error) {
      if (problemCode(error) !== "conflict" || tries === MAX_TRIES) throw error;
      // Another device was faster, or the answer to this one was lost and it is a member already.
      const { log: newer } = await readLog(log, { session, verifier: suite, vaultId, today });
      const there = newer.entries[log.entries.length];
      if (!there || !equalBytes(there, entry)) continue;
    }
    const vault = { url: transport.url, vaultId, log: extended, epochKeys, linkedHeads: [] };
    return becomeMember(vault, { ...deps, device });
  }
}

async function addEntry(
  { suite, now }: Omit<MembershipDeps, "device">,
  log: LogState,
  recovery: RecoverySecrets,
  signerId: Bytes,
  device: DeviceKeys,
): Promise<Bytes> {
  if (activeDevices(log).length >= LIMITS.members || log.devices.size >= LIMITS.devices)
    throw tooMany();
  return signLogEntry(suite, recovery.signing, {
    vaultId: log.vaultId,
    index: log.length,
    prevHash: log.hash,
    day: Math.max(dayOf(now()), log.day),
    signer: "recovery",
    signerId,
    change: {
      type: "add",
      device: { signPk: device.signing.publicKey, sealPk: device.sealing.publicKey },
    },
  });
}

/**
 * Becomes a member of the vault that a provisioning box is of. The box is believed by now: it opened with a secret that the server never
 * had. What remains is that the server shows the very log that the box names, with both devices in it.
 *
 * @throws {@link MemoryError} `sync/vault-withheld` for a log that ends before, `sync/vault-fork` for another one, `sync/link-forged`
 */
export async function joinByBox(
  deps: MembershipDeps,
  box: LinkBox,
  provision: Provision,
): Promise<Membership> {
  const { suite, transport, device, now } = deps;
  const { vaultId } = box;
  const signer = { id: device.deviceId, signing: device.signing };
  const session: Session = createSession({ transport, suite, vaultId, signer, now });
  const today = dayOf(now());
  const { log, boxes } = await readLog(null, { session, verifier: suite, vaultId, today }).catch(
    (error: unknown) => {
      throw problemCode(error) === "unauthenticated"
        ? withheld("The server does not know this device, which was added just now.", error)
        : error;
    },
  );
  const step = log.state.steps[box.logLen - 1];
  if (!step) throw withheld("The server shows a log without this device.");
  if (!equalBytes(step.hash, box.logHash)) {
    throw new MemoryError(
      "sync/vault-fork",
      "The server shows another log of members than the other device has.",
    );
  }
  const own = findDevice(log.state, device.deviceId);
  const others = [...log.state.devices.values()];
  const old = others.find(({ signPk }) => equalBytes(signPk, box.signPk));
  if (!own || own.added >= box.logLen || !old || !equalBytes(old.sealPk, box.sealPk)) {
    throw new MemoryError(
      "sync/link-forged",
      "The log of members does not name the devices that were linked.",
    );
  }
  if (own.revoked) throw new MemoryError("sync/removed", "This device was removed from the vault.");
  const given: EpochKey = { epoch: provision.epoch, key: provision.epochKey };
  const recipient = { id: device.deviceId, sealing: device.sealing };
  const epochKeys = await epochKeysOf(suite, log.state, [given], boxes, recipient);
  const vault = { url: transport.url, vaultId, log, epochKeys, linkedHeads: provision.heads };
  return becomeMember(vault, deps);
}

function noVault(cause?: unknown): MemoryError {
  return new MemoryError("sync/not-found", "The server has no vault of this recovery phrase.", {
    ...(cause !== undefined && { cause }),
  });
}

function withheld(message: string, cause?: unknown): MemoryError {
  return new MemoryError("sync/vault-withheld", message, cause === undefined ? {} : { cause });
}

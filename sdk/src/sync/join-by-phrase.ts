import { MemoryError } from "../domain/errors.ts";
import { newDeviceKeys, type DeviceKeys } from "../crypto/device-keys.ts";
import { activeDevices, recoveryOn, type LogState } from "../crypto/member-log.ts";
import { parsePhrase, recoverySecrets, type RecoverySecrets } from "../crypto/phrase.ts";
import { signLogEntry } from "../crypto/sign.ts";
import { recoveryIdOf, vaultIdOf } from "../crypto/verify.ts";
import { toBase64url } from "../wire/base64url.ts";
import { equalBytes, type Bytes } from "../wire/bytes.ts";
import { LIMITS } from "../wire/limits.ts";
import { dayOf } from "./days.ts";
import { epochKeysOf } from "./member-keys.ts";
import { becomeMember, tooMany, type Membership, type MembershipDeps } from "./membership.ts";
import { extend, readLog } from "./read-log.ts";
import { problemCode } from "./server-problem.ts";
import { createSession } from "./session.ts";

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

function noVault(cause?: unknown): MemoryError {
  return new MemoryError("sync/not-found", "The server has no vault of this recovery phrase.", {
    ...(cause !== undefined && { cause }),
  });
}

import { MemoryError } from "../domain/errors.ts";
import type { EpochKey } from "../crypto/key-schedule.ts";
import { findDevice } from "../crypto/member-log.ts";
import { equalBytes } from "../wire/bytes.ts";
import type { Provision, LinkBox } from "../wire/link-messages.ts";
import { dayOf } from "./days.ts";
import { epochKeysOf } from "./member-keys.ts";
import { becomeMember, type Membership, type MembershipDeps } from "./membership.ts";
import { readLog } from "./read-log.ts";
import { problemCode } from "./server-problem.ts";
import { createSession, type Session } from "./session.ts";

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

function withheld(message: string, cause?: unknown): MemoryError {
  return new MemoryError("sync/vault-withheld", message, cause === undefined ? {} : { cause });
}

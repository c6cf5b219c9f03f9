import { loadDeviceKeys, newDeviceKeys, type DeviceKeys } from "../crypto/device-keys.ts";
import { findDevice } from "../crypto/member-log.ts";
import type { ActiveDeps, ActiveVault } from "./active-vault.ts";
import { keepMember } from "./kept-membership.ts";
import { createMembership, type Membership } from "./membership.ts";
import { NEXT_DEVICE, RENEWED } from "./sync-types.ts";

/**
 * A device of its own in the place of one of which there is a copy. Cut at any step, it is done again from the beginning, with the same
 * keys, so that the vault gets one device more and not one for each try.
 */
export async function renewDevice(
  { membership, transport }: ActiveVault,
  deps: Pick<ActiveDeps, "suite" | "box" | "now">,
): Promise<Membership> {
  const device = await nextDevice(membership, deps);
  await membership.add({ signPk: device.signing.publicKey, sealPk: device.sealing.publicKey });
  // What it was told when it was linked was of that time.
  const known = { ...membership.known(), linkedHeads: [] };
  const next = { ...deps, device, transport };
  await keepMember(next, known, { [NEXT_DEVICE]: null, [RENEWED]: true });
  return createMembership(known, next);
}

/** On disk before anybody hears of it. */
async function nextDevice(
  membership: Membership,
  { suite, box }: Pick<ActiveDeps, "suite" | "box">,
): Promise<DeviceKeys> {
  const log = await membership.refreshLog();
  const kept = await loadDeviceKeys(suite, box, NEXT_DEVICE);
  if (kept !== null && kept !== "lost" && !findDevice(log, kept.deviceId)?.revoked) return kept;
  const device = await newDeviceKeys(suite);
  await box.put(NEXT_DEVICE, device);
  return device;
}

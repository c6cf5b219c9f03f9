import type { DeviceKeys } from "../crypto/device-keys.ts";
import { keepDeviceKeys, openEpochKeys, sealEpochKeys } from "../crypto/device-keys.ts";
import type { KeyBox } from "../crypto/key-box.ts";
import type { EpochKey } from "../crypto/key-schedule.ts";
import type { Suite } from "../crypto/suite.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { Head } from "../wire/dots.ts";
import { extend, type MemberLog } from "./read-log.ts";
import { MEMBERSHIP } from "./sync-types.ts";

/** What this device knows of the vault it belongs to, beside its own keys. */
export interface KnownVault {
  readonly url: string;
  readonly vaultId: Bytes;
  readonly log: MemberLog;
  readonly epochKeys: readonly EpochKey[];
  readonly linkedHeads: readonly Head[];
}

interface KeptVault {
  readonly url: string;
  readonly vaultId: Bytes;
  readonly entries: readonly Bytes[];
  readonly firstSeen: readonly number[];
  readonly linkedHeads: readonly Head[];
  readonly epochKeys: Bytes;
}

/** Resolves once it is on disk. One row, so that log and keys are always of one moment. */
export async function keepVault(deps: KeptDeps, vault: KnownVault): Promise<void> {
  await deps.box.put(MEMBERSHIP, await keptVault(deps, vault));
}

/** For a device that has just become a member: its keys and what it knows, with what else is kept in the same step, or nothing. */
export async function keepMember(
  deps: KeptDeps,
  vault: KnownVault,
  beside: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await keepDeviceKeys(deps.box, deps.device, {
    [MEMBERSHIP]: await keptVault(deps, vault),
    ...beside,
  });
}

async function keptVault({ suite, device }: KeptDeps, vault: KnownVault): Promise<KeptVault> {
  const { url, vaultId, log, linkedHeads } = vault;
  return {
    url,
    vaultId,
    entries: log.entries,
    firstSeen: log.firstSeen,
    linkedHeads,
    epochKeys: await sealEpochKeys(suite, device, vaultId, vault.epochKeys),
  };
}

/**
 * What was kept, verified anew.
 *
 * @returns `null`: nothing was
 * @throws {WireError} `unreadable` where the keys do not open
 */
export async function loadVault(
  { box, suite, device }: KeptDeps,
  today: number,
): Promise<KnownVault | null> {
  const kept = (await box.get(MEMBERSHIP)) as KeptVault | undefined;
  if (kept === undefined) return null;
  const { url, vaultId, linkedHeads } = kept;
  const deps = { verifier: suite, today, vaultId };
  return {
    url,
    vaultId,
    linkedHeads,
    log: await extend(null, kept.entries, deps, kept.firstSeen),
    epochKeys: await openEpochKeys(suite, device, vaultId, kept.epochKeys),
  };
}

export function forgetVault(box: KeyBox): Promise<void> {
  return box.remove(MEMBERSHIP);
}

export interface KeptDeps {
  readonly box: KeyBox;
  readonly suite: Suite;
  readonly device: DeviceKeys;
}

import { MemoryError } from "../domain/errors.ts";
import type { DeviceKeys } from "../crypto/device-keys.ts";
import type { KeyBox } from "../crypto/key-box.ts";
import type { EpochKey } from "../crypto/key-schedule.ts";
import { activeDevices, findDevice, type LogState } from "../crypto/member-log.ts";
import { signDestroy, signLogEntry } from "../crypto/sign.ts";
import type { Suite } from "../crypto/suite.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { equalBytes, type Bytes } from "../wire/bytes.ts";
import type { Head } from "../wire/dots.ts";
import { LIMITS } from "../wire/limits.ts";
import type { LogChange, PublicKeys } from "../wire/member-log.ts";
import type { SealedBox } from "../wire/procedures.ts";
import { dayOf } from "./days.ts";
import type { VaultAccess } from "./engine-port.ts";
import { keepMember, keepVault, type KnownVault } from "./kept-membership.ts";
import { epochKeysOf, nextEpoch, sealForMembers } from "./member-keys.ts";
import { extend, readLog, type MemberLog } from "./read-log.ts";
import { problemCode } from "./server-problem.ts";
import { createSession, type Signer } from "./session.ts";
import type { Transport } from "./transport.ts";

/** This device as a member of a vault. */
export interface Membership extends VaultAccess {
  readonly url: string;
  /** All that is kept of the vault, as it is by now. */
  known(): KnownVault;
  /** Nothing where it is a member already. @throws {@link MemoryError} `sync/full` where the vault takes no more, `sync/conflict` */
  add(device: PublicKeys): Promise<LogState>;
  /**
   * Removes a device and opens a new epoch in one entry.
   *
   * @param pin the newest verified manifest of that device; what it pushed later does not count
   */
  revoke(deviceId: Bytes, pin: () => Promise<Head | null>): Promise<LogState>;
  /** Opens a new epoch. */
  rotate(): Promise<LogState>;
  /** Lets the keys of all epochs before the present one go, everywhere. */
  raiseFloor(): Promise<LogState>;
  /** Opens a new generation: what the server holds is replaced. Makes the vault anew where the server no longer has it. */
  reseed(): Promise<LogState>;
  /** Deletes the vault at the server. */
  destroyRemote(): Promise<void>;
}

export interface MembershipDeps {
  readonly suite: Suite;
  readonly box: KeyBox;
  readonly device: DeviceKeys;
  readonly transport: Transport;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Two devices that append at the same moment meet once or twice, not five times. */
const MAX_TRIES = 5;

interface Step {
  readonly change: LogChange;
  readonly boxes: readonly SealedBox[];
  readonly epochKey?: EpochKey;
}

export function createMembership(known: KnownVault, deps: MembershipDeps): Membership {
  const { suite, device, transport, now } = deps;
  const { vaultId, url, linkedHeads } = known;
  const signer: Signer = { id: device.deviceId, signing: device.signing };
  const session = createSession({ transport, suite, vaultId, signer, now });
  const today = (): number => dayOf(now());
  let current = known;

  return {
    suite,
    vaultId,
    device,
    linkedHeads,
    url,
    known: () => current,
    log: () => current.log.state,
    epochKeys: () => current.epochKeys,
    refreshLog,
    call: session.call,
    blob: session.blob,
    add: (keys) =>
      append(async (log) => {
        if (activeDevices(log).some(({ signPk }) => equalBytes(signPk, keys.signPk))) return null;
        if (activeDevices(log).length >= LIMITS.members || log.devices.size >= LIMITS.devices)
          throw tooMany();
        return { change: { type: "add", device: keys }, boxes: [] };
      }),
    revoke: (deviceId, pin) =>
      append(async (log) => {
        if (findDevice(log, deviceId)?.revoked !== null) return null;
        const head = await pin();
        const { epoch, commit, boxes, epochKey } = await newEpoch(log, deviceId);
        return {
          change: {
            type: "revoke",
            deviceId,
            pin: head && {
              generation: log.generation,
              batchNo: head.batchNo,
              hash: head.hash,
            },
            epoch,
            commit,
          },
          boxes,
          epochKey,
        };
      }),
    rotate: () =>
      append(async (log) => {
        const { epoch, commit, boxes, epochKey } = await newEpoch(log);
        return { change: { type: "rotate", epoch, commit }, boxes, epochKey };
      }),
    raiseFloor: () =>
      append(async ({ minSuite, minEpoch, epoch }) =>
        minEpoch === epoch
          ? null
          : { change: { type: "floor", minSuite, minEpoch: epoch }, boxes: [] },
      ),
    async reseed() {
      try {
        await refreshLog();
      } catch (error) {
        if (problemCode(error) === "unauthenticated") return foundAgain();
        if (!isRollback(error)) throw error;
        await appendMissing();
      }
      return append(async ({ generation }) => ({
        change: { type: "reseed", generation: generation + 1 },
        boxes: [],
      }));
    },
    async destroyRemote() {
      const names = { vaultId: toBase64url(vaultId), id: toBase64url(device.deviceId) };
      const { storeId } = await transport.call("meta.info", undefined);
      const { nonce } = await transport.call("auth.challenge", names);
      const request = await signDestroy(suite, device.signing, {
        signer: "device",
        id: device.deviceId,
        storeId: fromBase64url(storeId),
        vaultId,
        nonce: fromBase64url(nonce),
      });
      await session.call("vault.destroy", {
        vaultId: names.vaultId,
        request: toBase64url(request),
      });
    },
  };

  async function refreshLog(): Promise<LogState> {
    const { log, boxes } = await readLog(current.log, {
      session,
      verifier: suite,
      vaultId,
      today: today(),
    });
    if (log === current.log && !mayLackKeys()) return log.state;
    const own = findDevice(log.state, device.deviceId);
    if (!own || own.revoked) {
      // Kept, so that the next start knows it without asking; the keys go when the caller has told it.
      await keep({ ...current, log });
      throw removed();
    }
    const recipient = { id: device.deviceId, sealing: device.sealing };
    const epochKeys = await epochKeysOf(suite, log.state, current.epochKeys, boxes, recipient);
    await keep({ ...current, log, epochKeys });
    return log.state;
  }

  function mayLackKeys(): boolean {
    const { log, epochKeys } = current;
    return epochKeys.length !== log.state.epoch - log.state.minEpoch + 1;
  }

  /**
   * Signs an entry for where the log ends, and again for where it ends by then if another device was faster. `null`: nothing is to be
   * done any more.
   */
  async function append(make: (log: LogState) => Promise<Step | null>): Promise<LogState> {
    await refreshLog();
    for (let tries = 1; ; tries += 1) {
      const { log } = current;
      const step = await make(log.state);
      if (step === null) return log.state;
      const { entry, extended } = await signed(log, step.change);
      try {
        await session.call("log.append", {
          vaultId: toBase64url(vaultId),
          expectLen: log.state.length,
          entry: toBase64url(entry),
          boxes: step.boxes,
        });
      } catch (error) {
        const code = problemCode(error);
        if ((code !== "conflict" && code !== "stale") || tries === MAX_TRIES) throw error;
        // The answer to a first try may have been lost: then the entry is there already.
        await refreshLogWith(step);
        const there = current.log.entries[log.entries.length];
        if (there && equalBytes(there, entry)) return current.log.state;
        continue;
      }
      await keep({ ...current, log: extended, epochKeys: keysWith(step, extended.state) });
      return extended.state;
    }
  }

  /** A key of an entry that does not stand is left out again: the log has not committed to it. */
  async function refreshLogWith({ epochKey }: Step): Promise<void> {
    if (epochKey) current = { ...current, epochKeys: [...current.epochKeys, epochKey] };
    await refreshLog();
  }

  async function signed(
    log: MemberLog,
    change: LogChange,
  ): Promise<{ readonly entry: Bytes; readonly extended: MemberLog }> {
    const entry = await signLogEntry(suite, device.signing, {
      vaultId,
      index: log.state.length,
      prevHash: log.state.hash,
      // A clock that runs behind the last signer's would make an entry of the past.
      day: Math.max(today(), log.state.day),
      signer: "device",
      signerId: device.deviceId,
      change,
    });
    const checks = { verifier: suite, today: today(), vaultId };
    return { entry, extended: await extend(log, [entry], checks) };
  }

  async function newEpoch(log: LogState, without: Bytes | null = null) {
    const { epochKey, commit } = await nextEpoch(suite, log);
    const keys = [...current.epochKeys.slice(-1), epochKey];
    const boxes = await sealForMembers(suite, log, keys, today(), without);
    return { epoch: epochKey.epoch, commit, boxes, epochKey };
  }

  /** The server lost the vault: it is founded again by the same first entry, with a new generation at the log's end. */
  async function foundAgain(): Promise<LogState> {
    const { log, epochKeys } = current;
    const change = { type: "reseed", generation: log.state.generation + 1 } as const;
    const { extended } = await signed(log, change);
    const boxes = await sealForMembers(suite, extended.state, epochKeys, today());
    await transport.call("vault.create", { entries: extended.entries.map(toBase64url), boxes });
    await keep({ ...current, log: extended });
    return extended.state;
  }

  /** The server has an older log: it is given the entries that it lost, as they were signed. */
  async function appendMissing(): Promise<void> {
    const { log, epochKeys } = current;
    const { log: theirs } = await readLog(null, {
      session,
      verifier: suite,
      vaultId,
      today: today(),
    });
    const boxes = await sealForMembers(suite, log.state, epochKeys, today());
    for (let length = theirs.entries.length; length < log.entries.length; length += 1) {
      const entry = log.entries[length];
      if (!entry) return;
      const opened = log.state.steps[length]?.epoch ?? 0;
      const isNew = opened > (log.state.steps[length - 1]?.epoch ?? 0);
      await session.call("log.append", {
        vaultId: toBase64url(vaultId),
        expectLen: length,
        entry: toBase64url(entry),
        boxes: isNew ? boxes.filter(({ epoch }) => epoch === opened) : [],
      });
    }
  }

  function keysWith(step: Step, { minEpoch }: LogState): readonly EpochKey[] {
    const all = step.epochKey ? [...current.epochKeys, step.epochKey] : current.epochKeys;
    return all.filter(({ epoch }) => epoch >= minEpoch);
  }

  async function keep(next: KnownVault): Promise<void> {
    await keepVault(deps, next);
    current = next;
  }
}

/** Keeps a vault that this device has just become a member of. */
export async function becomeMember(vault: KnownVault, deps: MembershipDeps): Promise<Membership> {
  await keepMember(deps, vault);
  return createMembership(vault, deps);
}

export function tooMany(): MemoryError {
  return new MemoryError("sync/full", `A vault has at most ${LIMITS.members} devices at a time.`, {
    details: { what: "devices" },
  });
}

function removed(): MemoryError {
  return new MemoryError("sync/removed", "This device was removed from the vault.");
}

function isRollback(error: unknown): boolean {
  return error instanceof MemoryError && error.code === "sync/vault-rollback";
}

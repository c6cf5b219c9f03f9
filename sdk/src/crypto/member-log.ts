import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import { HASH_BYTES, LIMITS } from "../wire/limits.ts";
import {
  coSignMessage,
  decodeLogEntry,
  logEntryMessage,
  type LogEntry,
  type Pin,
  type PublicKeys,
} from "../wire/member-log.ts";
import { SUITE_AES_256_GCM } from "../wire/envelope.ts";
import { WireError } from "../wire/wire-error.ts";
import { deviceIdOf, recoveryIdOf, vaultIdOf, type Verifier } from "./verify.ts";

export interface LogDevice extends PublicKeys {
  readonly deviceId: Bytes;
  /** Index of the entry that added it. */
  readonly added: number;
  readonly revoked: { readonly index: number; readonly pin: Pin | null } | null;
}

export interface RecoveryKeys extends PublicKeys {
  readonly recoveryId: Bytes;
}

/** A recovery key that one device alone has asked for. */
export interface PendingRecovery extends RecoveryKeys {
  readonly index: number;
  readonly askedBy: Bytes;
  /** The first day on which entries may be signed with it. */
  readonly effectiveDay: number;
  /** The first day on which this device believes that: seven days after it saw the request itself. */
  readonly believedDay: number;
}

/** What a verified member log says. */
export interface LogState {
  readonly vaultId: Bytes;
  readonly length: number;
  /** Of the last entry. */
  readonly hash: Bytes;
  readonly day: number;
  /** At the last entry; `recoveryOn` gives the one of a day. */
  readonly recovery: RecoveryKeys;
  readonly pendingRecovery: PendingRecovery | null;
  /** By `bytesKey` of the deviceId; removed ones too. */
  readonly devices: ReadonlyMap<string, LogDevice>;
  readonly epoch: number;
  /** Commitments to the keys of the epochs, from epoch 1. */
  readonly commits: readonly Bytes[];
  readonly generation: number;
  readonly minEpoch: number;
  readonly minSuite: number;
  /** Hash, epoch and generation after each entry, for manifests that name an earlier length. */
  readonly steps: readonly LogStep[];
}

export interface LogStep {
  readonly hash: Bytes;
  readonly epoch: number;
  readonly generation: number;
}

export interface LogDeps {
  readonly verifier: Verifier;
  /** Today, in days since 1970-01-01 UTC: decides whether a waiting recovery key has come to count. */
  readonly today: number;
  /**
   * On which day this device first saw, and took, the entry of an index. Absent: a request for a recovery key counts from its own day,
   * and every entry is judged as of today.
   */
  readonly firstSeen?: (index: number) => number | undefined;
}

/**
 * Continues a verified log (`null`: none yet) by entries as they came.
 *
 * @throws {WireError} `malformed`, `unsupported`, or `refused` for an entry that may not stand where it stands. The log before it
 *   is unharmed.
 */
export async function extendLog(
  log: LogState | null,
  entries: readonly Uint8Array[],
  deps: LogDeps,
): Promise<LogState> {
  let state = log;
  for (const bytes of entries) {
    const entry = decodeLogEntry(bytes);
    const hash = await deps.verifier.sha256(bytes);
    state = state ? await append(state, entry, hash, deps) : await found(entry, hash, deps);
  }
  if (!state) throw new WireError("A log has no entries.");
  return state;
}

/** The recovery key of today: one that has waited its days takes the old one's place without a further entry. */
export function recoveryOn(log: LogState, today: number): RecoveryKeys {
  return settle(log, today, today).recovery;
}

/** Members at the log's end. */
export function activeDevices(log: LogState): readonly LogDevice[] {
  return [...log.devices.values()].filter(({ revoked }) => revoked === null);
}

export function findDevice(log: LogState, deviceId: Uint8Array): LogDevice | null {
  return log.devices.get(bytesKey(deviceId)) ?? null;
}

/**
 * What another log of the same vault is to the one that was verified before. Both are verified.
 *
 * `behind`: a beginning of the known one. `overruled`: they part, and the other's entry there is signed by the recovery key while the
 * known one's is not, so the other stands. `fork`: they part in any other way.
 */
export function compareLogs(
  known: readonly Uint8Array[],
  other: readonly Uint8Array[],
): "same" | "ahead" | "behind" | "overruled" | "fork" {
  const parting = known.findIndex((entry, i) => {
    const beside = other[i];
    return beside !== undefined && !equalBytes(entry, beside);
  });
  if (parting === -1) {
    return known.length === other.length
      ? "same"
      : known.length < other.length
        ? "ahead"
        : "behind";
  }
  const [mine, theirs] = [known[parting], other[parting]].map(
    (bytes) => bytes && decodeLogEntry(bytes).signer,
  );
  return mine === "device" && theirs === "recovery" ? "overruled" : "fork";
}

async function found(entry: LogEntry, hash: Bytes, deps: LogDeps): Promise<LogState> {
  const { change, vaultId } = entry;
  if (change.type !== "genesis") throw new WireError("A log does not begin at its beginning.");
  const { verifier } = deps;
  const recoveryId = await recoveryIdOf(verifier, change.recovery.signPk);
  const named = await vaultIdOf(verifier, change.recovery.signPk);
  if (!equalBytes(named, vaultId) || !equalBytes(recoveryId, entry.signerId)) {
    throw refused("the vault's name is not that of its recovery key");
  }
  await checkSignature(verifier, change.recovery.signPk, entry);
  const deviceId = await deviceIdOf(verifier, change.device.signPk);
  return {
    vaultId,
    length: 1,
    hash,
    day: entry.day,
    recovery: { ...change.recovery, recoveryId },
    pendingRecovery: null,
    devices: new Map([
      [bytesKey(deviceId), { ...change.device, deviceId, added: 0, revoked: null }],
    ]),
    epoch: 1,
    commits: [change.commit],
    generation: 0,
    minEpoch: 1,
    minSuite: SUITE_AES_256_GCM,
    steps: [{ hash, epoch: 1, generation: 0 }],
  };
}

async function append(
  before: LogState,
  entry: LogEntry,
  hash: Bytes,
  deps: LogDeps,
): Promise<LogState> {
  if (entry.day > deps.today + 1) throw refused("it is not of the past");
  // Judged as on the day on which it was first judged: replayed later, what stood then still stands.
  const log = settle(before, entry.day, deps.firstSeen?.(before.length) ?? deps.today);
  if (
    !equalBytes(entry.vaultId, log.vaultId) ||
    entry.index !== log.length ||
    !equalBytes(entry.prevHash, log.hash)
  ) {
    throw refused("it does not follow the one before");
  }
  if (log.length >= LIMITS.logEntries) throw refused("the log is full");
  if (entry.day < log.day) throw refused("it is older than the one before");
  await checkSignature(deps.verifier, signerKey(log, entry), entry);
  const next = await apply(log, entry, deps);
  return {
    ...next,
    length: log.length + 1,
    hash,
    day: entry.day,
    steps: [...log.steps, { hash, epoch: next.epoch, generation: next.generation }],
  };
}

function signerKey(log: LogState, { signer, signerId }: LogEntry): Bytes {
  if (signer === "recovery") {
    if (!equalBytes(signerId, log.recovery.recoveryId))
      throw refused("its recovery key is not the vault's");
    return log.recovery.signPk;
  }
  return member(log, signerId, "its signer is no member").signPk;
}

async function apply(
  log: LogState,
  entry: LogEntry,
  { verifier, firstSeen }: LogDeps,
): Promise<LogState> {
  const { change } = entry;
  switch (change.type) {
    case "genesis":
      throw refused("a vault is founded once");
    case "add": {
      const deviceId = await deviceIdOf(verifier, change.device.signPk);
      if (findDevice(log, deviceId)) throw refused("a device is added once");
      if (activeDevices(log).length >= LIMITS.members || log.devices.size >= LIMITS.devices) {
        throw refused("there are too many devices");
      }
      const added = { ...change.device, deviceId, added: entry.index, revoked: null };
      return { ...log, devices: new Map([...log.devices, [bytesKey(deviceId), added]]) };
    }
    case "revoke": {
      const device = member(log, change.deviceId, "it removes what is no member");
      const revoked = { ...device, revoked: { index: entry.index, pin: change.pin } };
      if (change.pin && change.pin.generation > log.generation)
        throw refused("its pin is not of the past");
      return openEpoch(
        { ...log, devices: new Map([...log.devices, [bytesKey(change.deviceId), revoked]]) },
        change,
      );
    }
    case "rotate":
      return openEpoch(log, change);
    case "floor":
      if (
        change.minEpoch < log.minEpoch ||
        change.minEpoch > log.epoch ||
        change.minSuite < log.minSuite ||
        change.minSuite > SUITE_AES_256_GCM
      ) {
        throw refused("a floor only rises, and not above the present");
      }
      return { ...log, minEpoch: change.minEpoch, minSuite: change.minSuite };
    case "recovery": {
      const recoveryId = await recoveryIdOf(verifier, change.recovery.signPk);
      const recovery = { ...change.recovery, recoveryId };
      if (entry.signer === "recovery") return { ...log, recovery, pendingRecovery: null };
      if (change.coSigner) {
        await checkCoSignature(log, entry, change.coSigner, verifier);
        return { ...log, recovery, pendingRecovery: null };
      }
      if (log.pendingRecovery) throw refused("a recovery key waits already");
      const seen = firstSeen?.(entry.index) ?? entry.day;
      return {
        ...log,
        pendingRecovery: {
          ...recovery,
          index: entry.index,
          askedBy: entry.signerId,
          effectiveDay: entry.day + LIMITS.recoveryDelayDays,
          believedDay: Math.max(entry.day, seen) + LIMITS.recoveryDelayDays,
        },
      };
    }
    case "keep-recovery":
      if (!log.pendingRecovery) throw refused("no recovery key waits");
      if (entry.signer === "device" && equalBytes(entry.signerId, log.pendingRecovery.askedBy)) {
        throw refused("who asked for a recovery key does not call it off");
      }
      return { ...log, pendingRecovery: null };
    case "reseed":
      if (change.generation !== log.generation + 1) throw refused("generations go up by one");
      return { ...log, generation: change.generation };
  }
  throw refused("its type is not known");
}

function openEpoch(
  log: LogState,
  { epoch, commit }: { readonly epoch: number; readonly commit: Bytes },
): LogState {
  if (epoch !== log.epoch + 1) throw refused("epochs go up by one");
  return { ...log, epoch, commits: [...log.commits, commit] };
}

/**
 * Both must have passed: the days in the log's own time, so that entries of the days between are read the same way ever after, and the
 * days since this device saw the request, so that nobody makes the time pass by writing an old day.
 */
function settle(log: LogState, day: number, today: number): LogState {
  const pending = log.pendingRecovery;
  if (!pending || day < pending.effectiveDay || today < pending.believedDay) return log;
  const { signPk, sealPk, recoveryId } = pending;
  return { ...log, recovery: { signPk, sealPk, recoveryId }, pendingRecovery: null };
}

function member(log: LogState, deviceId: Uint8Array, problem: string): LogDevice {
  const device = findDevice(log, deviceId);
  if (!device || device.revoked) throw refused(problem);
  return device;
}

async function checkSignature(verifier: Verifier, key: Uint8Array, entry: LogEntry): Promise<void> {
  if (!(await verifier.verify(key, entry.signature, logEntryMessage(entry.body)))) {
    throw refused("its signature is wrong");
  }
}

async function checkCoSignature(
  log: LogState,
  entry: LogEntry,
  coSigner: Bytes,
  verifier: Verifier,
): Promise<void> {
  if (equalBytes(coSigner, entry.signerId)) throw refused("a device signs once");
  const { signPk } = member(log, coSigner, "its second signer is no member");
  const signature = entry.coSignature ?? new Uint8Array(HASH_BYTES);
  if (!(await verifier.verify(signPk, signature, coSignMessage(entry.body)))) {
    throw refused("its second signature is wrong");
  }
}

function refused(problem: string): WireError {
  return new WireError(`An entry of the member log is refused: ${problem}.`, "refused");
}

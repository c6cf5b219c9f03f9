import { findDevice } from "../crypto/member-log.ts";
import { equalBytes } from "../wire/bytes.ts";
import { decodeSnapshot, snapshotMessage, type Snapshot } from "../wire/snapshot.ts";
import { WireError } from "../wire/wire-error.ts";
import type { VaultAccess } from "./engine-port.ts";

/** Why a snapshot is not taken. */
export type SnapshotFault =
  | "malformed"
  | "vault"
  | "generation"
  | "member"
  | "removed"
  | "signature"
  | "log"
  | "epoch"
  | "state"
  | "missing"
  | "slow"
  | "blob"
  | "chunk";

/** What happens in the life of an honest vault; every other fault is told. */
const USUAL: ReadonlySet<SnapshotFault> = new Set(["generation", "removed", "epoch", "missing"]);

/** A snapshot that is not taken. All that it holds can be had from the entries themselves, so nothing is lost with it. */
export class SnapshotRefused extends Error {
  readonly fault: SnapshotFault;
  /** Worth telling: somebody lies, or something is broken. */
  readonly odd: boolean;

  constructor(fault: SnapshotFault) {
    super(`A snapshot is refused: ${fault}.`);
    this.name = "SnapshotRefused";
    this.fault = fault;
    this.odd = !USUAL.has(fault);
  }
}

/**
 * The snapshot as far as its own bytes say whether it may be believed: a present member has signed it for this vault, with a log that is a
 * beginning of the one known here, in the present generation, under a key that is still in use. A longer log is read before.
 *
 * @throws {@link SnapshotRefused}
 */
export async function checkSnapshot(access: SnapshotChecks, bytes: Uint8Array): Promise<Snapshot> {
  const { suite, vaultId } = access;
  const snapshot = decoded(bytes);
  const { deviceId, logLen, logHash, epoch, generation } = snapshot;
  if (!equalBytes(snapshot.vaultId, vaultId)) throw new SnapshotRefused("vault");
  const log = logLen > access.log().length ? await access.refreshLog() : access.log();
  const device = findDevice(log, deviceId);
  if (!device || logLen <= device.added) throw new SnapshotRefused("member");
  if (!(await suite.verify(device.signPk, snapshot.signature, snapshotMessage(snapshot.body))))
    throw new SnapshotRefused("signature");
  // Of a removed device manifests stand up to its pin; a snapshot has no place in a chain that could be pinned.
  if (device.revoked) throw new SnapshotRefused("removed");
  const step = log.steps[logLen - 1];
  if (!step || !equalBytes(step.hash, logHash)) throw new SnapshotRefused("log");
  if (step.epoch !== epoch || step.generation !== generation) throw new SnapshotRefused("log");
  if (generation !== log.generation) throw new SnapshotRefused("generation");
  if (!access.epochKeys().some((key) => key.epoch === epoch)) throw new SnapshotRefused("epoch");
  return snapshot;
}

export type SnapshotChecks = Pick<
  VaultAccess,
  "suite" | "vaultId" | "log" | "epochKeys" | "refreshLog"
>;

function decoded(bytes: Uint8Array): Snapshot {
  try {
    return decodeSnapshot(bytes);
  } catch (error) {
    if (error instanceof WireError) throw new SnapshotRefused("malformed");
    throw error;
  }
}

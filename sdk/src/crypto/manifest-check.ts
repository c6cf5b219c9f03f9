import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import type { Head } from "../wire/dots.ts";
import { decodeManifest, manifestMessage, type Manifest } from "../wire/manifest.ts";
import { findDevice, type LogDevice, type LogState } from "./member-log.ts";
import type { Verifier } from "./verify.ts";

/** How far one device's manifests of the present generation were verified. */
export interface Chain {
  readonly batchNo: number;
  readonly hash: Bytes;
  /** devSeq that its next entry will have. */
  readonly nextSeq: number;
  /** The log that its last manifest named. */
  readonly logLen: number;
}

/** The chains of a vault, by `bytesKey` of the deviceId. */
export type Chains = ReadonlyMap<string, Chain>;

/**
 * - `accepted`: verified; `chain` is the device's chain from now on.
 * - `known`: the manifest that the chain ends with.
 * - `log-behind`: it names a longer member log: read that first.
 * - `gap`: manifests of the device before it are missing; `expected` comes next.
 * - `older`: below the chain's end. Whether it is the one of that number is for a caller to say who keeps the hashes.
 * - `fork`: two histories of the log, or two manifests of one number.
 * - `refused`: a signature, place or member that is wrong; `problem` says which.
 */
export type ManifestVerdict =
  | {
      readonly kind: "accepted";
      readonly manifest: Manifest;
      readonly hash: Bytes;
      readonly chain: Chain;
    }
  | {
      readonly kind: "known" | "older" | "log-behind" | "fork";
      readonly manifest: Manifest;
      readonly hash: Bytes;
    }
  | {
      readonly kind: "gap";
      readonly manifest: Manifest;
      readonly hash: Bytes;
      readonly expected: number;
    }
  | { readonly kind: "refused"; readonly manifest: Manifest; readonly problem: string };

/**
 * Whether a manifest may be believed: its place in its device's chain, its member log, its signature. Server and client ask the same.
 * What it has seen of other devices is compared by `compareSeen`, once all that the server has was read.
 *
 * @throws {WireError} for bytes that are no manifest
 */
export async function checkManifest(
  log: LogState,
  chains: Chains,
  bytes: Uint8Array,
  verifier: Verifier,
): Promise<ManifestVerdict> {
  const manifest = decodeManifest(bytes);
  const refused = (problem: string) => ({ kind: "refused", manifest, problem }) as const;
  if (!equalBytes(manifest.vaultId, log.vaultId)) return refused("it is of another vault");
  const device = findDevice(log, manifest.deviceId);
  if (!device) {
    return manifest.logLen > log.length
      ? { kind: "log-behind", manifest, hash: await verifier.sha256(bytes) }
      : refused("its device was never a member");
  }
  if (!(await verifier.verify(device.signPk, manifest.signature, manifestMessage(manifest.body)))) {
    return refused("its signature is wrong");
  }
  const hash = await verifier.sha256(bytes);
  if (manifest.logLen > log.length) return { kind: "log-behind", manifest, hash };
  const step = log.steps[manifest.logLen - 1];
  if (!step || !equalBytes(step.hash, manifest.logHash)) return { kind: "fork", manifest, hash };
  const problem = membershipProblem(manifest, hash, device);
  if (problem !== null) return refused(problem);
  if (manifest.epoch !== step.epoch || manifest.generation !== step.generation) {
    return refused("its epoch or generation is not that of its log");
  }
  if (manifest.generation !== log.generation) return refused("it is of an earlier generation");

  const chain = chains.get(bytesKey(manifest.deviceId));
  const expected = (chain?.batchNo ?? 0) + 1;
  if (manifest.batchNo > expected) return { kind: "gap", manifest, hash, expected };
  if (chain && manifest.batchNo === chain.batchNo) {
    return { kind: equalBytes(hash, chain.hash) ? "known" : "fork", manifest, hash };
  }
  if (manifest.batchNo < expected) return { kind: "older", manifest, hash };
  if (chain && !equalBytes(manifest.prevHash, chain.hash)) return { kind: "fork", manifest, hash };
  if (chain && manifest.logLen < chain.logLen)
    return refused("its log is shorter than that of the one before");
  // Numbers go on over generations, so the first manifest of one may begin anywhere.
  if (chain && manifest.firstSeq !== chain.nextSeq)
    return refused("its entries are not numbered on");
  const { batchNo, logLen, firstSeq, items } = manifest;
  return {
    kind: "accepted",
    manifest,
    hash,
    chain: { batchNo, hash, logLen, nextSeq: firstSeq + items.length },
  };
}

/**
 * Compares heads that somebody says to have seen with the chains that were verified, once the server has no more to give.
 *
 * @param hashOf the hash of an earlier manifest of a device, as far as it is kept
 * @returns `ahead`: more was seen than was delivered. `fork`: something else was seen
 */
export function compareSeen(
  seen: readonly Head[],
  chains: Chains,
  hashOf: (deviceId: Bytes, batchNo: number) => Bytes | undefined,
): "fits" | "ahead" | "fork" {
  let ahead = false;
  for (const { deviceId, batchNo, hash } of seen) {
    const chain = chains.get(bytesKey(deviceId));
    if (!chain || chain.batchNo < batchNo) {
      ahead = true;
      continue;
    }
    const own = chain.batchNo === batchNo ? chain.hash : hashOf(deviceId, batchNo);
    if (own && !equalBytes(own, hash)) return "fork";
  }
  return ahead ? "ahead" : "fits";
}

/** A member at the time of its log; of a removed device only what the pin covers. */
function membershipProblem(manifest: Manifest, hash: Bytes, device: LogDevice): string | null {
  if (manifest.logLen <= device.added) return "its device was no member yet";
  if (!device.revoked) return null;
  if (manifest.logLen > device.revoked.index) return "its device was removed";
  const { generation, batchNo } = manifest;
  return isBeyondPin(device, generation, { batchNo, hash })
    ? "it is beyond what its removed device may have"
    : null;
}

/** Whether a batch of a device that was removed is none that the log lets it have. */
export function isBeyondPin(
  { revoked }: LogDevice,
  generation: number,
  { batchNo, hash }: Pick<Head, "batchNo" | "hash">,
): boolean {
  if (!revoked) return false;
  const { pin } = revoked;
  if (!pin || generation > pin.generation) return true;
  if (generation < pin.generation || batchNo < pin.batchNo) return false;
  return batchNo > pin.batchNo || !equalBytes(hash, pin.hash);
}

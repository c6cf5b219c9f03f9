import { bytesKey, type Bytes } from "../wire/bytes.ts";
import type { ManifestBody } from "../wire/manifest.ts";
import type { LogChange, LogEntryBody, PublicKeys } from "../wire/member-log.ts";
import type { KeyPair } from "./curves.ts";
import type { EpochKey } from "./key-schedule.ts";
import { epochCommit } from "./key-schedule.ts";
import type { Chain } from "./manifest-check.ts";
import { extendLog, type LogState } from "./member-log.ts";
import { signLogEntry, signManifest } from "./sign.ts";
import type { Suite } from "./suite.ts";
import { deviceIdOf, recoveryIdOf, vaultIdOf } from "./verify.ts";

export const DAY = 20_000;

/** Someone with keys: a device, or the recovery phrase. */
export interface Actor {
  readonly kind: "device" | "recovery";
  readonly id: Bytes;
  readonly signing: KeyPair;
  readonly sealing: KeyPair;
  readonly keys: PublicKeys;
}

/** Keys from a number, so that vectors come out the same again. */
export async function makeActor(suite: Suite, kind: Actor["kind"], seed: number): Promise<Actor> {
  const signing = await suite.curves.signingKeyOf(new Uint8Array(32).fill(seed));
  const sealing = await suite.curves.sealingKeyOf(new Uint8Array(32).fill(seed + 100));
  const idOf = kind === "device" ? deviceIdOf : recoveryIdOf;
  return {
    kind,
    id: await idOf(suite, signing.publicKey),
    signing,
    sealing,
    keys: { signPk: signing.publicKey, sealPk: sealing.publicKey },
  };
}

export interface TestVault {
  readonly vaultId: Bytes;
  readonly recovery: Actor;
  readonly laptop: Actor;
  readonly phone: Actor;
  readonly epochKey: EpochKey;
  readonly genesis: Bytes;
}

/** A vault that the laptop founded; the phone is no member yet. */
export async function makeVault(suite: Suite): Promise<TestVault> {
  const recovery = await makeActor(suite, "recovery", 1);
  const laptop = await makeActor(suite, "device", 2);
  const phone = await makeActor(suite, "device", 3);
  const vaultId = await vaultIdOf(suite, recovery.keys.signPk);
  const epochKey = { epoch: 1, key: new Uint8Array(32).fill(50) };
  const genesis = await signLogEntry(suite, recovery.signing, {
    vaultId,
    index: 0,
    prevHash: new Uint8Array(32),
    day: DAY,
    signer: "recovery",
    signerId: recovery.id,
    change: {
      type: "genesis",
      recovery: recovery.keys,
      device: laptop.keys,
      commit: await epochCommit(suite, vaultId, epochKey),
    },
  });
  return { vaultId, recovery, laptop, phone, epochKey, genesis };
}

/** Signs what may come next in a log, or what may not: `forged` overrules any field. */
export async function nextEntry(
  suite: Suite,
  log: LogState,
  by: Actor,
  change: LogChange,
  forged: Partial<LogEntryBody> = {},
  coSigner: Actor | null = null,
): Promise<Bytes> {
  const entry: LogEntryBody = {
    vaultId: log.vaultId,
    index: log.length,
    prevHash: log.hash,
    day: log.day,
    signer: by.kind,
    signerId: by.id,
    change,
    ...forged,
  };
  return signLogEntry(suite, by.signing, entry, coSigner?.signing);
}

/** A log grown step by step, each step by who signs it. */
export async function growLog(
  suite: Suite,
  vault: TestVault,
  steps: readonly (readonly [Actor, LogChange])[],
): Promise<{ readonly log: LogState; readonly entries: readonly Bytes[] }> {
  const deps = { verifier: suite, today: DAY };
  const entries = [vault.genesis];
  let log = await extendLog(null, entries, deps);
  for (const [by, change] of steps) {
    const entry = await nextEntry(suite, log, by, change);
    entries.push(entry);
    log = await extendLog(log, [entry], deps);
  }
  return { log, entries };
}

/** Signs what may come next in a device's chain, or what may not. */
export function nextManifest(
  suite: Suite,
  log: LogState,
  by: Actor,
  chain: Chain | null,
  says: Partial<ManifestBody> = {},
): Promise<Bytes> {
  return signManifest(suite, by.signing, {
    type: "batch",
    vaultId: log.vaultId,
    deviceId: by.id,
    generation: log.generation,
    epoch: log.epoch,
    batchNo: (chain?.batchNo ?? 0) + 1,
    prevHash: chain?.hash ?? new Uint8Array(32),
    logLen: log.length,
    logHash: log.hash,
    firstSeq: chain?.nextSeq ?? 1,
    items: [{ hash: new Uint8Array(32).fill(9), supersedes: [] }],
    purged: [],
    seen: [],
    ...says,
  });
}

export function chainsOf(
  ...chains: readonly (readonly [Actor, Chain])[]
): ReadonlyMap<string, Chain> {
  return new Map(chains.map(([actor, chain]) => [bytesKey(actor.id), chain]));
}

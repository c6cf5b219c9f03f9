import { toBase64url } from "../wire/base64url.ts";
import type { Bytes } from "../wire/bytes.ts";
import { LIMITS } from "../wire/limits.ts";
import { encodeBlobPart } from "../wire/push-body.ts";
import { wait } from "./back-off.ts";
import type { VaultAccess } from "./engine-port.ts";
import { problemCode } from "./server-problem.ts";
import type { SnapshotOutcome, SnapshotStep } from "./snapshot-make.ts";

export interface SnapshotUploadDeps extends Pick<VaultAccess, "vaultId" | "call"> {
  /** Under the lock of sync; what is sent is sent without it. */
  readonly step: (outcome: SnapshotOutcome) => Promise<SnapshotStep>;
  /** Resolves at once while nothing else is under way, else when it is over. */
  readonly whenQuiet: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** A moment for everybody else. */
const PAUSE_MS = 10;

/**
 * Makes a snapshot where one is due, and gives it to the server. What ends it, be it the network, the tab or `signal`, leaves it to go on
 * where it was; only a server that has no room, or that lost a part, ends it for good. Throws as `VaultAccess.call` does.
 */
export async function makeSnapshot(deps: SnapshotUploadDeps): Promise<void> {
  const { signal, whenQuiet } = deps;
  for (let outcome: SnapshotOutcome = null; ;) {
    await whenQuiet();
    signal.throwIfAborted();
    const next = await deps.step(outcome);
    if (next.kind === "none") return;
    if (next.kind === "again") outcome = null;
    else if (next.kind === "upload") outcome = await outcomeOf(upload(deps, next));
    else {
      const { manifest, seq } = next;
      const vaultId = toBase64url(deps.vaultId);
      const work = deps.call("snapshot.publish", { vaultId, manifest, seq }, signal);
      outcome = await outcomeOf(work);
    }
    await wait(PAUSE_MS, signal);
  }
}

async function outcomeOf(work: Promise<unknown>): Promise<SnapshotOutcome> {
  try {
    await work;
    return "done";
  } catch (error) {
    const code = problemCode(error);
    if (code === "quota" || code === "too-large") return "full";
    if (code === "not-found" || code === "malformed" || code === "stale") return "lost";
    throw error;
  }
}

async function upload(
  { call, vaultId, whenQuiet, signal }: SnapshotUploadDeps,
  { hash, bytes }: { readonly hash: Bytes; readonly bytes: Bytes },
): Promise<void> {
  const name = { vaultId: toBase64url(vaultId), hash: toBase64url(hash) };
  let { received } = await call("blob.begin", { ...name, bytes: bytes.length }, signal);
  while (received < bytes.length) {
    await whenQuiet();
    const part = bytes.subarray(received, received + LIMITS.blobPartBytes);
    const body = encodeBlobPart({ vaultId, hash, offset: received, part });
    ({ received } = await call("blob.part", body, signal));
  }
  await call("blob.commit", name, signal);
}

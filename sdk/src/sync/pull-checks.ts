import { isBeyondPin } from "../crypto/manifest-check.ts";
import { findDevice, type LogState } from "../crypto/member-log.ts";
import type { ManifestRow } from "../vault/sync-store.ts";
import { fromBase64url } from "../wire/base64url.ts";
import { bytesKey, equalBytes } from "../wire/bytes.ts";
import type { PullPage } from "../wire/procedures.ts";
import type { Ledger } from "./ledger.ts";
import type { PullDeps } from "./pull-deps.ts";
import { deviceForked, forked, rolledBack, withheld } from "./pull-problems.ts";

/** What members say to have seen must be what was delivered, as far as that goes. */
export async function compareClaims(
  { access, store }: PullDeps,
  ledger: Ledger,
  fresh: readonly ManifestRow[],
  more: boolean,
): Promise<void> {
  const log = access.log();
  // Who has seen what a device wrote after it was removed is right, and will not see it again.
  const claims = ledger.next().claims.filter(({ device, batchNo, hash }) => {
    const member = log.devices.get(device);
    return !member || !isBeyondPin(member, log.generation, { batchNo, hash: new Uint8Array(hash) });
  });
  const reached = claims.filter(
    ({ device, batchNo }) => (ledger.chains.get(device)?.batchNo ?? 0) >= batchNo,
  );
  const here = new Map(fresh.map((row) => [`${row.device}:${row.batchNo}`, row.hash]));
  const stored = await store.manifests(reached);
  for (const [i, { device, batchNo, hash }] of reached.entries()) {
    const own = here.get(`${device}:${batchNo}`) ?? stored[i];
    if (!own || !equalBytes(own, hash)) throw forked();
  }
  const ahead = claims.filter((claim) => !reached.includes(claim));
  if (!more && ahead.length > 0) throw withheld("batches that another device has seen");
  ledger.next({ claims: ahead });
}

/** What the server says of itself: every batch that was seen once must be there. */
export function checkHeads(ledger: Ledger, page: PullPage, self: string): void {
  const told = new Map(
    page.heads.map((head) => [bytesKey(fromBase64url(head.deviceId)), head] as const),
  );
  for (const [device, chain] of ledger.chains) {
    const head = told.get(device);
    if (!head || head.batchNo < chain.batchNo) throw rolledBack();
    if (head.batchNo === chain.batchNo && !equalBytes(fromBase64url(head.hash), chain.hash))
      throw device === self ? deviceForked() : forked();
    if (head.batchNo > chain.batchNo && device === self && !ledger.state.reread)
      throw deviceForked();
  }
}

/** At the end of the server's row, all that must be there is there. */
export function checkEnd(ledger: Ledger, page: PullPage, log: LogState): void {
  const behind = page.heads.some((head) => {
    const deviceId = fromBase64url(head.deviceId);
    // Of a removed device only what its pin covers is taken.
    if (findDevice(log, deviceId)?.revoked !== null) return false;
    return (ledger.chains.get(bytesKey(deviceId))?.batchNo ?? 0) < head.batchNo;
  });
  if (behind) throw withheld("batches");
  const missing = ledger.live.missing((key) => ledger.held.has(key));
  if (missing.length > 0) throw withheld("rows");
}

/** Devices that were removed, and of which more was taken in than the log lets them have. */
export function lateDevices(
  { devices, generation }: LogState,
  { chains }: Pick<Ledger, "chains">,
): readonly string[] {
  return [...chains].flatMap(([device, head]) => {
    const member = devices.get(device);
    return member && isBeyondPin(member, generation, head) ? [device] : [];
  });
}

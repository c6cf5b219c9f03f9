import { activeDevices } from "../crypto/member-log.ts";
import type { SealedBatch, SyncDotRow } from "../vault/sync-store.ts";
import { bytesKey } from "../wire/bytes.ts";
import { compareDots } from "../wire/dots.ts";
import { LIMITS } from "../wire/limits.ts";
import { encodePushBody } from "../wire/push-body.ts";
import { asidesOf } from "./aside.ts";
import { AWAY_DAYS, dayOf } from "./days.ts";
import { toDot, type Ledger } from "./ledger.ts";
import { signOwn, type PushDeps } from "./push.ts";

/**
 * Tombstones that every device has seen leave the vault, and this device says what it has seen of them, once a day at most. Only what
 * devices have signed counts; who was not heard of for 180 days is not waited for, and reads everything anew when it comes back.
 *
 * @returns the sealed manifest; `null`: there is nothing to say
 */
export async function tidy(
  { access, store, now }: PushDeps,
  ledger: Ledger,
): Promise<SealedBatch | null> {
  const log = access.log();
  const self = bytesKey(access.device.deviceId);
  const today = dayOf(now());
  const others = activeDevices(log)
    .map(({ deviceId }) => bytesKey(deviceId))
    .filter((device) => device !== self);
  // Who has said nothing yet is waited for from now on.
  const fresh = [self, ...others].filter((device) => !ledger.seen.has(device));
  for (const device of fresh) ledger.meet(device, today);
  if (fresh.length > 0) await store.setState(ledger.next());
  const awaited = others.filter(
    (device) => (ledger.seen.get(device)?.day ?? today) > today - AWAY_DAYS,
  );
  const sees = (device: string, { dot }: SyncDotRow): boolean => {
    const at = dot.indexOf(":");
    const writer = dot.slice(0, at);
    return (
      writer === device || (ledger.seen.get(device)?.next[writer] ?? 0) > Number(dot.slice(at + 1))
    );
  };
  const done = [...ledger.tombstones.values()]
    .filter(
      (row) =>
        awaited.every((device) => sees(device, row)) &&
        ledger.dotsOf(asidesOf(row.record)).length === 0 &&
        // A row beside it waits for the tombstone to take its place.
        ledger.dotsOf(row.record).every(({ tombstone }) => tombstone),
    )
    .slice(0, LIMITS.purgedPerManifest)
    .map(({ dot }) => toDot(dot))
    .toSorted(compareDots);
  const unsaid =
    ledger.seen.get(self)?.day !== today &&
    ledger.chains.size > (ledger.chains.has(self) ? 1 : 0) &&
    [...ledger.tombstones.values()].some((row) => !sees(self, row));
  if (done.length === 0 && !unsaid) return null;
  const manifest = await signOwn(
    access,
    ledger,
    done.length > 0 ? { type: "purge", items: [], purged: done } : { items: [] },
  );
  const sealed: SealedBatch = {
    body: encodePushBody({ manifest, envelopes: [] }),
    generation: log.generation,
    items: [],
  };
  await store.seal(sealed, [], []);
  return sealed;
}

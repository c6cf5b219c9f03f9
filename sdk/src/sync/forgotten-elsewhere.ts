import type { RemoteRecord } from "../vault/sync-store.ts";
import { asidesOf, isAside, isSealed } from "./aside.ts";
import type { Ledger } from "./ledger.ts";
import { ANY_STAMP, isForgotten, newestStamp } from "./merge.ts";
import type { PullDeps } from "./pull-deps.ts";
import { vaultIdOfKey } from "./record-id.ts";
import { isUnseen } from "./unseen.ts";

/**
 * Two ways in which a record is forgotten without a tombstone that is still there: its last row was purged, and an edit that knew only
 * rows which are gone.
 */
export async function forgetPurged(deps: PullDeps, ledger: Ledger): Promise<void> {
  const { bare, orphans } = ledger.state;
  if (bare.length === 0 && orphans.length === 0) return;
  const { replica, store, vault } = deps;
  const orphaned = new Map(
    orphans.flatMap((dot) => {
      const row = ledger.held.get(dot);
      return row ? [[row.record, dot] as const] : [];
    }),
  );
  const keys = [...new Set([...bare, ...orphaned.keys()])];
  const known = await store.records(keys);
  const held = await replica.read(
    keys.map((key, i) => ({ key, id: known[i]?.id ?? vaultIdOfKey(key, null) })),
    ledger,
  );
  const sealed = held.filter(({ key, dots, state }) => {
    const aside = ledger.dotsOf(asidesOf(key));
    const isBare = state !== null && dots.length === 0 && aside.length > 0;
    return isBare && aside.every(({ record }) => isSealed(record));
  });
  if (sealed.length > 0) await (await deps.repairs()).sayOnce(deps, sealed);
  const gone = held.filter(
    ({ key, dots, state }) =>
      state !== null &&
      // A row that cannot be read here is a row.
      ledger.dotsOf(asidesOf(key)).length === 0 &&
      !(isForgotten(state) && dots.length === 0) &&
      dots.every(({ dot, tombstone }) => !tombstone && orphaned.get(key) === dot),
  );
  const edited = gone.filter((one) => isUnseen(deps.access, ledger, one));
  if (edited.length > 0) await (await deps.repairs()).keepCopies(deps, edited, "forgotten");
  const records = gone.map(({ key, id, state, outbox, dots }): RemoteRecord => {
    const stamp = (state && newestStamp(state)) ?? ANY_STAMP;
    return {
      row: replica.rowOf(key, id, { forgotten: stamp }, undefined),
      memory: null,
      from: outbox,
      send: dots.length > 0,
    };
  });
  await vault.erase(
    records.map(({ row }) => row.id),
    "forgotten",
  );
  const state = ledger.next({
    bare: [],
    // What cannot be read yet is looked at when it can be.
    orphans: orphans.filter((dot) => isAside(ledger.held.get(dot)?.record ?? "")),
  });
  await vault.applied(await store.apply({ state, manifests: [], dots: [], gone: [], records }));
}

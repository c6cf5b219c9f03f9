import { isBeyondPin } from "../crypto/manifest-check.ts";
import type { RereadRow, SyncStateRow } from "../vault/sync-store.ts";
import { isAside, isKept, keptRecord } from "./aside.ts";
import { keepCopies } from "./copies.ts";
import { createLedger, emptyState, fromKey, type Ledger } from "./ledger.ts";
import { EMPTY_RECORD, isForgotten } from "./merge.ts";
import { lateDevices } from "./pull-checks.ts";
import type { PullDeps } from "./pull-deps.ts";
import { decodeRecord } from "./record-content.ts";

/**
 * Everything is read anew from the server's first row: manifests, and with them the live set, and every live row. What was known of the
 * others' heads stays as claims, so that a server shows no less than before.
 */
export async function beginReread(
  { access, store }: PullDeps,
  ledger: Ledger,
  why: RereadRow["why"],
  undone: readonly string[] = [],
): Promise<void> {
  const { generation, devices } = access.log();
  const before = ledger.state;
  const heads = [...ledger.chains].flatMap(([device, head]) => {
    const member = devices.get(device);
    return member && isBeyondPin(member, generation, head)
      ? []
      : [{ deviceId: fromKey(device), ...head }];
  });
  const waiting = await store.outbox(await store.pending());
  const known = await store.recordsNamed("");
  const ids = new Set(waiting.map(({ id }) => id));
  const unsent = known.filter(({ key, id }) => ids.has(id) && ledger.dotsOf(key).length === 0);
  // One that was under way counts on: since it began no row is held.
  const earlier = before.reread;
  const state = {
    ...emptyState(generation, heads, before),
    ...(before.of && { of: before.of }),
    claims: [...emptyState(generation, heads).claims, ...before.claims],
    resealBelow: before.resealBelow,
    seen: before.seen ?? [],
    reread: {
      why,
      undone: [...new Set([...(earlier?.undone ?? []), ...undone])],
      unsent: earlier?.unsent ?? unsent.map(({ key }) => key),
    },
  };
  // It would be signed by another device than the one that sealed its beginning.
  const notes = await store.snapshotNotes();
  if (notes?.job && why === "renewed") await store.keepSnapshotNotes({ ...notes, job: null });
  await store.apply({ state, manifests: [], dots: [], gone: [...ledger.held.keys()], records: [] });
}

/**
 * Takes up what this device knew of the vault under an identity that it had before: it left and came back, or there is a copy of it. What
 * it has that the vault knows is not said again, what left the vault meanwhile leaves here too, and what it wrote since is sent.
 */
export async function takeUp(
  deps: PullDeps,
  before: SyncStateRow,
  of: NonNullable<SyncStateRow["of"]>,
): Promise<void> {
  const { access, store } = deps;
  const log = access.log();
  const { generation } = log;
  const { lastSyncedAt } = before;
  const fresh = emptyState(generation, access.linkedHeads, { nextSeq: 1, lastSyncedAt });
  // A vault that was filled anew meanwhile knows nothing of before: all that is here is to be said.
  if (before.generation !== generation) return store.restart({ ...fresh, of });
  // Signed by a device that it is no more. Its changes wait all the same.
  await store.unseal();
  const claims = [...before.claims, ...fresh.claims];
  const ledger = createLedger({ ...before, of, nextSeq: 1, claims }, await store.dots());
  await (lateDevices(log, ledger).length > 0
    ? undoRemoved(deps, ledger)
    : beginReread(deps, ledger, "renewed"));
}

/**
 * What a removed device wrote after it was removed, and this device had taken in before it heard of that, is undone: records that have
 * such a row are made anew of the rows that count.
 */
export async function undoRemoved(deps: PullDeps, ledger: Ledger): Promise<void> {
  const removed = new Set(lateDevices(deps.access.log(), ledger));
  const records = new Set(
    [...ledger.held.values()]
      .filter(({ dot }) => removed.has(dot.slice(0, dot.indexOf(":"))))
      .map(({ record }) => record),
  );
  const held = await deps.replica.read(
    [...records].map((key) => ({ key, id: key })),
    ledger,
  );
  // What was edited here since is this device's own by now.
  const undone = held.filter(({ outbox }) => outbox === null).map(({ key }) => key);
  await beginReread(deps, ledger, "removed", undone);
}

/** Records that have a row again stand as the rows say. */
export function noteRead(ledger: Ledger): void {
  const { reread } = ledger.state;
  if (!reread || reread.undone.length === 0) return;
  const undone = reread.undone.filter((key) => ledger.dotsOf(key).length === 0);
  ledger.next({ reread: { ...reread, undone } });
}

/** What the server had and has no more: forgotten by others, or never to have been there. */
export async function endReread(deps: PullDeps, ledger: Ledger): Promise<void> {
  const { store, replica, vault } = deps;
  const { reread } = ledger.state;
  if (!reread) return;
  const unsent = new Set(reread.unsent);
  const undone = new Set(reread.undone);
  const left = (await store.recordsNamed("")).filter(
    ({ key, shape }) => shape !== null && !unsent.has(key) && ledger.dotsOf(key).length === 0,
  );
  const gone = left.filter(({ key }) => !isKept(key));
  const aside = left.filter(({ key }) => isAside(key)).map(({ key }) => keptRecord(key, null));
  const lost = await replica.read(
    gone.filter(({ key }) => undone.has(key)).map(({ key, id }) => ({ key, id })),
    ledger,
  );
  await keepCopies(
    deps,
    lost.filter(({ local }) => local !== null),
    "removed-device",
  );
  await vault.erase(
    lost.map(({ id }) => id),
    "removed-device",
  );
  const bare = gone.filter(
    ({ key, shape }) => !undone.has(key) && shape && !isForgotten(decodeRecord(shape)),
  );
  const state = ledger.next({
    reread: null,
    bare: [...new Set([...ledger.next().bare, ...bare.map(({ key }) => key)])],
  });
  // Not forgotten: whoever has it rightly may bring it back.
  const records = lost.map(({ key, id }) => ({
    row: replica.rowOf(key, id, EMPTY_RECORD, undefined),
    memory: null,
    from: null,
    send: false,
  }));
  await store.apply({ state, manifests: [], dots: [], gone: [], records: [...records, ...aside] });
}

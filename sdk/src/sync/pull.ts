import { checkManifest } from "../crypto/manifest-check.ts";
import type { ManifestRow, RemoteRecord, SyncDotRow, SyncStateRow } from "../vault/sync-store.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import type { Cursor, PullPage } from "../wire/procedures.ts";
import { asidesGone, isAside, isKept, isSealed, recordOf } from "./aside.ts";
import { dayOf } from "./days.ts";
import { forgetPurged } from "./forgotten-elsewhere.ts";
import type { Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { mergeAll, withShown } from "./merge-pulled.ts";
import { isForgotten } from "./merge.ts";
import { createKeys, openRow } from "./open-rows.ts";
import { checkEnd, checkHeads, compareClaims } from "./pull-checks.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { deviceForked, forked, rolledBack, withheld } from "./pull-problems.ts";
import { decodeRecord } from "./record-content.ts";
import { problemCode } from "./server-problem.ts";

/** A page that is verified and read, and not merged yet. */
interface OpenedPage {
  readonly manifests: readonly ManifestRow[];
  readonly left: readonly SyncDotRow[];
  readonly opened: readonly OpenedRow[];
  /** Records of which rows stay that somebody has taken out. */
  readonly spared: readonly string[];
}

/**
 * Takes in page after page: verifies, merges, writes. While a page is being written the next one is fetched, verified and read, so that
 * the network, the cryptography and the disk do not wait for each other; it is merged and written when that has been. What is not written
 * when something fails never happened.
 *
 * @returns whether the end was reached; `false`: begin again, the server has another store or the log another generation than before
 * @throws {@link MemoryError} `sync/vault-fork`, `sync/vault-rollback`, `sync/vault-withheld`, `sync/device-forked`
 */
export async function pullPages(
  deps: PullDeps,
  ledger: Ledger,
  signal: AbortSignal | undefined,
  onPage: () => void,
): Promise<boolean> {
  const over = new AbortController();
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  let writing: Promise<void> = Promise.resolve();
  // What was verified of the page before may be asked for, and it is stored only when that page is.
  const behind: PullDeps = {
    ...deps,
    store: { ...deps.store, manifests: (of) => writing.then(() => deps.store.manifests(of)) },
  };
  let coming = fetchPage(deps, ledger.state.cursor, either);
  try {
    for (;;) {
      const page = await coming;
      if (deps.access.log().generation !== ledger.state.generation) return false;
      if (page === null) {
        // Manifests are compared from the first on: what was seen before must be there again.
        await writing;
        await deps.store.setState(ledger.next({ cursor: null }));
        return false;
      }
      if (page.more) {
        coming = fetchPage(deps, page.next, either);
        coming.catch(() => undefined);
      }
      const opened = await openPage(behind, ledger, page);
      await writing;
      signal?.throwIfAborted();
      const writePage = await mergePage(deps, ledger, page, opened);
      writing = writePage();
      writing.catch(() => undefined);
      if (page.more) {
        onPage();
        continue;
      }
      await writing;
      if (ledger.state.reread) await (await deps.repairs()).endReread(deps, ledger);
      await forgetPurged(deps, ledger);
      return true;
    }
  } finally {
    over.abort();
    // Nothing of this pull is under way any more when the next one begins from what is stored.
    await writing;
  }
}

async function openPage(deps: PullDeps, ledger: Ledger, page: PullPage): Promise<OpenedPage> {
  const { access } = deps;
  const { cursor } = ledger.state;
  if (cursor !== null && (page.head < cursor.seq || page.next.seq < cursor.seq)) throw rolledBack();
  checkHeads(ledger, page, bytesKey(access.device.deviceId));

  const manifests: ManifestRow[] = [];
  const spared: string[] = [];
  const left: SyncDotRow[] = [];
  for (const { manifest } of page.manifests) {
    const taken = await takeManifest(deps, ledger, fromBase64url(manifest));
    if (!taken) continue;
    manifests.push(taken.row);
    left.push(...taken.left);
    spared.push(...taken.spared);
  }
  const keyOf = createKeys(access);
  const rows = await Promise.all(
    page.entries.map(({ envelope }) => openRow(deps, ledger, keyOf, fromBase64url(envelope))),
  );
  const opened = [...new Map(rows.flatMap((one) => (one ? [[one.row.dot, one]] : []))).values()];
  for (const { row } of opened) ledger.hold(row);
  spared.push(...opened.flatMap(({ claims }) => claims));
  return { manifests, left, spared, opened: withShown(deps, ledger, opened) };
}

/** What the page comes to, and the way to write it. */
async function mergePage(
  deps: PullDeps,
  ledger: Ledger,
  page: PullPage,
  { manifests, left, spared, opened }: OpenedPage,
): Promise<() => Promise<void>> {
  const merged = await mergeAll(deps, ledger, opened);
  const records =
    spared.length === 0
      ? merged
      : await (await deps.repairs()).saidAgain(deps, ledger, merged, spared);
  if (ledger.state.reread) (await deps.repairs()).noteRead(ledger);
  await compareClaims(deps, ledger, manifests, page.more);
  if (!page.more) checkEnd(ledger, page, deps.access.log());

  const all = [...records, ...asidesGone(left, ledger)];
  const place = {
    state: ledger.next({
      cursor: page.next,
      ...(page.more ? {} : { lastSyncedAt: deps.now() }),
    }),
    manifests,
    dots: opened.flatMap(({ row }) => ledger.held.get(row.dot) ?? []),
    gone: left.map(({ dot }) => dot),
  };
  return () => write(deps, all, place);
}

/** `null`: the server has another store than before. */
async function fetchPage(
  { access }: PullDeps,
  cursor: Cursor | null,
  signal: AbortSignal,
): Promise<PullPage | null> {
  try {
    return await access.call("sync.pull", { vaultId: toBase64url(access.vaultId), cursor }, signal);
  } catch (error) {
    if (problemCode(error) !== "store-changed" || cursor === null) throw error;
    return null;
  }
}

export async function takeManifest(
  { access, store, now }: PullDeps,
  ledger: Ledger,
  bytes: Bytes,
): Promise<{
  readonly row: ManifestRow;
  readonly left: readonly SyncDotRow[];
  readonly spared: readonly string[];
} | null> {
  let verdict = await checkManifest(access.log(), ledger.chains, bytes, access.suite);
  if (verdict.kind === "log-behind") {
    verdict = await checkManifest(await access.refreshLog(), ledger.chains, bytes, access.suite);
  }
  const { manifest } = verdict;
  const device = bytesKey(manifest.deviceId);
  const isOwn = equalBytes(manifest.deviceId, access.device.deviceId);
  switch (verdict.kind) {
    case "known":
    case "refused":
      return null;
    case "log-behind":
      throw withheld("entries of the log");
    case "gap":
      throw withheld("batches");
    case "fork":
      throw isOwn ? deviceForked() : forked();
    case "older": {
      const [hash] = await store.manifests([{ device, batchNo: manifest.batchNo }]);
      if (hash && !equalBytes(hash, verdict.hash)) throw isOwn ? deviceForked() : forked();
      return null;
    }
    case "accepted":
      break;
  }
  if (isOwn) {
    // Nobody but this device can have signed it: unless it is read anew, a copy of this device did.
    const [own] = await store.manifests([{ device, batchNo: manifest.batchNo }]);
    if (!own || !equalBytes(own, verdict.hash)) throw deviceForked();
  }
  const purged = manifest.purged.map((dot) => ledger.held.get(dotKey(dot)));
  // What cannot be read here may be a tombstone to who can.
  const spared = purged.flatMap((row) =>
    row && !row.tombstone && (!isAside(row.record) || isSealed(row.record))
      ? [recordOf(row.record)]
      : [],
  );
  const left = ledger.take(manifest, verdict.chain, dayOf(now()));
  ledger.claim(manifest.seen);
  return { row: { device, batchNo: manifest.batchNo, hash: verdict.hash }, left, spared };
}

/** Puts what was pulled into the vault, with the place up to which it was. */
export async function write(
  { store, vault }: PullDeps,
  records: readonly RemoteRecord[],
  place: {
    readonly state: SyncStateRow | null;
    readonly manifests: readonly ManifestRow[];
    readonly dots: readonly SyncDotRow[];
    readonly gone: readonly string[];
  },
): Promise<void> {
  const forgotten = records.filter(
    ({ memory, row }) => memory === null && !isKept(row.key) && isTombstone(row.shape),
  );
  if (forgotten.length > 0)
    await vault.erase(
      forgotten.map(({ row }) => row.id),
      "forgotten",
    );
  const apply = () => store.apply({ ...place, records }, vault.pack);
  await vault.applied(await (records.length < store.packFrom ? apply() : vault.exclusive(apply)));
}

function isTombstone(shape: Uint8Array | null): boolean {
  return shape === null || isForgotten(decodeRecord(shape));
}

import { checkManifest } from "../crypto/manifest-check.ts";
import { openEnvelope } from "../crypto/envelope.ts";
import { writerKey, type WriterKey } from "../crypto/key-schedule.ts";
import { findDevice, type LogState } from "../crypto/member-log.ts";
import { MemoryError } from "../domain/errors.ts";
import type {
  ManifestRow,
  RemoteRecord,
  SyncDotRow,
  SyncStateRow,
  SyncStore,
} from "../vault/sync-store.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import { decodeEnvelope } from "../wire/envelope.ts";
import type { PullPage } from "../wire/procedures.ts";
import { WireError } from "../wire/wire-error.ts";
import type { VaultAccess } from "./engine-port.ts";
import type { Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { toMemory } from "./memory-state.ts";
import { isForgotten, mergeRecords, newestStamp, type SyncRecord } from "./merge.ts";
import { deviceRecord, isDevice, vaultIdOfKey, ID_FIELD } from "./record-id.ts";
import { decodeRecord } from "./record-content.ts";
import { withoutVectors, type HeldRecord, type Replica } from "./replica.ts";
import { problemCode } from "./server-problem.ts";
import type { VaultPort } from "./vault-port.ts";

export interface PullDeps {
  readonly access: VaultAccess;
  readonly store: SyncStore;
  readonly replica: Replica;
  readonly vault: VaultPort;
  readonly now: () => number;
}

interface OpenedRow {
  readonly row: SyncDotRow;
  readonly state: SyncRecord;
}

/**
 * Takes in one page: verifies, merges, writes. Returns whether there is more.
 *
 * @throws {@link MemoryError} `sync/vault-fork`, `sync/vault-rollback`, `sync/vault-withheld`, `sync/device-forked`
 */
export async function pullPage(
  deps: PullDeps,
  ledger: Ledger,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { access } = deps;
  const page = await fetchPage(deps, ledger, signal);
  if (page === null) return true;
  const { cursor } = ledger.state;
  if (cursor !== null && (page.head < cursor.seq || page.next.seq < cursor.seq)) throw rolledBack();
  checkHeads(ledger, page, bytesKey(access.device.deviceId));

  const manifests: ManifestRow[] = [];
  const left: SyncDotRow[] = [];
  for (const { manifest } of page.manifests) {
    const taken = await takeManifest(deps, ledger, fromBase64url(manifest));
    if (!taken) continue;
    manifests.push(taken.row);
    left.push(...taken.left);
  }
  const keyOf = createKeys(access);
  const rows = await Promise.all(
    page.entries.map(({ envelope }) => openRow(deps, ledger, keyOf, fromBase64url(envelope))),
  );
  const opened = [...new Map(rows.flatMap((one) => (one ? [[one.row.dot, one]] : []))).values()];
  for (const { row } of opened) ledger.hold(row);
  const records = await mergeAll(deps, ledger, opened);
  await compareClaims(deps, ledger, manifests, page.more);
  if (!page.more) checkEnd(ledger, page, access.log());

  const state = ledger.next({
    cursor: page.next,
    ...(page.more ? {} : { lastSyncedAt: deps.now() }),
  });
  await write(deps, records, {
    state,
    manifests,
    dots: opened.map(({ row }) => row).filter(({ dot }) => ledger.held.has(dot)),
    gone: left.map(({ dot }) => dot),
  });
  if (!page.more) await forgetPurged(deps, ledger);
  return page.more;
}

/** `null`: begin again, the server has another store than before. */
async function fetchPage(
  { access, store }: PullDeps,
  ledger: Ledger,
  signal: AbortSignal | undefined,
): Promise<PullPage | null> {
  const input = { vaultId: toBase64url(access.vaultId), cursor: ledger.state.cursor };
  try {
    return await access.call("sync.pull", input, signal);
  } catch (error) {
    if (problemCode(error) !== "store-changed" || input.cursor === null) throw error;
    // Manifests are compared from the first on: what was seen before must be there again.
    await store.setState(ledger.next({ cursor: null }));
    return null;
  }
}

async function takeManifest(
  { access, store }: PullDeps,
  ledger: Ledger,
  bytes: Bytes,
): Promise<{ readonly row: ManifestRow; readonly left: readonly SyncDotRow[] } | null> {
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
  // Nobody but this device can have signed it: a copy of this device did.
  if (isOwn) throw deviceForked();
  const purged = manifest.purged.map((dot) => ledger.held.get(dotKey(dot)));
  if (purged.some((row) => row && !row.tombstone))
    throw new WireError("A purge takes away what is no tombstone.", "refused");
  const left = ledger.take(manifest, verdict.chain);
  ledger.claim(manifest.seen);
  return { row: { device, batchNo: manifest.batchNo, hash: verdict.hash }, left };
}

/** `null` for a row that no manifest named, that left meanwhile, or that is held. */
async function openRow(
  { access, replica }: PullDeps,
  ledger: Ledger,
  keyOf: KeyOf,
  bytes: Bytes,
): Promise<OpenedRow | null> {
  const { header } = decodeEnvelope(bytes);
  const dot = dotKey(header);
  const owed = ledger.owed.get(dot);
  const hash = await access.suite.sha256(bytes);
  if (!owed || !ledger.live.fits(header, hash)) return null;
  const key = await keyOf(owed.epoch, header.deviceId);
  const { recordId, content } = await openEnvelope(
    access.suite,
    key,
    {
      vaultId: access.vaultId,
      kind: "entry",
      epoch: owed.epoch,
      deviceId: header.deviceId,
      devSeq: header.devSeq,
    },
    bytes,
  );
  const record = bytesKey(recordId);
  if (owed.of.some((of) => of !== record))
    throw new WireError("An entry takes the place of one of another record.", "refused");
  const state = decodeRecord(content);
  return {
    row: {
      dot,
      record,
      hash,
      digest: await replica.digestOf(state),
      epoch: owed.epoch,
      tombstone: isForgotten(state),
    },
    state,
  };
}

type KeyOf = (epoch: number, deviceId: Bytes) => Promise<WriterKey>;

/** Derives a writer's key of an epoch once a page. */
function createKeys(access: VaultAccess): KeyOf {
  const derived = new Map<string, Promise<WriterKey>>();
  const derive: KeyOf = async (epoch, deviceId) => {
    const find = () => access.epochKeys().find((key) => key.epoch === epoch);
    if (!find()) await access.refreshLog();
    const key = find();
    if (!key) throw withheld("the key of an epoch");
    return writerKey(access.suite, access.vaultId, key, deviceId, "entry");
  };
  return (epoch, deviceId) => {
    const name = `${epoch}:${bytesKey(deviceId)}`;
    const known = derived.get(name) ?? derive(epoch, deviceId);
    derived.set(name, known);
    return known;
  };
}

async function mergeAll(
  deps: PullDeps,
  ledger: Ledger,
  opened: readonly OpenedRow[],
): Promise<readonly RemoteRecord[]> {
  const pulled = new Map<string, OpenedRow[]>();
  for (const one of opened)
    pulled.set(one.row.record, [...(pulled.get(one.row.record) ?? []), one]);
  const held = await deps.replica.read(
    [...pulled].map(([key, rows]) => ({ key, id: idOf(key, rows) })),
    ledger,
  );
  return Promise.all(held.map((one) => mergeOne(deps, one, pulled.get(one.key) ?? [])));
}

function idOf(key: string, rows: readonly OpenedRow[]): string {
  for (const { state } of rows) {
    if (isForgotten(state)) continue;
    if (state.fields["kind"]?.value === "device") return deviceRecord(key);
    return vaultIdOfKey(key, state.fields[ID_FIELD]?.value);
  }
  return vaultIdOfKey(key, null);
}

async function mergeOne(
  { replica, vault }: PullDeps,
  held: HeldRecord,
  rows: readonly OpenedRow[],
): Promise<RemoteRecord> {
  const { key, id, local } = held;
  // A member may write what it likes into a record, but not take another record's place in the vault.
  if ((await replica.keyOf(id)) !== key && !rows.every(({ state }) => isForgotten(state)))
    throw new WireError("A record says that it is another one.", "refused");
  const states = rows.map(({ state }) => withoutVectors(state));
  const merged = [...(held.state ? [held.state] : []), ...states].reduce(mergeRecords);
  const digest = await replica.digestOf(merged);
  const send = held.dots.some((row) => row.digest !== digest);
  const memory = isForgotten(merged) || isDevice(id) ? null : toMemory(id, merged);
  const row = replica.rowOf(key, id, merged, memory?.draft.scope.user);
  if (!memory || isForgotten(merged)) return { row, memory: null, from: held.outbox, send };
  const { draft } = memory;
  const embedding = rows
    .flatMap(({ state }) => (isForgotten(state) ? [] : state.text.versions))
    .find(({ stamp, embedding: of }) => of && stamp === merged.text.versions[0]?.stamp)?.embedding;
  const vector = embedding
    ? { space: embedding.space, vector: new Uint8Array(embedding.vector) }
    : null;
  const known = new Set([
    draft.text,
    local?.record.text,
    ...(held.row?.others ?? []).map(({ text }) => text),
  ]);
  return {
    row,
    memory: {
      draft,
      entry: vault.entryOf(draft),
      nodes: memory.nodes,
      vector: vector && (await vault.takesVector(vector)) ? vector : null,
      lost: row.others
        .filter(({ text }) => !known.has(text))
        .map(({ text, textHash }) => ({ ...draft, text, textHash })),
    },
    from: held.outbox,
    send,
  };
}

/** What members say to have seen must be what was delivered, as far as that goes. */
async function compareClaims(
  { store }: PullDeps,
  ledger: Ledger,
  fresh: readonly ManifestRow[],
  more: boolean,
): Promise<void> {
  const { claims } = ledger.next();
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
function checkHeads(ledger: Ledger, page: PullPage, self: string): void {
  const told = new Map(
    page.heads.map((head) => [bytesKey(fromBase64url(head.deviceId)), head] as const),
  );
  for (const [device, chain] of ledger.chains) {
    const head = told.get(device);
    if (!head || head.batchNo < chain.batchNo) throw rolledBack();
    if (head.batchNo === chain.batchNo && !equalBytes(fromBase64url(head.hash), chain.hash))
      throw device === self ? deviceForked() : forked();
    if (head.batchNo > chain.batchNo && device === self) throw deviceForked();
  }
}

/** At the end of the server's row, all that must be there is there. */
function checkEnd(ledger: Ledger, page: PullPage, log: LogState): void {
  const behind = page.heads.some((head) => {
    const deviceId = fromBase64url(head.deviceId);
    // Of a removed device only what its pin covers is taken.
    if (findDevice(log, deviceId)?.revoked !== null) return false;
    return (ledger.chains.get(bytesKey(deviceId))?.batchNo ?? 0) < head.batchNo;
  });
  if (behind) throw withheld("batches");
  const missing = ledger.live.missing((dot) => ledger.held.has(dotKey(dot)));
  if (missing.length > 0) throw withheld("rows");
}

async function write(
  { store, vault }: PullDeps,
  records: readonly RemoteRecord[],
  place: {
    readonly state: SyncStateRow;
    readonly manifests: readonly ManifestRow[];
    readonly dots: readonly SyncDotRow[];
    readonly gone: readonly string[];
  },
): Promise<void> {
  const forgotten = records.filter(({ memory, row }) => memory === null && isTombstone(row.shape));
  if (forgotten.length > 0) await vault.erase(forgotten.map(({ row }) => row.id));
  await vault.applied(await store.apply({ ...place, records }));
}

function isTombstone(shape: Uint8Array | null): boolean {
  return shape === null || isForgotten(decodeRecord(shape));
}

/**
 * Two ways in which a record is forgotten without a tombstone that is still there: its last row was purged, and an edit that knew only
 * rows which are gone.
 */
async function forgetPurged(deps: PullDeps, ledger: Ledger): Promise<void> {
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
  const gone = held.filter(
    ({ key, dots, state }) =>
      state !== null &&
      !(isForgotten(state) && dots.length === 0) &&
      dots.every(({ dot, tombstone }) => !tombstone && orphaned.get(key) === dot),
  );
  const records = gone.map(({ key, id, state, outbox, dots }): RemoteRecord => {
    // Any stamp will do: a tombstone absorbs what it meets.
    const stamp = (state && newestStamp(state)) ?? "0".repeat(48);
    return {
      row: replica.rowOf(key, id, { forgotten: stamp }, undefined),
      memory: null,
      from: outbox,
      send: dots.length > 0,
    };
  });
  await vault.erase(records.map(({ row }) => row.id));
  const state = ledger.next({ bare: [], orphans: [] });
  await vault.applied(await store.apply({ state, manifests: [], dots: [], gone: [], records }));
}

function forked(): MemoryError {
  return new MemoryError(
    "sync/vault-fork",
    "The server shows two histories of one vault. Nothing is sent any more; local memories stay readable.",
  );
}

function rolledBack(): MemoryError {
  return new MemoryError(
    "sync/vault-rollback",
    "The server shows an older state than this device has seen. `sync.reseed()` fills it anew.",
  );
}

function withheld(what: string): MemoryError {
  return new MemoryError("sync/vault-withheld", `The server does not hand out ${what}.`, {
    retryable: true,
    details: { what },
  });
}

export function deviceForked(): MemoryError {
  return new MemoryError("sync/device-forked", "Two copies of this device write to the vault.");
}

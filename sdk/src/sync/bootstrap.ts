import { openEnvelope } from "../crypto/envelope.ts";
import { writerKey } from "../crypto/key-schedule.ts";
import { MemoryError } from "../domain/errors.ts";
import type { SyncProgress } from "../domain/sync-status.ts";
import type { BootstrapRow, ManifestRow, RemoteRecord, SyncDotRow } from "../vault/sync-store.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import { checkAscending, compareDots, type Head } from "../wire/dots.ts";
import { splitEnvelopes } from "../wire/envelope.ts";
import { decodeManifest } from "../wire/manifest.ts";
import type { PullPage, SnapshotLatest } from "../wire/procedures.ts";
import { decodeChunk, type ChunkRow, type Snapshot, type SnapshotBlob } from "../wire/snapshot.ts";
import { WireError } from "../wire/wire-error.ts";
import { isAside } from "./aside.ts";
import { createBlobReader } from "./blob-reader.ts";
import type { Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { mergeAll, withShown } from "./merge-pulled.ts";
import { isForgotten } from "./merge.ts";
import { createKeys, openRow, readable } from "./open-rows.ts";
import { takeManifest, write } from "./pull.ts";
import { checkHeads, compareClaims } from "./pull-checks.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { rolledBack } from "./pull-problems.ts";
import { headsOf } from "./push.ts";
import { problemCode } from "./server-problem.ts";
import { checkSnapshot, SnapshotRefused } from "./snapshot-check.ts";
import { liveRoot } from "./snapshot-root.ts";

/** What a new device does instead of reading every entry: it begins with a snapshot. */
export interface Bootstrap {
  /**
   * One step. `again`: the ledger is read anew, from what is stored now. It ends, and a snapshot that is not taken (any more) is given up,
   * by a state that says so: what is missing then comes by the plain pull.
   */
  step(
    ledger: Ledger,
    offered: SnapshotLatest["snapshot"],
    signal: AbortSignal | undefined,
  ): Promise<"more" | "again">;
}

export interface BootstrapDeps extends PullDeps {
  readonly onProgress: (progress: SyncProgress) => void;
  readonly onProblem: (problem: MemoryError) => void;
}

interface OpenedSlice {
  readonly opened: readonly OpenedRow[];
  /** How many blobs are done with it; `null`: it ends in the middle of one. */
  readonly blobs: number | null;
}

/** Rows that are written at once: enough to be quick, few enough not to hold up who searches meanwhile. */
const SLICE_ROWS = 2_000;
/** Runs that are opened while one is being written, so that there is something to do whenever the database is waited for. */
const AHEAD = 3;
/** Up to a twentieth of the rows is asked for one by one, each with what stands behind it. */
const FEW = 20;
const REST_BYTES = 65_536;

export function createBootstrap(deps: BootstrapDeps): Bootstrap {
  const { access, store, onProgress } = deps;
  const blobs = createBlobReader(access);
  /** Rows of which the snapshot says what is no memory. */
  const unread = new Set<string>();

  return {
    async step(ledger, offered, signal) {
      let heads: readonly Head[] = [];
      try {
        const at: BootstrapRow | null =
          ledger.state.bootstrap ??
          (offered && {
            manifest: fromBase64url(offered.manifest),
            seq: offered.seq,
            isChecked: false,
          });
        if (at === null) throw new SnapshotRefused("missing");
        const snapshot = await checkSnapshot(access, at.manifest);
        ({ heads } = snapshot);
        if (!at.isChecked) return await readManifests(ledger, at, snapshot, signal);
        if (!(await takeBlobs(ledger, snapshot, signal))) return "again";
        await readRest(ledger, at, signal);
        return "more";
      } catch (error) {
        if (!(error instanceof SnapshotRefused)) throw error;
        if (error.odd) deps.onProblem(toProblem(error));
        const stored = (await store.state()) ?? ledger.state;
        await store.setState({
          ...stored,
          cursor: null,
          bootstrap: null,
          // A member has signed that these were there, whatever becomes of the rest.
          claims: [...stored.claims, ...heads.map(toClaim)],
        });
        return "again";
      }
    },
  };

  /** Everything that members signed up to the snapshot's place, without an entry: it says which rows there must be. */
  async function readManifests(
    ledger: Ledger,
    at: BootstrapRow,
    snapshot: Snapshot,
    signal: AbortSignal | undefined,
  ): Promise<"more"> {
    const { cursor } = ledger.state;
    const page = await manifestPage(cursor, signal);
    if (cursor !== null && page.head < cursor.seq) throw rolledBack();
    checkHeads(ledger, page, bytesKey(access.device.deviceId));
    ledger.claim(snapshot.heads);
    const rows: ManifestRow[] = [];
    const left: SyncDotRow[] = [];
    const upTo = page.manifests.filter(({ seq }) => seq <= at.seq);
    for (const { manifest } of upTo) {
      const taken = await takeManifest(deps, ledger, fromBase64url(manifest));
      if (!taken) continue;
      rows.push(taken.row);
      left.push(...taken.left);
    }
    const isEnd = upTo.length < page.manifests.length || !page.more;
    await compareClaims(deps, ledger, rows, true);
    if (isEnd) await compareState(ledger, snapshot, page, at.seq);
    else if (page.next.seq <= (cursor?.seq ?? 0)) throw new SnapshotRefused("state");
    const seq = isEnd ? at.seq : Math.min(page.next.seq, at.seq);
    const state = ledger.next({
      cursor: { storeId: page.next.storeId, seq },
      bootstrap: { ...at, isChecked: isEnd },
    });
    const gone = left.map(({ dot }) => dot);
    await write(deps, [], { state, manifests: rows, dots: [], gone });
    if (isEnd) await noteReach(ledger, page.next.storeId, snapshot);
    onProgress({ phase: "checking", done: ledger.live.size, total: snapshot.rows });
    return "more";
  }

  async function manifestPage(
    cursor: PullPage["next"] | null,
    signal: AbortSignal | undefined,
  ): Promise<PullPage> {
    const vaultId = toBase64url(access.vaultId);
    try {
      const skipEntriesTo = Number.MAX_SAFE_INTEGER;
      return await access.call("sync.pull", { vaultId, cursor, skipEntriesTo }, signal);
    } catch (error) {
      if (problemCode(error) === "store-changed") throw new SnapshotRefused("missing");
      throw error;
    }
  }

  /** What the maker says to have had is what these signatures say too: before a byte of it is fetched. */
  async function compareState(
    ledger: Ledger,
    snapshot: Snapshot,
    page: PullPage,
    seq: number,
  ): Promise<void> {
    const own = headsOf(ledger);
    const same =
      page.head >= seq &&
      own.length === snapshot.heads.length &&
      own.every((head, i) => isSame(head, snapshot.heads[i])) &&
      ledger.live.size === snapshot.rows &&
      equalBytes(await liveRoot(access.suite, ledger.live), snapshot.root);
    if (!same) throw new SnapshotRefused("state");
  }

  /** So that this device, too, knows how much of the vault is in no snapshot. */
  async function noteReach(
    ledger: Ledger,
    storeId: string,
    { epoch, snapshotId }: Snapshot,
  ): Promise<void> {
    const named = ledger.state.named.map(({ device, next }) => ({ device, next }));
    const last = { storeId, epoch, named };
    const reading = { snapshotId, blobs: 0 };
    await store.keepSnapshotNotes({ job: null, reading, last, notBefore: 0 });
  }

  /**
   * While rows are being written, the next ones are fetched, opened and read. That they are owed stays in the state until the end: which of
   * them are held says the vault itself, and which blobs are done a note beside it.
   *
   * @returns `false`: some of it is no memory, and is left out when it is tried again
   */
  async function takeBlobs(
    ledger: Ledger,
    snapshot: Snapshot,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const notes = await store.snapshotNotes();
    const { snapshotId } = snapshot;
    const reading = notes?.reading;
    const first = reading && equalBytes(reading.snapshotId, snapshotId) ? reading.blobs : 0;
    const tell = (): void =>
      onProgress({ phase: "fetching", done: ledger.held.size, total: snapshot.rows });
    let writing: Promise<void> = Promise.resolve();
    const inTurn = (work: () => Promise<void>): void => {
      writing = writing.then(work);
      writing.catch(() => undefined);
    };
    const slices = openSlices(ledger, snapshot, first, signal);
    try {
      tell();
      const coming: Promise<IteratorResult<OpenedSlice, void>>[] = [];
      for (;;) {
        while (coming.length < AHEAD) {
          const next = slices.next();
          next.catch(() => undefined);
          coming.push(next);
        }
        const slice = (await coming.shift())?.value;
        if (!slice) break;
        const opened = slice.opened.filter(({ row }) => ledger.owed.has(row.dot));
        for (const { row } of opened) ledger.hold(row);
        const shown = withShown(deps, ledger, opened);
        await writing;
        signal?.throwIfAborted();
        tell();
        const records = await mergeAll(deps, ledger, shown);
        const aside = opened.filter(({ row }) => isAside(ledger.held.get(row.dot)?.record ?? ""));
        for (const { row } of aside) unread.add(row.dot);
        if (aside.length > 0) return false;
        inTurn(() => put(ledger, opened, records));
        const { blobs: read } = slice;
        if (notes && read !== null)
          inTurn(() => store.keepSnapshotNotes({ ...notes, reading: { snapshotId, blobs: read } }));
      }
      await writing;
      tell();
      return true;
    } finally {
      // Nothing of this is under way any more when it goes on from what is stored.
      await writing.catch(() => undefined);
    }
  }

  /** Rows in runs of like size, each long enough to be a segment of the index where there are so many. */
  async function* openSlices(
    ledger: Ledger,
    snapshot: Snapshot,
    first: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<OpenedSlice, void> {
    let before = 0;
    for (const [i, blob] of snapshot.blobs.entries()) {
      const start = before;
      before += blob.chunks;
      if (i < first) continue;
      const bytes = await blobs.read(blob, signal);
      const next = snapshot.blobs[i + 1];
      if (next !== undefined) blobs.ahead(next, signal);
      const rows = await refuseMalformed(() => openBlob(snapshot, blob, start, bytes));
      const size = Math.ceil(rows.length / Math.ceil(rows.length / SLICE_ROWS));
      for (let from = 0; from < rows.length; from += size) {
        const opened = await rowsOf(ledger, rows.slice(from, from + size));
        yield { opened, blobs: from + size < rows.length ? null : i + 1 };
      }
    }
  }

  async function openBlob(
    { deviceId, snapshotId, epoch }: Snapshot,
    { chunks }: SnapshotBlob,
    before: number,
    bytes: Bytes,
  ): Promise<readonly ChunkRow[]> {
    const { suite, vaultId } = access;
    const epochKey = access.epochKeys().find((key) => key.epoch === epoch);
    if (!epochKey) throw new SnapshotRefused("epoch");
    const key = await writerKey(suite, vaultId, epochKey, deviceId, "chunk");
    const envelopes = splitEnvelopes(bytes, chunks);
    if (envelopes.length !== chunks) throw new SnapshotRefused("chunk");
    const place = { vaultId, kind: "chunk", epoch, deviceId, recordId: snapshotId } as const;
    const contents = await Promise.all(
      envelopes.map((envelope, i) =>
        openEnvelope(suite, key, { ...place, devSeq: before + i }, envelope),
      ),
    );
    const rows = contents.flatMap(({ content }) => decodeChunk(content));
    checkAscending(rows, (a, b) => compareDots(a.dot, b.dot));
    return rows;
  }

  /**
   * Rows that a manifest named just so and that are not here yet: all others are nobody's word but the maker's. What cannot be read is left
   * for its own entry to say.
   */
  async function rowsOf(ledger: Ledger, rows: readonly ChunkRow[]): Promise<readonly OpenedRow[]> {
    const opened = await Promise.all(
      rows.map(async ({ dot, recordId, hash, record: content }): Promise<OpenedRow | null> => {
        const owed = ledger.owed.get(dotKey(dot));
        if (!owed || !ledger.live.fits(dot, hash) || unread.has(owed.dot)) return null;
        const record = bytesKey(recordId);
        const state = await readable(deps, record, content);
        if (state === null || owed.of.some((of) => of !== record)) return null;
        const [digest, tombstone] = [
          await deps.replica.digestOf(state, content),
          isForgotten(state),
        ];
        const row = { dot: owed.dot, record, hash, digest, epoch: owed.epoch, tombstone };
        return { row, state, content, claims: [] };
      }),
    );
    return opened.filter((one) => one !== null);
  }

  /**
   * Rows that the snapshot left out, by their places in the server's row. One that somebody replaced since is not there any more, which is
   * for the tail to say; where many are missing, everything is read.
   */
  async function readRest(
    ledger: Ledger,
    at: BootstrapRow,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { cursor } = ledger.state;
    const isFew = cursor !== null && FEW * ledger.owed.size < ledger.live.size;
    const places = isFew && ledger.owed.size > 0 ? await placesOf(ledger, at.seq, signal) : [];
    const keyOf = createKeys(access);
    const storeId = cursor?.storeId ?? "";
    let upTo = 0;
    for (const seq of places) {
      if (seq <= upTo) continue;
      const input = { vaultId: toBase64url(access.vaultId), limitBytes: REST_BYTES };
      const before = { storeId, seq: seq - 1 };
      const page = await access.call("sync.pull", { ...input, cursor: before }, signal);
      const rows = await Promise.all(
        page.entries.map(({ envelope }) => openRow(deps, ledger, keyOf, fromBase64url(envelope))),
      );
      const opened = new Map(rows.flatMap((one) => (one ? [[one.row.dot, one]] : [])));
      const taken = [...opened.values()];
      for (const { row } of taken) ledger.hold(row);
      await put(ledger, taken, await mergeAll(deps, ledger, taken));
      upTo = Math.max(seq, page.next.seq);
    }
    await store.setState(ledger.next({ bootstrap: null, ...(isFew ? {} : { cursor: null }) }));
  }

  async function placesOf(
    ledger: Ledger,
    seq: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly number[]> {
    const places: number[] = [];
    for (let cursor: PullPage["next"] | null = null, more = true; more;) {
      const page: PullPage = await manifestPage(cursor, signal);
      for (const one of page.manifests) {
        const { deviceId, firstSeq, items } = decodeManifest(fromBase64url(one.manifest));
        for (let i = 0; i < items.length; i += 1)
          if (ledger.owed.has(dotKey({ deviceId, devSeq: firstSeq + i })))
            places.push(one.seq + 1 + i);
      }
      more = page.more && page.next.seq > (cursor?.seq ?? 0) && page.next.seq < seq;
      cursor = page.next;
    }
    return places.toSorted((a, b) => a - b);
  }

  function put(
    ledger: Ledger,
    opened: readonly OpenedRow[],
    records: readonly RemoteRecord[],
  ): Promise<void> {
    const dots = opened.flatMap(({ row }) => ledger.held.get(row.dot) ?? []);
    return write(deps, records, { state: null, manifests: [], dots, gone: [] });
  }
}

/** A snapshot is one member's work: what is wrong with it says nothing of the entries. */
async function refuseMalformed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WireError) throw new SnapshotRefused("chunk");
    throw error;
  }
}

function isSame(a: Head, b: Head | undefined): boolean {
  return (
    b !== undefined &&
    a.batchNo === b.batchNo &&
    equalBytes(a.deviceId, b.deviceId) &&
    equalBytes(a.hash, b.hash)
  );
}

function toClaim({ deviceId, batchNo, hash }: Head) {
  return { device: bytesKey(deviceId), batchNo, hash };
}

function toProblem({ fault }: SnapshotRefused): MemoryError {
  return new MemoryError(
    "sync/snapshot",
    "The snapshot that the server offers is not what a member made of this vault. Everything is fetched entry by entry instead.",
    { details: { reason: fault } },
  );
}

import { sealEnvelope } from "../crypto/envelope.ts";
import { writerKey, type WriterKey } from "../crypto/key-schedule.ts";
import { signSnapshot } from "../crypto/sign-snapshot.ts";
import type {
  SnapshotJobRow,
  SnapshotNotesRow,
  SnapshotReach,
  SyncDotRow,
} from "../vault/sync-store.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { bytesKey, concatBytes, type Bytes } from "../wire/bytes.ts";
import { compareDots, type Dot } from "../wire/dots.ts";
import { ENVELOPE_HEADER_BYTES } from "../wire/envelope.ts";
import { LIMITS, RECORD_ID_BYTES } from "../wire/limits.ts";
import { MAX_CONTENT_BYTES } from "../wire/padding.ts";
import type { Base64url } from "../wire/procedures.ts";
import { encodeChunk, type ChunkRow } from "../wire/snapshot.ts";
import { isAside, recordOf, saidAside } from "./aside.ts";
import { fromKey, toDot, type Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { headsOf, type PushDeps } from "./push.ts";
import { encodeRecord } from "./record-content.ts";
import { withVector, withoutVectors } from "./replica.ts";
import { checkSnapshot, SnapshotRefused } from "./snapshot-check.ts";
import { liveRoot } from "./snapshot-root.ts";

/** What a snapshot needs next. `again`: it goes on with the next step. `none`: nothing is due. */
export type SnapshotStep =
  | { readonly kind: "none" }
  | { readonly kind: "again" }
  | { readonly kind: "upload"; readonly hash: Bytes; readonly bytes: Bytes }
  | { readonly kind: "publish"; readonly manifest: Base64url; readonly seq: number };

/** What became of the step before. `full`: the server has no room. `lost`: it does not have what it was given. */
export type SnapshotOutcome = "done" | "full" | "lost" | null;

/** Makes a snapshot of what is live, step by step, each step short: between two of them others have their turn. */
export interface SnapshotMaker {
  /** Whether one is under way: else the server's row is read to its end before `step`. */
  isUnderWay(): Promise<boolean>;
  step(
    ledger: Ledger,
    outcome: SnapshotOutcome,
    signal: AbortSignal | undefined,
  ): Promise<SnapshotStep>;
}

export interface SnapshotMakerDeps extends PushDeps {
  /** Epoch ms. */
  readonly now: () => number;
  /** Changes that are still to be sent. */
  readonly waiting: () => Promise<number>;
  /** From so many live rows on. */
  readonly leastRows: number;
}

const NONE = { kind: "none" } as const;
const AGAIN = { kind: "again" } as const;
const STEP_ROWS = 512;
/** Of a chunk as it is stored. */
const MOST_CHUNK_BYTES = ENVELOPE_HEADER_BYTES + LIMITS.ciphertextBytes;
/** Of the content of a chunk: what a row takes beside its record, and the count. */
const ROW_BYTES = 76;
const COUNT_BYTES = 2;
/** One more or less is of no use where there is no room. */
const FULL_PAUSE_MS = 86_400_000;

/** What is in memory of a job: it begins anew behind the last whole blob. */
interface Work {
  readonly key: WriterKey;
  /** Dots to come, ascending. */
  readonly dots: readonly string[];
  at: number;
  rows: ChunkRow[];
  rowBytes: number;
  chunks: Bytes[];
  bytes: number;
  /** The last dot in `chunks`. */
  last: string | null;
  isPublished: boolean;
}

export function createSnapshotMaker(deps: SnapshotMakerDeps): SnapshotMaker {
  const { access, store, replica, vault, now, leastRows } = deps;
  const { suite, vaultId } = access;
  const { deviceId, signing } = access.device;
  let notes: SnapshotNotesRow | null = null;
  let work: Work | null = null;

  return {
    isUnderWay: async () => (await readNotes()).job !== null,
    async step(ledger, outcome, signal) {
      const { job } = await readNotes();
      if (job === null) return (await isDue(ledger, signal)) ? begin(ledger, signal) : NONE;
      if (!fits(job, ledger) || outcome === "lost") return drop(0);
      if (outcome === "full") return drop(now() + FULL_PAUSE_MS);
      if (job.pending !== null) {
        if (outcome !== "done") return uploadOf(job, job.pending);
        await keep({ job: { ...job, pending: null } });
        return AGAIN;
      }
      work ??= await startWork(ledger, job);
      if (work.at < work.dots.length || work.rows.length > 0) return collect(ledger, job, work);
      if (job.blobs.length === 0) return drop(0);
      if (!work.isPublished || outcome !== "done") {
        work.isPublished = true;
        return publish(job);
      }
      await keep({ job: null, last: job.reach, notBefore: 0 });
      work = null;
      return NONE;
    },
  };

  async function readNotes(): Promise<SnapshotNotesRow> {
    notes ??= (await store.snapshotNotes()) ?? {
      job: null,
      reading: null,
      last: null,
      notBefore: 0,
    };
    return notes;
  }

  async function keep(change: Partial<SnapshotNotesRow>): Promise<void> {
    const next = { ...(await readNotes()), ...change };
    await store.keepSnapshotNotes(next);
    notes = next;
  }

  async function drop(notBefore: number): Promise<SnapshotStep> {
    work = null;
    await keep({ job: null, notBefore });
    return NONE;
  }

  /** The server alone cannot make this device send one after the other: what it has made itself counts first. */
  async function isDue(ledger: Ledger, signal: AbortSignal | undefined): Promise<boolean> {
    const { last, notBefore } = await readNotes();
    const { cursor } = ledger.state;
    const live = ledger.live.size;
    if (live <= leastRows || cursor === null || now() < notBefore) return false;
    if ((await deps.waiting()) > 0) return false;
    const isKnown = last?.storeId === cursor.storeId && last.epoch >= access.log().minEpoch;
    if (last !== null && isKnown && !isQuarter(outside(ledger, last.named), live)) return false;
    const name = { vaultId: toBase64url(vaultId) };
    const { snapshot } = await access.call("snapshot.latest", name, signal);
    if (snapshot === null) return true;
    try {
      await checkSnapshot(access, fromBase64url(snapshot.manifest));
    } catch (error) {
      if (error instanceof SnapshotRefused) return true;
      throw error;
    }
    // Rows are numbered with the manifests between them, so this is the most that there can be.
    return isQuarter(cursor.seq - snapshot.seq, live);
  }

  async function begin(ledger: Ledger, signal: AbortSignal | undefined): Promise<SnapshotStep> {
    const log = access.log();
    const { cursor, named } = ledger.next();
    if (cursor === null) return NONE;
    const { limits } = await access.call("meta.info", undefined, signal);
    if (limits.blobBytes < MOST_CHUNK_BYTES) return drop(now() + FULL_PAUSE_MS);
    const job: SnapshotJobRow = {
      snapshotId: suite.random(RECORD_ID_BYTES),
      seq: cursor.seq,
      generation: log.generation,
      logLen: log.length,
      logHash: log.hash,
      rows: ledger.live.size,
      root: await liveRoot(suite, ledger.live),
      heads: headsOf(ledger).map(({ deviceId: id, batchNo, hash }) => ({
        device: bytesKey(id),
        batchNo,
        hash,
      })),
      reach: {
        storeId: cursor.storeId,
        epoch: log.epoch,
        named: named.map(({ device, next }) => ({ device, next })),
      },
      blobBytes: Math.min(LIMITS.blobBytes, limits.blobBytes),
      blobs: [],
      after: null,
      pending: null,
    };
    work = await startWork(ledger, job);
    await keep({ job });
    return AGAIN;
  }

  function fits({ generation, reach }: SnapshotJobRow, { state }: Ledger): boolean {
    const log = access.log();
    return (
      generation === log.generation &&
      reach.epoch === log.epoch &&
      reach.storeId === state.cursor?.storeId
    );
  }

  async function startWork(ledger: Ledger, { reach, after }: SnapshotJobRow): Promise<Work> {
    const epochKey = access.epochKeys().find(({ epoch }) => epoch === reach.epoch);
    if (!epochKey) throw new SnapshotRefused("epoch");
    const from = after === null ? null : toDot(after);
    const dots = [...ledger.held.keys()]
      .map((key): readonly [string, Dot] => [key, toDot(key)])
      .filter(([, dot]) => from === null || compareDots(dot, from) > 0)
      .toSorted(([, a], [, b]) => compareDots(a, b))
      .map(([key]) => key);
    return {
      key: await writerKey(suite, vaultId, epochKey, deviceId, "chunk"),
      dots,
      at: 0,
      rows: [],
      rowBytes: COUNT_BYTES,
      chunks: [],
      bytes: 0,
      last: after,
      isPublished: false,
    };
  }

  /** The next rows, as far as they are still live, until a blob is full. */
  async function collect(ledger: Ledger, job: SnapshotJobRow, on: Work): Promise<SnapshotStep> {
    const rows = on.dots.slice(on.at, on.at + STEP_ROWS).map((dot) => ledger.held.get(dot));
    const contents = await contentsOf(ledger, rows);
    for (const [i, row] of rows.entries()) {
      const content = contents[i];
      on.at += 1;
      // Without it: whoever reads the snapshot asks the server for that row.
      if (!row || !content || COUNT_BYTES + ROW_BYTES + content.length > MAX_CONTENT_BYTES)
        continue;
      const more = ROW_BYTES + content.length;
      if (on.rows.length === LIMITS.chunkRows || on.rowBytes + more > MAX_CONTENT_BYTES)
        await closeChunk(job, on);
      const { dot, record, hash } = row;
      on.rows.push({ dot: toDot(dot), recordId: fromKey(recordOf(record)), hash, record: content });
      on.rowBytes += more;
      if (on.bytes + MOST_CHUNK_BYTES > job.blobBytes) return closeBlob(job, on);
    }
    if (on.at < on.dots.length) return AGAIN;
    await closeChunk(job, on);
    return on.chunks.length > 0 ? closeBlob(job, on) : AGAIN;
  }

  /**
   * What each row says, made again from what this device holds: by the digest it is just that. A row that says less than is here (an
   * edit waits, a merge is about to replace it) is left out.
   */
  async function contentsOf(
    ledger: Ledger,
    rows: readonly (SyncDotRow | undefined)[],
  ): Promise<readonly (Bytes | null)[]> {
    const keys = [...new Set(rows.flatMap((row) => row?.record ?? []))];
    const held = await replica.read(
      keys.map((key) => ({ key, id: "" })),
      ledger,
    );
    const vectors = await vault.vectorsOf(
      held.flatMap(({ local }) => (local ? [local.record.seq] : [])),
    );
    const made = new Map(
      await Promise.all(
        held.map(async ({ key, row, state, local }) => {
          // What cannot be read here is passed on as it came: who reads the snapshot may be able to.
          const aside = row && isAside(key) ? saidAside(row) : null;
          if (aside)
            return [key, { bytes: aside, digest: key.slice(key.lastIndexOf(":") + 1) }] as const;
          if (state === null) return [key, null] as const;
          const vector = (local && vectors.get(local.record.seq)) ?? null;
          const bytes = encodeRecord(withVector(withoutVectors(state), vector));
          return [key, { bytes, digest: await replica.digestOf(state) }] as const;
        }),
      ),
    );
    return rows.map((row) => {
      const content = row && made.get(row.record);
      return content && content.digest === row.digest ? content.bytes : null;
    });
  }

  async function closeChunk(job: SnapshotJobRow, on: Work): Promise<void> {
    const last = on.rows.at(-1);
    if (last === undefined) return;
    const before = job.blobs.reduce((sum, { chunks }) => sum + chunks, 0);
    const place = {
      vaultId,
      kind: "chunk",
      epoch: job.reach.epoch,
      deviceId,
      recordId: job.snapshotId,
      devSeq: before + on.chunks.length,
    } as const;
    const envelope = await sealEnvelope(suite, on.key, place, encodeChunk(on.rows));
    on.chunks.push(envelope);
    on.bytes += envelope.length;
    on.last = dotKey(last.dot);
    on.rows = [];
    on.rowBytes = COUNT_BYTES;
  }

  /** Kept before it is sent: after a cut the same bytes go on where they stopped. */
  async function closeBlob(job: SnapshotJobRow, on: Work): Promise<SnapshotStep> {
    if (job.blobs.length === LIMITS.snapshotBlobs) return drop(now() + FULL_PAUSE_MS);
    const pending = concatBytes(...on.chunks);
    const blob = {
      hash: await suite.sha256(pending),
      bytes: pending.length,
      chunks: on.chunks.length,
    };
    const next = { ...job, blobs: [...job.blobs, blob], after: on.last, pending };
    await keep({ job: next });
    on.chunks = [];
    on.bytes = 0;
    return uploadOf(next, pending);
  }

  function uploadOf({ blobs }: SnapshotJobRow, bytes: Bytes): SnapshotStep {
    return { kind: "upload", hash: blobs.at(-1)?.hash ?? new Uint8Array(), bytes };
  }

  async function publish(job: SnapshotJobRow): Promise<SnapshotStep> {
    const { snapshotId, generation, logLen, logHash, rows, root, blobs, heads, seq } = job;
    const manifest = await signSnapshot(suite, signing, {
      vaultId,
      deviceId,
      snapshotId,
      generation,
      epoch: job.reach.epoch,
      logLen,
      logHash,
      rows,
      root,
      blobs,
      heads: heads.map(({ device, batchNo, hash }) => ({
        deviceId: fromKey(device),
        batchNo,
        hash,
      })),
    });
    return { kind: "publish", manifest: toBase64url(manifest), seq };
  }
}

/** Live rows that were named after that. */
function outside(ledger: Ledger, named: SnapshotReach["named"]): number {
  const next = new Map(named.map((one) => [one.device, one.next]));
  return ledger.live
    .state()
    .rows.filter(({ dot }) => dot.devSeq >= (next.get(bytesKey(dot.deviceId)) ?? 0)).length;
}

function isQuarter(rows: number, live: number): boolean {
  return 4 * rows > live;
}

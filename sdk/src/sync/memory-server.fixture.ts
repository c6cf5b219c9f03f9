import type { Suite } from "../crypto/suite.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import type {
  Base64url,
  BlobBeginInput,
  BlobReceived,
  Ok,
  PullInput,
  PullPage,
  PushResult,
  SnapshotLatest,
  SnapshotPublishInput,
} from "../wire/procedures.ts";
import { decodeManifest } from "../wire/manifest.ts";
import { decodeBlobPart, decodePushBody } from "../wire/push-body.ts";
import { decodeSnapshot } from "../wire/snapshot.ts";
import { fromKey } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { ServerProblem } from "./server-problem.ts";

interface StoredRow {
  readonly seq: number;
  readonly bytes: Bytes;
  /** Of an entry. */
  readonly dot?: string;
}

/** One vault at a server that keeps to the protocol, in memory. Tests lie with what it holds. */
export interface MemoryServer {
  rows: StoredRow[];
  heads: Map<string, { batchNo: number; hash: Bytes }>;
  head: number;
  storeId: string;
  /** Rows on a page. */
  pageRows: number;
  generation: number;
  /** Pushes that were stored; a batch that came twice counts once. */
  stored: number;
  /** Snapshots that were published, the newest last; two are kept. */
  snapshots: { manifest: Bytes; seq: number }[];
  /** By hash; whole once `received` is its length. */
  blobs: Map<Base64url, { bytes: Bytes; received: number }>;
  /** Bytes that all rows may have. What makes them fewer is always taken. */
  maxBytes: number;
  /** Bytes that all blobs may have. */
  blobQuota: number;
  /** Of one blob. */
  blobBytes: number;
  push(body: Uint8Array, logLen: number): Promise<PushResult>;
  pull(input: PullInput): PullPage;
  beginBlob(input: BlobBeginInput): BlobReceived;
  putBlobPart(body: Uint8Array): BlobReceived;
  /** From `offset` on. */
  readBlob(hash: Base64url, offset: number): Uint8Array;
  publish(input: SnapshotPublishInput): Ok;
  latest(): SnapshotLatest;
  /** All that it holds, to go back to. */
  copy(): Pick<MemoryServer, "rows" | "heads" | "head">;
}

export function createMemoryServer(suite: Suite): MemoryServer {
  const server: MemoryServer = {
    rows: [],
    heads: new Map(),
    head: 0,
    storeId: toBase64url(new Uint8Array(16).fill(7)),
    pageRows: 5,
    generation: 0,
    stored: 0,
    snapshots: [],
    blobs: new Map(),
    maxBytes: 2 ** 30,
    blobQuota: 2 ** 30,
    blobBytes: 8_388_608,
    async push(body, logLen) {
      const { manifest: bytes, envelopes } = decodePushBody(body);
      const manifest = decodeManifest(bytes);
      const device = bytesKey(manifest.deviceId);
      const hash = await suite.sha256(bytes);
      const known = server.heads.get(device);
      if (known?.batchNo === manifest.batchNo) {
        if (!equalBytes(known.hash, hash)) throw new ServerProblem({ code: "device-forked" });
        return { head: server.head, accepted: envelopes.length, duplicate: true };
      }
      const expected = (known?.batchNo ?? 0) + 1;
      if (manifest.batchNo > expected) throw new ServerProblem({ code: "gap", expected });
      if (manifest.batchNo < expected) throw new ServerProblem({ code: "device-forked" });
      if (manifest.logLen !== logLen || manifest.generation !== server.generation)
        throw new ServerProblem({ code: "stale", length: logLen });
      const out = new Set(
        [...manifest.items.flatMap(({ supersedes }) => supersedes), ...manifest.purged].map(dotKey),
      );
      const rows = server.rows.filter(({ dot }) => dot === undefined || !out.has(dot));
      const sizeOf = (all: readonly { readonly bytes: Bytes }[]): number =>
        all.reduce((sum, one) => sum + one.bytes.length, 0);
      const size = sizeOf([...rows, { bytes }, ...envelopes.map((one) => ({ bytes: one }))]);
      const taken = sizeOf(server.rows);
      if (size > server.maxBytes && size > taken)
        throw new ServerProblem({ code: "quota", bytes: taken, maxBytes: server.maxBytes });
      server.rows = rows;
      server.rows.push({ seq: (server.head += 1), bytes });
      for (const [i, envelope] of envelopes.entries()) {
        const dot = dotKey({ deviceId: manifest.deviceId, devSeq: manifest.firstSeq + i });
        server.rows.push({ seq: (server.head += 1), bytes: envelope, dot });
      }
      server.heads.set(device, { batchNo: manifest.batchNo, hash });
      server.stored += 1;
      return { head: server.head, accepted: envelopes.length, duplicate: false };
    },
    pull({ cursor, skipEntriesTo = 0 }) {
      if (cursor !== null && cursor.storeId !== server.storeId)
        throw new ServerProblem({ code: "store-changed" });
      const after = server.rows.filter(
        ({ seq, dot }) => seq > (cursor?.seq ?? 0) && (dot === undefined || seq > skipEntriesTo),
      );
      const taken = after.slice(0, server.pageRows);
      const more = taken.length < after.length;
      const rowsOf = (entries: boolean) =>
        taken.filter(({ dot }) => (dot !== undefined) === entries);
      return {
        manifests: rowsOf(false).map(({ seq, bytes }) => ({ seq, manifest: toBase64url(bytes) })),
        entries: rowsOf(true).map(({ seq, bytes }) => ({ seq, envelope: toBase64url(bytes) })),
        next: { storeId: server.storeId, seq: more ? (taken.at(-1)?.seq ?? 0) : server.head },
        head: server.head,
        heads: [...server.heads].map(([device, { batchNo, hash }]) => ({
          deviceId: toBase64url(fromKey(device)),
          batchNo,
          hash: toBase64url(hash),
        })),
        more,
      };
    },
    beginBlob({ hash, bytes }) {
      const there = server.blobs.get(hash);
      if (there) return { received: there.received };
      const taken = [...server.blobs.values()].reduce((sum, blob) => sum + blob.bytes.length, 0);
      if (taken + bytes > server.blobQuota)
        throw new ServerProblem({ code: "quota", bytes: taken, maxBytes: server.blobQuota });
      server.blobs.set(hash, { bytes: new Uint8Array(bytes), received: 0 });
      return { received: 0 };
    },
    putBlobPart(body) {
      const { hash, offset, part } = decodeBlobPart(body);
      const blob = server.blobs.get(toBase64url(hash));
      if (!blob) throw new ServerProblem({ code: "not-found" });
      if (offset !== blob.received) throw new ServerProblem({ code: "conflict" });
      blob.bytes.set(part, offset);
      blob.received += part.length;
      return { received: blob.received };
    },
    readBlob(hash, offset) {
      const blob = server.blobs.get(hash);
      if (!blob || blob.received < blob.bytes.length)
        throw new ServerProblem({ code: "not-found" });
      return blob.bytes.slice(offset);
    },
    publish({ manifest, seq }) {
      const bytes = fromBase64url(manifest);
      for (const { hash } of decodeSnapshot(bytes).blobs) server.readBlob(toBase64url(hash), 0);
      server.snapshots = [...server.snapshots.slice(-1), { manifest: bytes, seq }];
      return { ok: true };
    },
    latest() {
      const last = server.snapshots.at(-1);
      return {
        snapshot: last ? { manifest: toBase64url(last.manifest), seq: last.seq } : null,
      };
    },
    copy: () => ({ rows: [...server.rows], heads: new Map(server.heads), head: server.head }),
  };
  return server;
}

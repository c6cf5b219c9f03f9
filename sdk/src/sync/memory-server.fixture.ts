import type { Suite } from "../crypto/suite.ts";
import { toBase64url } from "../wire/base64url.ts";
import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import type { PullInput, PullPage, PushResult } from "../wire/procedures.ts";
import { decodeManifest } from "../wire/manifest.ts";
import { decodePushBody } from "../wire/push-body.ts";
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
  push(body: Uint8Array, logLen: number): Promise<PushResult>;
  pull(input: PullInput): PullPage;
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
      server.rows = server.rows.filter(({ dot }) => dot === undefined || !out.has(dot));
      server.rows.push({ seq: (server.head += 1), bytes });
      for (const [i, envelope] of envelopes.entries()) {
        const dot = dotKey({ deviceId: manifest.deviceId, devSeq: manifest.firstSeq + i });
        server.rows.push({ seq: (server.head += 1), bytes: envelope, dot });
      }
      server.heads.set(device, { batchNo: manifest.batchNo, hash });
      server.stored += 1;
      return { head: server.head, accepted: envelopes.length, duplicate: false };
    },
    pull({ cursor }) {
      if (cursor !== null && cursor.storeId !== server.storeId)
        throw new ServerProblem({ code: "store-changed" });
      const after = server.rows.filter(({ seq }) => seq > (cursor?.seq ?? 0));
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
    copy: () => ({ rows: [...server.rows], heads: new Map(server.heads), head: server.head }),
  };
  return server;
}

import { isMemoryError } from "../domain/errors.ts";
import { toBase64url } from "../wire/base64url.ts";
import { equalBytes, type Bytes } from "../wire/bytes.ts";
import type { SnapshotBlob } from "../wire/snapshot.ts";
import type { VaultAccess } from "./engine-port.ts";
import { problemCode } from "./server-problem.ts";
import { SnapshotRefused } from "./snapshot-check.ts";

export interface BlobReader {
  /**
   * The blob, whole and with the bytes of its name. What has come of it is kept over a failure, so that asking again goes on from there.
   *
   * @throws {@link SnapshotRefused} `missing`, `blob`, `slow`; else as `VaultAccess.blob`
   */
  read(blob: SnapshotBlob, signal: AbortSignal | undefined): Promise<Bytes>;
  /** Begins to fetch what is asked for next. */
  ahead(blob: SnapshotBlob, signal: AbortSignal | undefined): void;
}

/** Less in one answer is no progress, unless it is the end. */
const LEAST_BYTES = 65_536;
/** Answers without progress until the entries are fetched instead. */
const MOST_STRIKES = 5;

interface Arriving {
  readonly hash: Bytes;
  readonly bytes: Bytes;
  have: number;
  strikes: number;
}

export function createBlobReader({
  suite,
  blob: fetchPart,
}: Pick<VaultAccess, "suite" | "blob">): BlobReader {
  let arriving: Arriving | null = null;
  let begun: { readonly hash: Bytes; readonly work: Promise<Bytes> } | null = null;

  return {
    read(blob, signal) {
      const work =
        begun && equalBytes(begun.hash, blob.hash) ? begun.work : fetchWhole(blob, signal);
      begun = null;
      return work;
    },
    ahead(blob, signal) {
      const work = fetchWhole(blob, signal);
      // Whoever asks for it hears of it.
      work.catch(() => undefined);
      begun = { hash: blob.hash, work };
    },
  };

  async function fetchWhole(blob: SnapshotBlob, signal: AbortSignal | undefined): Promise<Bytes> {
    if (arriving === null || !equalBytes(arriving.hash, blob.hash))
      arriving = { hash: blob.hash, bytes: new Uint8Array(blob.bytes), have: 0, strikes: 0 };
    const of = arriving;
    while (of.have < blob.bytes) {
      const part = await fetchNext(of, signal);
      const left = blob.bytes - of.have;
      if (part.length === 0 || part.length > left) throw new SnapshotRefused("blob");
      of.bytes.set(part, of.have);
      of.have += part.length;
      of.strikes = part.length === left || part.length >= LEAST_BYTES ? 0 : of.strikes + 1;
      if (of.strikes >= MOST_STRIKES) throw new SnapshotRefused("slow");
    }
    arriving = null;
    if (!equalBytes(await suite.sha256(of.bytes), blob.hash)) throw new SnapshotRefused("blob");
    return of.bytes;
  }

  async function fetchNext(of: Arriving, signal: AbortSignal | undefined): Promise<Uint8Array> {
    try {
      return await fetchPart({ hash: toBase64url(of.hash), offset: of.have }, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (problemCode(error) === "not-found") throw new SnapshotRefused("missing");
      if (isMemoryError(error) && error.code === "sync/server") throw new SnapshotRefused("blob");
      of.strikes += 1;
      if (of.strikes >= MOST_STRIKES) throw new SnapshotRefused("slow");
      throw error;
    }
  }
}

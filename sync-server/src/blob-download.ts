import type { IncomingMessage, ServerResponse } from "node:http";
import { fromBase64url, LIMITS } from "@alcove/sdk/wire";
import { endOf, hashToken } from "./auth/tokens.ts";
import { sendProblem } from "./http.ts";
import { errorFacts, type Log } from "./log.ts";
import { problem, problemOf } from "./rpc/problem.ts";
import type { Store } from "./store/store.ts";

export interface BlobDownloadDeps {
  readonly store: Store;
  readonly log: Log;
  /** Epoch ms. */
  readonly now: () => number;
}

const PATH = /^([\w-]{43})\/([\w-]{43})$/;

/** `GET /blob/vaultId/hash`, whole or from a byte on, for sessions of that vault. */
export function createBlobDownload({ store, log, now }: BlobDownloadDeps) {
  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    token: string | null,
  ): Promise<void> {
    const [, vaultText, hashText] = PATH.exec(path) ?? [];
    const bytes = token !== null && /^[\w-]{43}$/.test(token) ? fromBase64url(token) : null;
    const holder =
      bytes !== null && endOf(bytes) > now() ? await store.session(hashToken(bytes)) : null;
    if (holder === null) throw problem("unauthenticated");
    if (vaultText === undefined || hashText === undefined) throw problem("not-found");
    const vaultId = fromBase64url(vaultText);
    if (!Buffer.from(holder.vaultId).equals(vaultId)) throw problem("forbidden");
    const name = fromBase64url(hashText);
    const blob = await store.blob(vaultId, name);
    if (blob === null || !blob.committed) throw problem("not-found");

    const range = rangeOf(request.headers.range, blob.size);
    if (range === null) {
      response.writeHead(416, { "content-range": `bytes */${blob.size}` }).end();
      return;
    }
    response.writeHead(range.partial ? 206 : 200, {
      "content-type": "application/octet-stream",
      "content-length": range.end - range.start,
      "accept-ranges": "bytes",
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      ...(range.partial && {
        "content-range": `bytes ${range.start}-${range.end - 1}/${blob.size}`,
      }),
    });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    for (let at = range.start; at < range.end && !response.destroyed;) {
      const piece = await store.readBlob(vaultId, name, at);
      // It was replaced while it was sent: the length that was announced is not reached, and the client asks again.
      if (piece === null) return void response.destroy();
      const part = piece.subarray(0, range.end - at);
      at += part.length;
      if (!response.write(part)) await drained(response);
    }
    response.end();
  }

  return (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    token: string | null,
  ): void => {
    send(request, response, path, token).catch((error: unknown) => {
      const found = problemOf(error);
      if (found.code === "internal" || found.code === "busy")
        log.error("failed", { path: "blob", code: found.code, ...errorFacts(error) });
      if (response.headersSent) response.destroy();
      else sendProblem(response, found);
    });
  };
}

interface ByteRange {
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
  readonly partial: boolean;
}

/** One range of bytes. Other forms are left out of account, as HTTP allows. @returns null for one behind the end */
function rangeOf(header: string | undefined, size: number): ByteRange | null {
  const [, from, to] = /^bytes=(\d{1,9})-(\d{0,9})$/.exec(header ?? "") ?? [];
  if (from === undefined) return { start: 0, end: size, partial: false };
  const start = Number(from);
  const end = to === undefined || to === "" ? size : Math.min(size, Number(to) + 1);
  return start < end && size <= LIMITS.blobBytes ? { start, end, partial: true } : null;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.once("drain", go);
    response.once("close", go);
  });
}

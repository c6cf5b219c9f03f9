import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TinyModel } from "./make-tiny-model.ts";

export interface LoopbackHub {
  readonly url: string;
  /** Paths that were asked for, in order, with the first byte that was wanted. */
  readonly asked: readonly string[];
  /** How the next answers go wrong. */
  fault: Fault | null;
  close(): Promise<void>;
}

export type Fault =
  /** The connection breaks after so many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** One byte of the weights is another. */
  | { readonly kind: "spoil" }
  | { readonly kind: "status"; readonly status: number };

/** A hub on this machine with the addresses, redirects, ranges and checksums of a real one. It knows one model at one commit. */
export async function startLoopbackHub(
  { preset, files }: TinyModel,
  commit: string,
): Promise<LoopbackHub> {
  const asked: string[] = [];
  const hub: { fault: Fault | null } = { fault: null };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const path = decodeURIComponent((request.url ?? "").slice(1));
    asked.push(from > 0 ? `${path} from ${from}` : path);
    if (hub.fault?.kind === "status") {
      response.writeHead(hub.fault.status).end();
      return;
    }
    if (path.startsWith(`api/models/${preset.model}/revision/`)) {
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ sha: commit }));
      return;
    }
    const stored = /^stored\/(.+)$/.exec(path)?.[1];
    if (stored !== undefined)
      return send(response, files.get(stored) ?? null, from, hub.fault, stored === preset.weights);
    const file = new RegExp(`^${preset.model}/resolve/${commit}/(.+)$`).exec(path)?.[1] ?? "";
    const bytes = files.get(file);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (file !== preset.weights) {
      const git = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
      response.setHeader("etag", `"${git}"`);
      return send(response, bytes, from, null, false);
    }
    // Large files lie elsewhere, and only the hub's own answer says what they are.
    response
      .writeHead(302, {
        location: `/stored/${file}`,
        etag: `"${commit}-elsewhere"`,
        "x-linked-etag": `"${createHash("sha256").update(bytes).digest("hex")}"`,
        "x-linked-size": bytes.length,
      })
      .end();
  };

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    get fault() {
      return hub.fault;
    },
    set fault(fault) {
      hub.fault = fault;
    },
    close: () => closed(server),
  };
}

function send(
  response: ServerResponse,
  bytes: Uint8Array | null,
  from: number,
  fault: Fault | null,
  weights: boolean,
): void {
  if (bytes === null) {
    response.writeHead(404).end();
    return;
  }
  if (from >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const body = Uint8Array.from(bytes.subarray(from));
  if (from > 0)
    response.setHeader("content-range", `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
  response.setHeader("content-length", body.length);
  response.writeHead(from > 0 ? 206 : 200);
  if (weights && fault?.kind === "spoil") body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
  if (weights && fault?.kind === "cut") {
    response.write(body.subarray(0, fault.afterBytes), () => response.destroy());
    return;
  }
  response.end(body);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "./config.ts";

export interface HttpServer {
  readonly url: string;
  /** Takes no new request, lets running ones end for `stopTimeoutMs`, then drops them. A second call waits for the first. */
  stop(): Promise<void>;
}

export interface HttpDeps {
  readonly config: Config;
  /** Whether requests can be served now. `/health` says that the process lives, `/ready` asks this. */
  readonly isReady: () => boolean;
}

/**
 * Listens.
 *
 * @throws the listen error of Node (`EADDRINUSE`, `EACCES`, ...); `main.ts` puts it into words
 */
export async function listen({ config, isReady }: HttpDeps): Promise<HttpServer> {
  let stopping: Promise<void> | null = null;
  const server = createServer(
    {
      requestTimeout: config.requestTimeoutMs,
      headersTimeout: config.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, config.requestTimeoutMs),
    },
    (request, response) => answer(request, response, config, () => stopping === null && isReady()),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
  return {
    url: addressOf(server, config.host),
    stop: () => (stopping ??= close(server, config.stopTimeoutMs)),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  config: Config,
  isReady: () => boolean,
): void {
  allowOrigin(request, response, config.origins);
  if (Number(request.headers["content-length"] ?? 0) > config.maxBodyBytes) {
    // The body is not read to its end, so the connection cannot be used again.
    response.setHeader("connection", "close");
    sendJson(response, 413, { error: "too-large", maxBytes: config.maxBodyBytes });
    return;
  }
  dropLongBody(request, response, config.maxBodyBytes);

  const path = (request.url ?? "/").split("?", 1)[0];
  if (request.method === "OPTIONS") {
    response.writeHead(204, { "access-control-max-age": "86400" }).end();
  } else if (path !== "/health" && path !== "/ready") {
    sendJson(response, 404, { error: "not-found" });
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD, OPTIONS");
    sendJson(response, 405, { error: "method-not-allowed" });
  } else if (path === "/health") {
    sendJson(response, 200, { status: "ok" });
  } else {
    const ready = isReady();
    sendJson(response, ready ? 200 : 503, { status: ready ? "ready" : "not-ready" });
  }
}

function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: Config["origins"],
): void {
  const origin = request.headers.origin;
  if (origins !== "*") response.setHeader("vary", "origin");
  if (origin === undefined || (origins !== "*" && !origins.includes(origin))) return;
  response.setHeader("access-control-allow-origin", origins === "*" ? "*" : origin);
  response.setHeader("access-control-allow-methods", "GET, HEAD, POST, OPTIONS");
  response.setHeader(
    "access-control-allow-headers",
    "authorization, content-type, last-event-id, trpc-accept",
  );
}

/** A body without a length is counted as it comes. */
function dropLongBody(request: IncomingMessage, response: ServerResponse, maxBytes: number): void {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) return;
    if (!response.headersSent) sendJson(response, 413, { error: "too-large", maxBytes });
    request.destroy();
  });
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: Readonly<Record<string, string | number>>,
): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : JSON.stringify(body));
}

function close(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

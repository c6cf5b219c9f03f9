import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PROBLEM_STATUS, type WireProblem } from "@alcove/sdk/wire";
import type { Config } from "./config.ts";
import { guardBody } from "./limits/body-guard.ts";
import { createGate, type Gate } from "./limits/gate.ts";
import { problemBody } from "./rpc/problem.ts";

export interface HttpServer {
  readonly url: string;
  /** Takes no new request, lets running ones end for `stopTimeoutMs`, then drops them. A second call waits for the first. */
  stop(): Promise<void>;
}

export interface HttpDeps {
  readonly config: Config;
  /** Whether requests can be served now. `/health` says that the process lives, `/ready` asks this. */
  readonly isReady: () => boolean | Promise<boolean>;
  /** @returns 0 when the request is let through, else after how many ms to come again */
  readonly admit: (address: string) => number;
  /** By the first part of the path. */
  readonly routes: Readonly<Record<string, Route>>;
  /** Called first of all at a stop: streams end then. */
  readonly onStop: () => void;
}

export interface Route {
  readonly methods: readonly string[];
  /** Streams stay open for long and are not counted among the requests at one time. */
  isStream?(path: string): boolean;
  /** `path` is what follows the first part. Answers, whatever happens. */
  handle(request: IncomingMessage, response: ServerResponse, call: Call): void;
}

export interface Call {
  readonly path: string;
  /** Of the client, by the proxy's word where that is trusted. */
  readonly address: string;
}

const BUSY_MS = 1_000;
/** A socket on which nothing moves for so long is dropped; streams say something every 15 seconds. */
const IDLE_MS = 60_000;
const IDLE_CHECK_MS = 20;
/** No fewer can take up all the room there is for requests at one time. */
const ADDRESSES_AT_LEAST = 4;

/**
 * Listens.
 *
 * @throws the listen error of Node (`EADDRINUSE`, `EACCES`, ...); `main.ts` puts it into words
 */
export async function listen(deps: HttpDeps): Promise<HttpServer> {
  const { config, onStop } = deps;
  let stopping: Promise<void> | null = null;
  const running = createGate(
    Math.ceil(config.maxRequests / ADDRESSES_AT_LEAST),
    config.maxRequests,
  );
  const server = createServer(
    {
      requestTimeout: config.requestTimeoutMs,
      headersTimeout: Math.min(config.headersTimeoutMs, config.requestTimeoutMs),
      connectionsCheckingInterval: Math.min(1_000, config.requestTimeoutMs),
      maxHeaderSize: 16_384,
    },
    (request, response) => answer(request, response, deps, running, stopping !== null),
  );
  server.setTimeout(IDLE_MS);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
  return {
    url: addressOf(server, config.host),
    stop: () => {
      if (stopping === null) {
        stopping = close(server, config.stopTimeoutMs);
        onStop();
      }
      return stopping;
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  deps: HttpDeps,
  running: Gate,
  stopping: boolean,
): void {
  const { config } = deps;
  allowOrigin(request, response, config.origins);
  if (Number(request.headers["content-length"] ?? 0) > config.maxBodyBytes) {
    // The body is not read to its end, so the connection cannot be used again.
    response.setHeader("connection", "close");
    sendProblem(response, { code: "too-large", maxBytes: config.maxBodyBytes });
    return;
  }
  guardBody(request, config, (found) => {
    if (!response.headersSent) sendProblem(response, found);
    request.destroy();
  });

  const [, first = "", path = ""] = /^\/([^/?]*)\/?([^?]*)/.exec(request.url ?? "/") ?? [];
  if (request.method === "OPTIONS") {
    response.writeHead(204, { "access-control-max-age": "86400" }).end();
  } else if (first === "health" || first === "ready") {
    answerHealth(request, response, first, stopping ? () => false : deps.isReady);
  } else if (stopping) {
    response.setHeader("connection", "close");
    sendProblem(response, { code: "busy", retryAfterMs: BUSY_MS });
  } else {
    const route = Object.hasOwn(deps.routes, first) ? deps.routes[first] : undefined;
    if (route === undefined) sendProblem(response, { code: "not-found" });
    else if (!route.methods.includes(request.method ?? "")) refuseMethod(response, route.methods);
    else serve(request, response, deps, running, route, path);
  }
}

/** Lets in as many requests as the limits allow; who is over is told when to come again. */
function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { config, admit }: HttpDeps,
  running: Gate,
  route: Route,
  path: string,
): void {
  const address = clientOf(request, config.trustProxy);
  const waitMs = admit(address);
  const leave = route.isStream?.(path) === true ? () => undefined : running.enter(address);
  if (waitMs > 0 || leave === null) {
    leave?.();
    sendProblem(response, { code: "limit", retryAfterMs: waitMs || BUSY_MS });
    return;
  }
  response.once("close", leave);
  route.handle(request, response, { path, address });
}

function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  which: "health" | "ready",
  isReady: HttpDeps["isReady"],
): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    refuseMethod(response, ["GET", "HEAD"]);
  } else if (which === "health") {
    sendJson(response, 200, JSON.stringify({ status: "ok" }));
  } else {
    void Promise.resolve(isReady()).then((ready) =>
      sendJson(
        response,
        ready ? 200 : 503,
        JSON.stringify({ status: ready ? "ready" : "not-ready" }),
      ),
    );
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
    "authorization, content-type, last-event-id, range, trpc-accept",
  );
  response.setHeader("access-control-expose-headers", "content-range, retry-after");
}

/** The last entry is the one that the proxy itself added; those before it are the client's own words. */
function clientOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = request.headers["x-forwarded-for"];
  const told = trustProxy
    ? String(forwarded ?? "")
        .split(",")
        .at(-1)
        ?.trim()
    : "";
  const address = told || request.socket.remoteAddress || "";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  // One customer has a whole /64 of IPv6.
  return address.includes(":") ? prefix64(address) : address;
}

function prefix64(address: string): string {
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const groups = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  return [...groups, ...Array<string>(zeros).fill("0"), ...after].slice(0, 4).join(":");
}

function refuseMethod(response: ServerResponse, methods: readonly string[]): void {
  response.setHeader("allow", [...methods, "OPTIONS"].join(", "));
  sendJson(response, 405, problemBody({ code: "malformed" }));
}

/** An answer in the shape that clients of the procedures read. */
export function sendProblem(response: ServerResponse, found: WireProblem): void {
  if (found.retryAfterMs !== undefined)
    response.setHeader("retry-after", Math.ceil(found.retryAfterMs / 1_000));
  sendJson(response, PROBLEM_STATUS[found.code].http, problemBody(found));
}

function sendJson(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

function close(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs);
    // A connection whose last answer was a stream becomes idle only when that has ended.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(idle);
      resolve();
    });
  });
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

import { createWebVerifier } from "@alcove/sdk/wire";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import type { IncomingMessage } from "node:http";
import { createChallenges } from "./auth/tokens.ts";
import { createBlobDownload } from "./blob-download.ts";
import type { Bus } from "./bus/bus.ts";
import { createInProcessBus } from "./bus/in-process-bus.ts";
import { createPostgresBus } from "./bus/postgres-bus.ts";
import type { Config } from "./config.ts";
import { listen, type HttpServer } from "./http.ts";
import { createKeyedHash } from "./keyed-hash.ts";
import { createRateLimits } from "./limits/rate-limits.ts";
import { createGate } from "./limits/gate.ts";
import { errorFacts, type Log } from "./log.ts";
import { createRouter, type AppRouter } from "./rpc/router.ts";
import type { CanCreateVault, RpcDeps } from "./rpc/trpc.ts";
import { createPostgresStore } from "./store/postgres-store.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";
import { createMemberLogs } from "./vaults/member-logs.ts";

export interface SyncServerDeps {
  readonly config: Config;
  readonly log: Log;
  /** Default: everybody, or who has one of `config.invites`. */
  readonly canCreateVault?: CanCreateVault;
  /** Epoch ms. Default the clock. */
  readonly now?: () => number;
  /** For crash tests, see `createSqliteStore`. */
  readonly onStatement?: (sql: string) => void;
}

const SWEEP_MS = 60_000;
const READY_MS = 2_000;

/** Opens the store, brings it up to date and listens. Stopping it lets requests end, ends streams, then closes the store. */
export async function startSyncServer(deps: SyncServerDeps): Promise<HttpServer> {
  const { config, log, now = Date.now, onStatement } = deps;
  const store =
    config.databaseUrl === null
      ? await createSqliteStore({ file: config.file, now, ...(onStatement && { onStatement }) })
      : await createPostgresStore({
          url: config.databaseUrl,
          now,
          onError: (error) => log.error("connection-lost", errorFacts(error)),
        });
  try {
    const bus = await createBus(config, store, log);
    const rpc = createRpcDeps({ ...deps, now }, store, bus);
    return await serve(rpc);
  } catch (error) {
    await store.close();
    throw error;
  }
}

function createBus(config: Config, store: Store, log: Log): Promise<Bus> {
  return config.databaseUrl === null
    ? Promise.resolve(createInProcessBus())
    : createPostgresBus({
        url: config.databaseUrl,
        keyedHash: createKeyedHash(store.identity.secret),
        log,
      });
}

interface Running {
  readonly rpc: RpcDeps;
  readonly stop: AbortController;
}

/** What the procedures work with, on any store and bus. */
export function createRpcDeps(
  { config, log, canCreateVault, now = Date.now }: SyncServerDeps,
  store: Store,
  bus: Bus,
): Running {
  const verifier = createWebVerifier();
  const keyedHash = createKeyedHash(store.identity.secret);
  const stop = new AbortController();
  const invited: CanCreateVault = ({ proof }) =>
    config.invites.length === 0 || (proof !== undefined && config.invites.includes(proof));
  return {
    stop,
    rpc: {
      config,
      store,
      bus,
      verifier,
      keyedHash,
      log,
      now,
      logs: createMemberLogs({ store, verifier, now, maxBytes: config.vaultBytes }),
      challenges: createChallenges(keyedHash),
      limits: createRateLimits(config, now),
      streams: createGate(config.streamsPerAddress, config.maxStreams),
      canCreateVault: canCreateVault ?? invited,
      stopping: stop.signal,
    },
  };
}

async function serve({ rpc, stop }: Running): Promise<HttpServer> {
  const { config, store, bus, log, keyedHash, limits } = rpc;
  const router: AppRouter = createRouter(rpc);
  const download = createBlobDownload(rpc);
  const clientOf = (address: string) => keyedHash("address", address).toString("base64url");

  const http = await listen({
    config,
    isReady: () => isReady(store),
    admit: (address) => limits.take("request", clientOf(address)),
    onStop: () => stop.abort(),
    routes: {
      trpc: {
        methods: ["GET", "POST"],
        isStream: (path) => path === "sync.live",
        handle: (request, response, { path, address }) =>
          void nodeHTTPRequestHandler({
            router,
            req: request,
            res: response,
            path,
            maxBodySize: config.maxBodyBytes,
            // One call for each request: limits, sizes and errors then mean what they say.
            allowBatching: false,
            // Queries may be sent as POST, so that ids do not stand in addresses, which proxies log.
            allowMethodOverride: true,
            createContext: () => ({
              client: clientOf(address),
              host: (request.headers.host ?? "").toLowerCase(),
              token: tokenOf(request),
              bodyBytes: lengthOf(request),
            }),
          }),
      },
      blob: {
        methods: ["GET", "HEAD"],
        handle: (request, response, { path }) =>
          download(request, response, path, tokenOf(request)),
      },
    },
  });
  const sweep = setInterval(() => {
    store.sweep().catch((error: unknown) => log.error("sweep-failed", errorFacts(error)));
  }, SWEEP_MS);

  let stopping: Promise<void> | null = null;
  async function end(): Promise<void> {
    clearInterval(sweep);
    await http.stop();
    await bus.close();
    await store.close();
    log.info("stopped");
  }
  log.info("started", { store: config.databaseUrl === null ? "sqlite" : "postgres" });
  return { url: http.url, stop: () => (stopping ??= end()) };
}

async function isReady(store: Store): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, READY_MS, false).unref());
  return Promise.race([
    late,
    store.ping().then(
      () => true,
      () => false,
    ),
  ]);
}

function tokenOf({ headers }: IncomingMessage): string | null {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}

function lengthOf({ headers }: IncomingMessage): number | null {
  const told = headers["content-length"];
  return told === undefined ? null : Number(told);
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBase64url } from "@alcove/sdk/wire";
import { readConfig, type Config } from "../config.ts";
import { createLog } from "../log.ts";
import { startSyncServer, type SyncServerDeps } from "../server.ts";
import {
  createCaller,
  createInput,
  createOwner,
  good,
  openSession,
  type Caller,
  type Owner,
} from "./test-client.ts";

export interface TestServer {
  readonly url: string;
  readonly folder: string;
  readonly databaseUrl: string | null;
  readonly call: Caller;
  /** Everything that was logged, at the most talkative level. */
  readonly lines: readonly string[];
  readonly clock: { now: number };
  stop(): Promise<void>;
}

/** Limits that no test meets by accident. */
const WIDE: Partial<Config> = {
  requestsPerMinute: 1e6,
  authsPerMinute: 1e6,
  pushesPerMinute: 1e6,
  vaultsPerDay: 1e6,
};

const { requestsPerMinute, authsPerMinute, pushesPerMinute, vaultsPerDay } = readConfig({});

/** Those of a server that nobody set. */
export const UNSET: Partial<Config> = {
  requestsPerMinute,
  authsPerMinute,
  pushesPerMinute,
  vaultsPerDay,
};

/** A real server on a free port, with a SQLite file of its own unless a database is named. */
export async function startTestServer(
  settings: Partial<Config> = {},
  deps: Partial<SyncServerDeps> = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "alcove-sync-"));
  const lines: string[] = [];
  const clock = { now: Date.now() };
  const config: Config = {
    ...readConfig({}),
    ...WIDE,
    port: 0,
    file: join(folder, "sync.db"),
    ...settings,
  };
  const server = await startSyncServer({
    config,
    log: createLog("debug", (line) => lines.push(line)),
    now: () => clock.now,
    ...deps,
  });
  return {
    url: server.url,
    folder,
    databaseUrl: config.databaseUrl,
    call: createCaller(server.url),
    lines,
    clock,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Tenant {
  readonly owner: Owner;
  readonly token: string;
  readonly vaultId: string;
}

/** A vault with a session of its first device. */
export async function createTenant({
  call,
  url,
}: Pick<TestServer, "call" | "url">): Promise<Tenant> {
  const owner = await createOwner();
  await good(call("vault.create", createInput(owner)));
  const { token } = await openSession(call, url, owner.vaultId, owner.device);
  return { owner, token, vaultId: toBase64url(owner.vaultId) };
}

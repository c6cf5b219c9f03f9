import pg from "pg";
import type { KeyedHash } from "../keyed-hash.ts";
import { errorFacts, type Log } from "../log.ts";
import { createListeners, type Bus } from "./bus.ts";

export interface PostgresBusDeps {
  readonly url: string;
  /** Of the store's secret, so that all instances name a vault alike and the database's own logs name none. */
  readonly keyedHash: KeyedHash;
  readonly log: Log;
  /** How often everybody is woken in case a notice was lost. Default 10 s. */
  readonly sweepMs?: number;
}

const CHANNELS = 64;
const SWEEP_MS = 10_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * For several servers on one PostgreSQL. One connection listens; while it is broken nothing is heard, so everybody is woken when it
 * is back, and at times in any case: PostgreSQL keeps no notices for those who were away.
 */
export async function createPostgresBus(deps: PostgresBusDeps): Promise<Bus> {
  const { url, keyedHash, log, sweepMs = SWEEP_MS } = deps;
  const listeners = createListeners();
  const nameOf = (vaultId: Uint8Array) => keyedHash("bus", vaultId).toString("hex");
  const channelOf = (name: string) => `alcove_${Number.parseInt(name.slice(0, 2), 16) % CHANNELS}`;
  let client: pg.Client | null = null;
  let closed = false;
  let sending = false;
  const pending = new Set<string>();
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    next.on("error", () => undefined); // the end that follows is what counts
    next.on("notification", ({ payload }) => listeners.wake(payload ?? ""));
    await next.connect();
    next.once("end", () => {
      if (client !== next) return;
      client = null;
      if (!closed) void reconnect();
    });
    const channels = Array.from({ length: CHANNELS }, (_, at) => `listen alcove_${at}`);
    await next.query(channels.join(";"));
    if (closed) await next.end();
    else client = next;
  }

  async function reconnect(waitMs = FIRST_WAIT_MS): Promise<void> {
    try {
      await connect();
      listeners.wakeAll();
    } catch (error) {
      log.error("bus-lost", errorFacts(error));
      retry = setTimeout(() => void reconnect(Math.min(2 * waitMs, LONGEST_WAIT_MS)), waitMs);
    }
  }

  /** One notice after the other, and one for all that happened to a vault while the last was on its way. */
  async function send(): Promise<void> {
    if (sending) return;
    sending = true;
    for (const name of pending) {
      pending.delete(name);
      try {
        await client?.query("select pg_notify($1, $2)", [channelOf(name), name]);
      } catch (error) {
        // The others find out by their sweep.
        log.error("bus-lost", errorFacts(error));
      }
    }
    sending = false;
  }

  await connect();
  const sweep = setInterval(() => listeners.wakeAll(), sweepMs);
  sweep.unref();

  return {
    publish(vaultId) {
      const name = nameOf(vaultId);
      // This process does not wait for the way through the database, nor depend on it.
      listeners.wake(name);
      pending.add(name);
      void send();
    },
    subscribe: (vaultId, wake) => listeners.add(nameOf(vaultId), wake),
    async close() {
      closed = true;
      clearInterval(sweep);
      clearTimeout(retry);
      await client?.end();
    },
  };
}

import * as Comlink from "comlink";
import { MemoryError } from "../domain/errors.ts";
import { carryErrors } from "./error-transfer.ts";
import type { OwnEmbedderPort } from "../embedding/own-embedder.ts";
import type { CountTokens, HostApi, HostConfig, HostEvent, OpenReport } from "./host-api.ts";
import { spawnWorker, type SpawnedWorker } from "./spawn.ts";

/** The page's way to the owner of the vault: starts it, opens it, starts it again after a crash. */
export interface HostClient {
  /** Starts and opens the host, if that is still to be done. Rejects with the reason it cannot be. */
  open(): Promise<OpenReport>;
  /** Whether the vault is open now. */
  isOpen(): boolean;
  /** Calls the open host; opens it first. Rejects with `engine/crashed` (retryable) when the worker dies meanwhile. */
  call<T>(work: (host: HostApi) => Promise<T>): Promise<T>;
  /** A function of the page that the host may call. */
  callback<F extends (...args: never[]) => void>(listener: F): F;
  /** Before closing: lets an opening that is under way end. One that takes too long is given up, and counts as closed. */
  stopOpening(): Promise<void>;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

export interface HostClientDeps {
  readonly config: HostConfig;
  readonly createWorker: () => Worker;
  readonly onEvent: (event: HostEvent) => void;
  readonly countTokens?: CountTokens;
  /** The app's own embedder, where `config` says so. */
  readonly ownEmbedder?: OwnEmbedderPort;
  /** The app's clock; absent: the machine's. */
  readonly now?: () => number;
}

interface Link {
  readonly host: HostApi;
  readonly report: OpenReport;
  readonly end: () => void;
}

/** A worker that has not answered by then never will; the page's own thread takes over. */
const READY_TIMEOUT_MS = 10_000;
/** After this many crashes in a minute the page's own thread takes over. */
const MAX_CRASHES = 3;
const CRASH_WINDOW_MS = 60_000;
/** A database that does not open (browsers have had such faults) holds up closing for this long at most. */
const STOP_OPENING_MS = 5_000;
/** A difference between the clocks below this is not worth a message. */
const CLOCK_TOLERANCE_MS = 20;

export function createHostClient(deps: HostClientDeps): HostClient {
  const pending = new Set<(error: MemoryError) => void>();
  /** Calls that were made and have no answer yet; some still wait for the host to open. */
  const running = new Set<Promise<void>>();
  const crashes: number[] = [];
  let linking: Promise<Link> | null = null;
  let open = false;
  let closed = false;
  let sentOffset = 0;
  let inWorker = false;

  return {
    open: async () => (await link()).report,
    isOpen: () => open,
    call(work) {
      const call = callOpened(work);
      const done = call
        .then(
          () => undefined,
          () => undefined,
        )
        .finally(() => running.delete(done));
      running.add(done);
      return call;
    },
    callback: (listener) => (inWorker ? Comlink.proxy(listener) : listener),
    async stopOpening() {
      if (open || !linking) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<"late">(
        (resolve) => (timer = setTimeout(resolve, STOP_OPENING_MS, "late")),
      );
      const outcome = await Promise.race([linking.catch(() => null), late]);
      clearTimeout(timer);
      if (outcome !== "late") return;
      closed = true;
      linking = null;
      for (const reject of pending) reject(closedError());
      pending.clear();
    },
    async close() {
      await leave((host) => host.close());
    },
    async destroy() {
      if (closed) throw closedError();
      await link();
      await leave((host) => host.destroy());
    },
  };

  async function callOpened<T>(work: (host: HostApi) => Promise<T>): Promise<T> {
    const { host } = await link();
    setClock(host);
    return guarded(work(host));
  }

  function link(): Promise<Link> {
    if (closed) return Promise.reject(closedError());
    if (linking) return linking;
    const attempt = connect();
    linking = attempt;
    attempt.then(
      () => (open = !closed),
      () => {
        if (linking === attempt) linking = null;
      },
    );
    return attempt;
  }

  async function connect(): Promise<Link> {
    const { host, end } = await startHost();
    try {
      if (closed) throw closedError();
      inWorker = end !== noEnd;
      const listener = inWorker ? Comlink.proxy(deps.onEvent) : deps.onEvent;
      const count =
        deps.countTokens && inWorker ? Comlink.proxy(deps.countTokens) : deps.countTokens;
      return {
        host,
        end,
        report: await guarded(host.open(deps.config, listener, count, ownEmbedder())),
      };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Vectors are handed over to a worker, not copied. */
  function ownEmbedder(): OwnEmbedderPort | undefined {
    const port = deps.ownEmbedder;
    if (!port || !inWorker) return port;
    return Comlink.proxy<OwnEmbedderPort>({
      async embed(call, texts, purpose) {
        const vectors = await port.embed(call, texts, purpose);
        return Comlink.transfer(vectors, [vectors.buffer]);
      },
      cancel: (call) => port.cancel(call),
    });
  }

  async function startHost(): Promise<{ host: HostApi; end: () => void }> {
    if (recentCrashes() < MAX_CRASHES) {
      try {
        const spawned = await spawnWorker(deps.createWorker, READY_TIMEOUT_MS);
        watch(spawned);
        carryErrors();
        return {
          host: Comlink.wrap<HostApi>(spawned.worker) as unknown as HostApi,
          end: () => spawned.end(),
        };
      } catch (error) {
        tell(error, "The memory runs in the page's own thread instead.");
      }
    }
    return { host: await inThreadHost(), end: noEnd };
  }

  async function inThreadHost(): Promise<HostApi> {
    try {
      const { createInThreadHost } = await import("./in-thread.ts");
      return createInThreadHost();
    } catch (cause) {
      throw new MemoryError(
        "engine/load-failed",
        "Neither the memory worker nor its chunk for the page could be loaded. Check that the SDK's files are served together.",
        { cause, retryable: true },
      );
    }
  }

  /** Messages keep their order, so the call that follows already goes by the new clock. */
  function setClock(host: HostApi): void {
    if (!deps.now) return;
    const offset = deps.now() - Date.now();
    if (Math.abs(offset - sentOffset) < CLOCK_TOLERANCE_MS) return;
    sentOffset = offset;
    host.setClock(offset).catch(() => undefined);
  }

  function watch(spawned: SpawnedWorker): void {
    void spawned.died.then(() => {
      crashes.push(Date.now());
      linking = null;
      sentOffset = 0;
      open = false;
      const error = new MemoryError(
        "engine/crashed",
        "The memory worker died. It starts again at the next call.",
        { retryable: true },
      );
      for (const reject of pending) reject(error);
      pending.clear();
      tell(error, "");
    });
  }

  function recentCrashes(): number {
    return crashes.filter((at) => Date.now() - at < CRASH_WINDOW_MS).length;
  }

  /** Comlink never settles a call whose worker is gone; this does. */
  function guarded<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      pending.add(reject);
      work.then(resolve, reject).finally(() => pending.delete(reject));
    });
  }

  async function leave(last: (host: HostApi) => Promise<void>): Promise<void> {
    if (closed) return;
    closed = true;
    const current = linking;
    linking = null;
    open = false;
    const left = await current?.catch(() => null);
    if (!left) return;
    // What was asked for before is answered before: an app may close right after it stored (React's StrictMode does).
    await Promise.all(running);
    try {
      await guarded(last(left.host));
    } finally {
      left.end();
    }
  }

  function tell(error: unknown, also: string): void {
    if (!(error instanceof MemoryError)) return;
    deps.onEvent({
      type: "problem",
      code: error.code,
      message: also === "" ? error.message : `${error.message} ${also}`,
      retryable: error.retryable,
    });
  }
}

function noEnd(): void {
  // The host of the page's own thread ends with its close().
}

function closedError(): MemoryError {
  return new MemoryError(
    "usage/closed",
    "This memory was closed. Make a new one with createMemory().",
  );
}

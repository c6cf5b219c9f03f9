import type { ChatMessage } from "./domain/chat.ts";
import { isMemoryError, MemoryError } from "./domain/errors.ts";
import type { MemoryEvents } from "./domain/events.ts";
import type {
  ExportOptions,
  ImportOptions,
  ImportReport,
  IngestOptions,
  IngestReport,
} from "./domain/ingest.ts";
import type {
  ForgetOptions,
  ForgetReport,
  ForgetTarget,
  MemoryFilter,
  MemoryPatch,
  MemoryRecord,
  MemoryVersion,
  NewMemory,
  Page,
} from "./domain/memory-record.ts";
import type { Recall, RecallOptions, SearchHit, SearchOptions } from "./domain/recall.ts";
import type { Scope } from "./domain/scope.ts";
import type { VaultStats } from "./domain/stats.ts";
import type { Trace } from "./domain/trace.ts";
import { chooseEmbedder } from "./embedder-option.ts";
import { createEventHub } from "./event-hub.ts";
import { createForwardingFetch, createMemoryFetch } from "./intercept/memory-fetch.ts";
import { realFetch } from "./intercept/real-fetch.ts";
import { createTraceBook } from "./intercept/trace-book.ts";
import {
  DEFAULT_VAULT,
  gatewaySettings,
  readOptions,
  type MemoryOptions,
  type RequestOptions,
} from "./options.ts";
import { shortId, uuid } from "./random-id.ts";
import { createObserve } from "./observe-thread.ts";
import { createScopedMemory, type ScopedMemoryDeps } from "./scoped-memory.ts";
import type { Sync } from "./sync.ts";
import { createSync, createUnavailableSync } from "./sync.ts";
import { createHostClient, type HostClient } from "./worker/client.ts";
import type { HostEvent } from "./worker/host-api.ts";
import { defaultWorker } from "./worker/spawn.ts";

/** Memory that acts inside one scope only. */
export interface ScopedMemory {
  /**
   * The drop-in: `new OpenAI({ ..., fetch: memory.fetch })`. Does not use `this`.
   *
   * Reads: the messages of chat calls, and the vault. Sends: the app's own request to the app's own provider, with the relevant
   * memories in it. Stores: the user's turn and the answer, on this device. Whatever goes wrong with memory, the app's request goes
   * out and the answer comes back unchanged.
   */
  readonly fetch: typeof globalThis.fetch;
  /** The same memory in a narrower scope, or with other options for its calls. @throws {@link MemoryError} `usage/invalid-option` */
  with(scope: Scope, options?: RequestOptions): ScopedMemory;
  /** What memory would put into a call, without a call. Stores nothing. */
  prepare(input: string | readonly ChatMessage[], options?: RecallOptions): Promise<Recall>;
  /** Stores messages without a call. Resolves when they are stored and can be found. */
  ingest(messages: readonly ChatMessage[], options?: IngestOptions): Promise<IngestReport>;
  /** Adds notes, or derived records with their sources. */
  add(input: NewMemory | readonly NewMemory[]): Promise<MemoryRecord[]>;
  /** The best matches, best first. */
  search(query: string, options?: SearchOptions): Promise<SearchHit[]>;
  get(id: string): Promise<MemoryRecord | null>;
  /** Newest first. */
  list(
    filter?: MemoryFilter,
    page?: Page,
  ): Promise<{ records: MemoryRecord[]; next: string | null }>;
  /** Changes a record; its state before stays in `history`. @throws {@link MemoryError} `usage/not-found` */
  update(id: string, patch: MemoryPatch): Promise<MemoryRecord>;
  /** The present state, then earlier ones, newest first. @throws {@link MemoryError} `usage/not-found` */
  history(id: string): Promise<MemoryVersion[]>;
  /** Removes memories and all that carries their text, for good. Resolves when no byte of it can be read back through the browser. */
  forget(target: ForgetTarget, options?: ForgetOptions): Promise<ForgetReport>;
  /** The memories as JSONL. On the unscoped memory: the whole vault. */
  export(options?: ExportOptions): Promise<Blob>;
  /** Takes in an export, or MemoryRouter's `{ content, role, timestamp }` lines. */
  import(source: Blob | string, options?: ImportOptions): Promise<ImportReport>;
  /** On the unscoped memory: of the whole vault, with every scope that holds records. */
  stats(): Promise<VaultStats>;
}

/** A vault on this device, and the fetch that remembers. */
export interface Memory extends ScopedMemory {
  /** Resolves when the vault is open. Rejects with the reason that it cannot be. */
  ready(): Promise<void>;
  /** What one call retrieved, injected, captured and skipped: by trace id, or by the response of `memory.fetch`. */
  trace(of: string | Response): Trace | null;
  readonly sync: Sync;
  /** Returns the way to stop listening. */
  on<E extends keyof MemoryEvents>(
    event: E,
    listener: (payload: MemoryEvents[E]) => void,
  ): () => void;
  /** Stores what is under way, discards what still waits for a decision, and lets the vault go. */
  close(): Promise<void>;
  /** Deletes this vault from this device. */
  destroy(): Promise<void>;
}

/**
 * Memory for the LLM calls of a web app, kept in a vault on the user's own device. Returns at once; in a browser it starts opening
 * in the background. Where there is no IndexedDB (a server), `fetch` forwards untouched and everything else rejects with
 * `vault/unavailable`.
 *
 * @throws {@link MemoryError} `usage/invalid-option` - one error that lists every problem.
 *
 * @example
 * ```ts no-run (needs a provider key)
 * const memory = createMemory();
 * const openai = new OpenAI({ apiKey, dangerouslyAllowBrowser: true, fetch: memory.fetch });
 * ```
 */
export function createMemory(options: MemoryOptions = {}): Memory {
  const settings = readOptions(options);
  const logger = options.logger ?? {};
  const hub = createEventHub(logger);
  const traces = createTraceBook();
  const forgotten = new Set<() => void>();
  const vault = options.vault ?? DEFAULT_VAULT;
  const embedder = chooseEmbedder(options.embedder, options.assets);
  const available = hasIndexedDb();

  const client: HostClient = available
    ? createHostClient({
        config: { vault, embedder: embedder.config, index: options.index ?? "flat" },
        ...(embedder.own ? { ownEmbedder: embedder.own } : {}),
        createWorker: options.worker ?? defaultWorker,
        onEvent,
        ...(options.now ? { now: options.now } : {}),
        ...(options.countTokens ? { countTokens: batched(options.countTokens) } : {}),
      })
    : unavailableClient();

  const pageSync = createSync((name, ...given) =>
    client.call((host) => host.callSync(name, given)),
  );
  const scopedDeps: ScopedMemoryDeps = {
    client,
    settings,
    whole: false,
    now: options.now ?? Date.now,
    fetchWith: (changed) =>
      available
        ? memoryFetch.withSettings(changed)
        : createForwardingFetch(realFetch, gatewaySettings(options), changed),
    fenceId: shortId,
    operationId: uuid,
  };
  const memoryFetch = createMemoryFetch({
    host: () => ({
      plan: (request) => client.call((host) => host.plan(request)),
      begin: (callId) => client.call((host) => host.begin(callId)),
      settle: (callId, outcome) => client.call((host) => host.settle(callId, outcome)),
      refuse: (callId, outcome) => client.call((host) => host.refuse(callId, outcome)),
      drop: (callId) => client.call((host) => host.drop(callId)),
    }),
    isReady: () => client.isOpen(),
    realFetch,
    now: options.now ?? Date.now,
    randomId: uuid,
    emit: hub.emit,
    traces,
    gateway: gatewaySettings(options),
    gatewayHost: {
      vault: (scope) => createScopedMemory({ ...scopedDeps, settings: { ...settings, scope } }),
      threads: () => client.call((host) => host.threads()),
      observe: createObserve(client, options.observations ?? {}),
      claims: {
        take: (name, owner) => client.call((host) => host.claim(name, owner, true)).then(Boolean),
        isOwner: (name, owner) => client.call((host) => host.claim(name, owner, false)),
        release: (name) => client.call((host) => host.releaseClaim(name)),
      },
    },
    onForgotten(listener) {
      forgotten.add(listener);
      return () => forgotten.delete(listener);
    },
  });

  const scoped = createScopedMemory({ ...scopedDeps, whole: true });

  if (available && options.open !== "lazy")
    client.open().then(noteStorage, (error: unknown) => reportOnce(error));

  return {
    ...scoped,
    async ready() {
      await client.open();
    },
    trace: (of) => traces.trace(of),
    sync: available ? pageSync.sync : createUnavailableSync(),
    on: (event, listener) => hub.on(event, listener),
    async close() {
      await settleFetch();
      await client.close();
      hub.clear();
    },
    async destroy() {
      await settleFetch();
      await client.destroy();
    },
  };

  /** What is captured goes into the vault before it closes, unless the vault does not open at all. */
  async function settleFetch(): Promise<void> {
    pageSync.close();
    const settled = memoryFetch.close();
    await client.stopOpening();
    await settled;
  }

  function onEvent(event: HostEvent): void {
    switch (event.type) {
      case "changed":
        hub.emit("changed", { ids: event.ids, kind: event.kind, elsewhere: event.elsewhere });
        return;
      case "forgotten":
        traces.forget(event.ids);
        for (const listener of forgotten) listener();
        hub.emit("forgotten", { ids: event.ids, elsewhere: event.elsewhere });
        return;
      case "progress":
        hub.emit("progress", { task: event.task, done: event.done, total: event.total });
        return;
      case "sync":
        hub.emit("sync", pageSync.tell(event.status));
        return;
      case "problem":
        tell(new MemoryError(event.code, event.message, { retryable: event.retryable }));
        return;
    }
  }

  function reportOnce(error: unknown): void {
    if (isMemoryError(error)) tell(error);
  }

  function tell(error: MemoryError): void {
    logger.warn?.(`${error.code}: ${error.message}`);
    hub.emit("error", error);
  }

  /** Told once at opening, so that an interface can warn before the browser evicts or fills up. */
  async function noteStorage(): Promise<void> {
    try {
      const { usage, quota, persisted } = (await client.call((host) => host.stats(null))).storage;
      const share = usage !== null && quota ? usage / quota : 0;
      hub.emit("storage", {
        persisted,
        usage,
        quota,
        level: share > 0.95 ? "full" : share > 0.8 ? "low" : "ok",
      });
    } catch {
      // Told already, or the memory was closed meanwhile: nobody asked for these figures.
    }
  }
}

/** A frame without rights may be refused the mere look at it. */
function hasIndexedDb(): boolean {
  try {
    return typeof indexedDB !== "undefined" && indexedDB !== null;
  } catch {
    return false;
  }
}

function batched(
  count: (text: string) => number,
): (texts: readonly string[]) => Promise<readonly number[]> {
  return async (texts) => texts.map((text) => Math.max(0, Math.ceil(count(text))));
}

function unavailableClient(): HostClient {
  const refuse = async (): Promise<never> => {
    throw new MemoryError(
      "vault/unavailable",
      "There is no IndexedDB here (a server, or a browser mode without storage). Make the memory in a browser page.",
    );
  };
  return {
    open: refuse,
    isOpen: () => false,
    call: refuse,
    callback: (listener) => listener,
    stopOpening: async () => undefined,
    close: async () => undefined,
    destroy: refuse,
  };
}

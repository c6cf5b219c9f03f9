import { isMemoryError, MemoryError } from "../domain/errors.ts";
import type { VaultStats } from "../domain/stats.ts";
import type { CaptureRules } from "../capture/turn-analysis.ts";
import type { contextBefore } from "../capture/thread-context.ts";
import { createThreadFinder } from "../capture/threads.ts";
import { createTurnStore } from "../capture/turn-store.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { OwnEmbedderPort } from "../embedding/own-embedder.ts";
import type { FindMeaning } from "../recall/meaning.ts";
import type { RecallService } from "../recall/recall-service.ts";
import type { Vault, VaultChange } from "../vault/vault.ts";
import { createCalls, type Calls } from "./calls.ts";
import { type Claims, createClaims } from "./claims.ts";
import type { createForgetter, Forgetter } from "./forget.ts";
import { createHostSync, type HostSync } from "./host-sync.ts";
import type { CountTokens, EmbedderConfig, HostApi, HostConfig, HostListener } from "./host-api.ts";
import { createIngest, type Ingest } from "./ingest.ts";
import { createLazyMeaning } from "./lazy-meaning.ts";
import type { Meaning } from "./meaning.ts";
import type { MeaningTierDeps } from "./meaning-tier.ts";
import type { OpenSyncDeps, openSync } from "./open-sync.ts";
import type { observeScope } from "./observe-scope.ts";
import { createOperations } from "./operations.ts";
import { createRecords, type Records } from "./records.ts";
import type { createTransfer, Transfer } from "./transfer.ts";
import { statsOf } from "./host-stats.ts";
import type { Vectors } from "./vectors.ts";
import { listThreads } from "./thread-list.ts";
import { watchIndex } from "./watched-index.ts";

/** What the owner of a vault is made of; the entries (worker, in-thread) choose the adapters. */
export interface HostDeps {
  readonly openVault: (
    name: string,
    now: () => number,
  ) => Promise<{ readonly vault: Vault; readonly evicted: boolean }>;
  readonly createIndex: (vault: Vault, exclusive: Exclusive) => DocumentIndex;
  readonly createRecall: (
    vault: Vault,
    index: DocumentIndex,
    findMeaning: FindMeaning | undefined,
  ) => RecallService;
  readonly createVectors: (
    vault: Vault,
    engine: HostConfig["index"],
    exclusive: Exclusive,
    report: (error: unknown) => void,
  ) => Vectors;
  /** The embedder's part, which is loaded apart. */
  readonly loadMeaning: (parts: MeaningParts) => Promise<Meaning>;
  readonly loadRules: () => Promise<CaptureRules>;
  /** What clients of gateways need that send their new turns only: a thread's end, and observations of its beginning. */
  readonly loadContext: () => Promise<typeof contextBefore>;
  readonly loadObserver: () => Promise<typeof observeScope>;
  /** Lets everything else that waits have its turn. */
  readonly pause: () => Promise<void>;
  /** Export and import: few pages ever need them, so they are loaded when one does. */
  readonly loadTransfer: () => Promise<typeof createTransfer>;
  /** Forgetting: it is asked for at opening, and no call waits for it. */
  readonly loadForgetter: () => Promise<typeof createForgetter>;
  /** Whether this device shares the vault with others. */
  readonly isShared: (vault: string) => Promise<boolean>;
  /** Sync is loaded by who shares a vault. */
  readonly openSync: (deps: Omit<OpenSyncDeps, "textHashOf">) => ReturnType<typeof openSync>;
  /** Does in small steps what the first capture would else do at once. */
  readonly warmUp: () => Promise<void>;
  /** Starts to load what is loaded apart. */
  readonly preload: () => void;
  /** Removes what lies outside of the database of a vault that was destroyed. */
  readonly removeCopies: (vault: string) => Promise<void>;
  /** Runs work under a lock of this name over all tabs of the origin. */
  readonly lock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly now: () => number;
  readonly randomId: () => string;
  /** Where the host runs, for `stats()`. */
  readonly place: "worker" | "page";
  /** Usage and quota of the origin, bytes. */
  readonly storage: () => Promise<VaultStats["storage"]>;
}

export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

export type MeaningParts = Pick<
  MeaningTierDeps,
  "vault" | "index" | "config" | "own" | "exclusive" | "onProgress" | "report"
> & { readonly vectors: Vectors };

interface Services {
  readonly vault: Vault;
  readonly index: DocumentIndex;
  readonly vectors: Vectors;
  /** `null` with the built-in embedder. */
  readonly meaning: Meaning | null;
  readonly recall: RecallService;
  readonly calls: Calls;
  readonly ingest: Ingest;
  readonly records: Records;
  readonly forgetter: Forgetter;
  readonly transfer: () => Promise<Transfer>;
  readonly claims: Claims;
  readonly sync: HostSync;
  readonly evicted: boolean;
}

/** The first call of a page is often made at once; what can wait begins after it. */
const WARM_AFTER_MS = 150;
/** Sealing and merging wait until nothing was stored for this long. */
const QUIET_MS = 400;
/** What other devices send comes in runs, and a new device takes them in faster than an index is put in order. */
const SYNC_QUIET_MS = 3_000;
/** But not where so much waits to be sealed: a long import would be kept as single entries until its end. */
const MOST_UNSEALED = 8_192;

export function createHost(deps: HostDeps): HostApi {
  const operations = createOperations();
  let services: Promise<Services> | null = null;
  let closed = false;
  let emit: HostListener = () => undefined;
  let countTokens: CountTokens | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let maintaining: Promise<void> | null = null;
  let clockOffset = 0;
  const now = (): number => deps.now() + clockOffset;

  return {
    async open(config, listener, count, own) {
      emit = listener;
      countTokens = count;
      closed = false;
      services ??= assemble(config, own);
      const attempt = services;
      try {
        const { index, evicted } = await attempt;
        return { evicted, records: index.size };
      } catch (error) {
        // A failed opening is not kept: the next one may find the browser recovered.
        if (services === attempt) services = null;
        throw error;
      }
    },
    async cancel(op) {
      operations.cancel(op);
    },
    async setClock(offsetMs) {
      clockOffset = offsetMs;
    },
    plan: async (request) => (await opened()).calls.plan(request),
    begin: async (callId) => (await opened()).calls.begin(callId),
    settle: async (callId, outcome) => (await opened()).calls.settle(callId, outcome),
    refuse: async (callId, outcome) => (await opened()).calls.refuse(callId, outcome),
    drop: async (callId) => (await opened()).calls.drop(callId),
    async prepare(request) {
      const { recall } = await opened();
      const outcome = await recall.recall({
        ...request,
        frozenProfile: null,
        ...(countTokens ? { countTokens } : {}),
      });
      const { profile, recall: block, tokens, memories, steps, skipped } = outcome;
      return { profile, recall: block, tokens, memories, steps, ...(skipped ? { skipped } : {}) };
    },
    ingest: (op, request) =>
      operations.run(op, async (checkpoint) => (await opened()).ingest.turns(request, checkpoint)),
    add: async (scope, memories, at) => (await opened()).ingest.notes(memories, scope, at),
    observe: (op, scope, bounds, draw) =>
      operations.run(op, async (checkpoint) => {
        const observe = await deps.loadObserver();
        return observe({ ...(await opened()), ...deps, now }, { scope, bounds, draw, checkpoint });
      }),
    search: async (request) => (await opened()).recall.search(request),
    get: async (view, id) => (await opened()).records.get(view, id),
    list: async (view, filter, limit, cursor) =>
      (await opened()).records.list(view, filter, limit, cursor),
    async update(view, id, patch) {
      const record = await (await opened()).records.update(view, id, patch);
      emit({ type: "changed", ids: [id], kind: "edited", elsewhere: false });
      return record;
    },
    history: async (view, id) => (await opened()).records.history(view, id),
    forget: (op, view, target, dryRun, related) =>
      operations.run(op, async (checkpoint) => {
        const { forgetter } = await opened();
        return forgetter.forget({
          view,
          target,
          dryRun,
          related,
          checkpoint,
          onProgress: (done, total) => emit({ type: "progress", task: "forget", done, total }),
        });
      }),
    export: (op, view, options) =>
      operations.run(op, async (checkpoint) => {
        const { transfer, index } = await opened();
        const total = index.size;
        return (await transfer()).export(view, options.versions ?? true, checkpoint, (done) =>
          emit({ type: "progress", task: "export", done, total }),
        );
      }),
    import: (op, request, onProgress) =>
      operations.run(op, async (checkpoint) => {
        const { transfer } = await opened();
        return (await transfer()).import(request, checkpoint, (progress) => {
          onProgress?.(progress);
          emit({
            type: "progress",
            task: "import",
            done: progress.bytes,
            total: progress.totalBytes,
          });
        });
      }),
    stats: async (view) => statsOf(await opened(), deps, view),
    threads: async () => listThreads((await opened()).vault, deps.pause),
    claim: async (name, owner, take) => (await opened()).claims.claim(name, owner, take),
    releaseClaim: async (name) => (await opened()).claims.releaseClaim(name),
    callSync: (name, given) => opened().then(({ sync }) => sync.call(name, given)),
    async close() {
      const open = await stop();
      await open?.vault.close();
    },
    async destroy() {
      const open = await stop();
      if (!open) throw closedError();
      await open.vault.destroy();
      await deps.removeCopies(open.vault.name);
    },
  };

  async function assemble(config: HostConfig, own: OwnEmbedderPort | undefined): Promise<Services> {
    deps.preload();
    const name = config.vault;
    const { vault, evicted } = await deps.openVault(name, now);
    const exclusive: Exclusive = (work) => deps.lock(`alcove:${name}:chunks`, work);
    const vectors = deps.createVectors(vault, config.index, exclusive, report);
    const index = watchIndex(deps.createIndex(vault, exclusive), {
      added: (rows) => meaning?.notice(rows),
      dropped: (seqs) => vectors.forgotten(seqs),
    });
    const meaning = createMeaningOf(config.embedder, own, vault, index, vectors);
    emit({ type: "progress", task: "open", done: 0, total: 1 });
    await index.open();
    emit({ type: "progress", task: "open", done: 1, total: 1 });
    const recall = deps.createRecall(vault, index, meaning?.find);
    meaning?.start();
    // What could not be warmed is loaded, or fails, when it is needed.
    setTimeout(() => void settleIn(), WARM_AFTER_MS);
    const threads = createThreadFinder({
      vault,
      now,
      randomId: deps.randomId,
      isBusy: (threadId) => calls.isBusy(threadId),
    });
    const turns = createTurnStore({
      vault,
      index,
      threads,
      randomId: deps.randomId,
      loadRules: deps.loadRules,
      pause: deps.pause,
    });
    const onStored = (ids: readonly string[]): void => {
      emit({ type: "changed", ids, kind: "added", elsewhere: false });
      maintainSoon(index.stats().tail >= MOST_UNSEALED);
    };
    const calls = createCalls({
      threads,
      turns,
      recall,
      now,
      countTokens: () => countTokens,
      onStored,
      async context(finding, wish) {
        const [contextBefore, place] = await Promise.all([deps.loadContext(), finding]);
        return contextBefore(vault, place, { ...wish, countTokens, now: now() });
      },
    });
    const records = createRecords({ vault, index, now, loadRules: deps.loadRules });
    const forgetter = forgetterOf({
      vault,
      index,
      vectors,
      recall,
      records,
      now,
      exclusive,
      onForgotten(ids, elsewhere) {
        calls.thaw();
        emit({ type: "forgotten", ids, elsewhere });
        emit({ type: "changed", ids, kind: "removed", elsewhere });
      },
    });
    const sync = createHostSync({
      isShared: () => deps.isShared(name),
      open: () =>
        deps.openSync({
          vault,
          index,
          vectors,
          exclusive,
          forgetter,
          now,
          randomId: deps.randomId,
          onChanged(ids, kind) {
            emit({ type: "changed", ids, kind, elsewhere: true });
            maintainSoon(index.stats().tail >= MOST_UNSEALED, SYNC_QUIET_MS);
          },
          onStatus: (status) => emit({ type: "sync", status }),
          onProblem: report,
        }),
      report,
    });
    void sync.start();
    vault.onChange((change) => {
      sync.changed();
      if (!change.own) void follow(change, { index, vectors, meaning, calls });
    });
    vault.onLost((error) => {
      services = null;
      report(error);
      void sync.close();
      void letGo(vault, vectors, meaning, error);
    });
    if (evicted)
      report(
        new MemoryError(
          "vault/evicted",
          "The browser removed this vault's data. Import a backup, or sync from another device.",
        ),
      );
    return {
      vault,
      index,
      vectors,
      meaning,
      recall,
      calls,
      records,
      forgetter,
      evicted,
      ingest: createIngest({ threads, store: turns, onStored }),
      claims: createClaims(vault),
      sync,
      transfer: async () => {
        const create = await deps.loadTransfer();
        return create({ vault, threads, turns, now, randomId: deps.randomId, onStored });
      },
    };
  }

  function createMeaningOf(
    config: EmbedderConfig,
    own: OwnEmbedderPort | undefined,
    vault: Vault,
    index: DocumentIndex,
    vectors: Vectors,
  ): Meaning | null {
    if (config.kind === "builtin") return null;
    const parts: MeaningParts = {
      vault,
      index,
      vectors,
      config,
      own,
      exclusive: (work) => deps.lock(`alcove:${vault.name}:embed`, work),
      onProgress: (task, done, total) => emit({ type: "progress", task, done, total }),
      report,
    };
    const name = config.kind === "own" ? "own" : config.preset;
    return createLazyMeaning(name, () => deps.loadMeaning(parts), report);
  }

  /** A vault that was taken away: its model gives its memory back, and copies that only this tab still held open go. */
  async function letGo(
    vault: Vault,
    vectors: Vectors,
    meaning: Meaning | null,
    reason: Error,
  ): Promise<void> {
    vectors.close();
    try {
      if (isMemoryError(reason) && reason.details["reason"] === "deleted")
        await deps.removeCopies(vault.name);
      await meaning?.close();
    } catch (error) {
      report(error);
    }
  }

  async function follow(
    change: VaultChange,
    { index, vectors, meaning, calls }: Pick<Services, "index" | "vectors" | "meaning" | "calls">,
  ): Promise<void> {
    try {
      await index.follow(change);
      await vectors.follow(change);
      if (change.added.length > 0 || change.missed) meaning?.catchUp();
      if (change.missed) {
        // What was forgotten while this tab slept is not listed any more: whatever may show it goes.
        calls.thaw();
        emit({ type: "forgotten", ids: [], elsewhere: true });
      }
      if (change.ids.length === 0) return;
      if (change.removed.length > 0 && change.added.length === 0) {
        calls.thaw();
        emit({ type: "forgotten", ids: change.ids, elsewhere: true });
        emit({ type: "changed", ids: change.ids, kind: "removed", elsewhere: true });
        return;
      }
      emit({
        type: "changed",
        ids: change.ids,
        kind: change.removed.length > 0 || change.marked.length > 0 ? "edited" : "added",
        elsewhere: true,
      });
    } catch (error) {
      report(error);
    }
  }

  function forgetterOf(parts: Parameters<typeof createForgetter>[0]): Forgetter {
    const made = async (): Promise<Forgetter> => (await deps.loadForgetter())(parts);
    return {
      forget: async (request) => (await made()).forget(request),
      erase: async (ids, why) => (await made()).erase(ids, why),
    };
  }

  async function settleIn(): Promise<void> {
    await deps.warmUp().catch(() => undefined);
    // What an older version stored is brought up to date even where nothing is stored anew.
    if (!closed) maintainSoon(false);
  }

  function maintainSoon(isOverdue: boolean, quietMs = QUIET_MS): void {
    clearTimeout(quiet);
    if (isOverdue) startMaintenance();
    else quiet = setTimeout(startMaintenance, quietMs);
  }

  function startMaintenance(): void {
    // What came too late for the run that is under way waits for the next one.
    if (maintaining) quiet = setTimeout(startMaintenance, QUIET_MS);
    else
      maintaining = maintain().finally(() => {
        maintaining = null;
      });
  }

  async function maintain(): Promise<void> {
    try {
      const open = await services;
      await open?.index.maintain();
      await open?.vectors.maintain();
    } catch (error) {
      report(error);
    }
  }

  async function opened(): Promise<Services> {
    if (closed || !services) throw closedError();
    return services;
  }

  /** Lets what is being stored finish, and takes no more. */
  async function stop(): Promise<Services | null> {
    closed = true;
    clearTimeout(quiet);
    const open = await services?.catch(() => null);
    services = null;
    if (!open) return null;
    await open.calls.idle();
    await maintaining;
    await open.sync.close();
    await open.meaning?.close();
    open.vectors.close();
    return open;
  }

  function report(error: unknown): void {
    const known = isMemoryError(error)
      ? error
      : new MemoryError("vault/failed", "The vault failed in the background.", {
          cause: error,
          retryable: true,
        });
    emit({ type: "problem", code: known.code, message: known.message, retryable: known.retryable });
  }
}

function closedError(): MemoryError {
  return new MemoryError(
    "vault/closed",
    "This vault is closed. Make a new memory with createMemory().",
    { retryable: true },
  );
}

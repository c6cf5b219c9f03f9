import type { ChatMessage } from "./domain/chat.ts";
import { isMemoryError, MemoryError } from "./domain/errors.ts";
import type { NewMemory } from "./domain/memory-record.ts";
import type { Recall, RecallOptions } from "./domain/recall.ts";
import { mergeScopes } from "./domain/scope.ts";
import { checkMessages, turnsOf } from "./chat-input.ts";
import type { FetchSettings } from "./intercept/fetch-settings.ts";
import {
  checkRecallOptions,
  checkFilter,
  checkNotes,
  checkPatch,
  checkScopeArgument,
  checkSearch,
  checkTarget,
} from "./input-checks.ts";
import type { ScopedMemory } from "./memory.ts";
import { invalidInput, readRequestOptions } from "./options.ts";
import { openAiChat } from "./providers/openai-chat.ts";
import type { HostClient } from "./worker/client.ts";
import type { HostApi, ScopeView } from "./worker/host-api.ts";

export interface ScopedMemoryDeps {
  readonly client: HostClient;
  readonly settings: FetchSettings;
  /** The unscoped memory: `export`, `import` and `stats` cover the whole vault. */
  readonly whole: boolean;
  readonly now: () => number;
  readonly fetchWith: (settings: FetchSettings) => typeof globalThis.fetch;
  readonly fenceId: () => string;
  readonly operationId: () => string;
}

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;
const DEFAULT_HITS = 10;

export function createScopedMemory(deps: ScopedMemoryDeps): ScopedMemory {
  const { client, settings } = deps;
  const scope = settings.scope;
  const wholeView: ScopeView = deps.whole && Object.keys(scope).length === 0 ? null : scope;

  return {
    fetch: deps.fetchWith(settings),

    with(narrower, options = {}) {
      const changed = readRequestOptions(settings, narrower, options);
      return createScopedMemory({
        ...deps,
        whole: false,
        settings: { ...changed, scope: mergeScopes(scope, narrower) },
      });
    },

    prepare: (input, options = {}) => surface(() => prepare(input, options), options.signal),

    ingest: (messages, options = {}) =>
      surface(async () => {
        checkMessages("ingest()", messages);
        checkScopeArgument("ingest()", options.scope);
        const { turns, skipped } = turnsOf(messages);
        const report = await operation(options.signal, (host, op) =>
          host.ingest(op, {
            turns,
            scope: mergeScopes(scope, options.scope ?? {}),
            now: options.now ?? deps.now(),
            ...(options.origin ? { origin: options.origin } : {}),
          }),
        );
        return {
          ...report,
          skipped: [...skipped, ...report.skipped].toSorted((a, b) => a.index - b.index),
        };
      }, options.signal),

    add: (input) =>
      surface(async () => {
        const notes = (Array.isArray(input) ? input : [input]) as readonly NewMemory[];
        checkNotes(notes);
        return [...(await client.call((host) => host.add(scope, notes, deps.now())))];
      }),

    search: (query, options = {}) =>
      surface(async () => {
        checkSearch(query, options);
        const { filter, limit, minScore } = options;
        return [
          ...(await abortable(
            options.signal,
            client.call((host) =>
              host.search({
                query,
                scope: mergeScopes(scope, options.scope ?? {}),
                limit: limit ?? DEFAULT_HITS,
                now: options.now ?? deps.now(),
                ...(filter ? { filter } : {}),
                ...(minScore === undefined ? {} : { minScore }),
              }),
            ),
          )),
        ];
      }, options.signal),

    get: (id) => surface(async () => client.call((host) => host.get(scope, text("id", id)))),

    list: (filter = {}, page = {}) =>
      surface(async () => {
        checkFilter("list()", filter);
        const limit = page.limit ?? DEFAULT_PAGE;
        if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
          throw invalidInput("page.limit", `a whole number from 1 to ${MAX_PAGE}`);
        const { records, next } = await client.call((host) =>
          host.list(scope, filter, limit, page.cursor ?? null),
        );
        return { records: [...records], next };
      }),

    update: (id, patch) =>
      surface(async () => {
        checkPatch(patch);
        return client.call((host) => host.update(scope, text("id", id), patch));
      }),

    history: (id) =>
      surface(async () => [...(await client.call((host) => host.history(scope, text("id", id))))]),

    forget: (target, options = {}) =>
      surface(async () => {
        checkTarget(target);
        return client.call((host) =>
          host.forget(
            deps.operationId(),
            scope,
            target,
            options.dryRun ?? false,
            options.related ?? false,
          ),
        );
      }),

    export: (options = {}) =>
      surface(async () => {
        checkScopeArgument("export()", options.scope);
        const view = options.scope ? mergeScopes(scope, options.scope) : wholeView;
        return operation(options.signal, (host, op) =>
          host.export(
            op,
            view,
            options.versions === undefined ? {} : { versions: options.versions },
          ),
        );
      }, options.signal),

    import: (source, options = {}) =>
      surface(async () => {
        if (typeof source !== "string" && !(source instanceof Blob))
          throw invalidInput("source", "a string or a Blob (a File is one)");
        checkScopeArgument("import()", options.scope);
        return operation(options.signal, (host, op) =>
          host.import(
            op,
            {
              scope: mergeScopes(scope, options.scope ?? {}),
              whole: wholeView === null && options.scope === undefined,
              source: typeof source === "string" ? new Blob([source]) : source,
              dryRun: options.dryRun ?? false,
              trusted: options.trusted ?? false,
              now: deps.now(),
            },
            options.onProgress ? client.callback(options.onProgress) : undefined,
          ),
        );
      }, options.signal),

    stats: () => surface(() => client.call((host) => host.stats(wholeView))),
  };

  async function prepare(
    input: string | readonly ChatMessage[],
    options: RecallOptions,
  ): Promise<Recall> {
    checkRecallOptions(options);
    const messages: readonly ChatMessage[] =
      typeof input === "string" ? [{ role: "user", content: input }] : input;
    checkMessages("prepare()", messages);
    const started = performance.now();
    const recall = settings.recall;
    const limit = options.limit ?? recall.limit;
    const minScore = options.minScore ?? recall.minScore;
    const placement = options.placement ?? recall.placement;
    const found = await abortable(
      options.signal,
      client.call((host) =>
        host.prepare({
          turns: turnsOf(messages).turns.map(({ turn }) => turn),
          scope: mergeScopes(scope, options.scope ?? {}),
          strategy: options.strategy ?? recall.strategy,
          budgetTokens: options.budgetTokens ?? recall.budgetTokens,
          now: options.now ?? deps.now(),
          fenceId: deps.fenceId(),
          ...(limit === undefined ? {} : { limit }),
          ...(minScore === undefined ? {} : { minScore }),
        }),
      ),
    );
    const { profile, recall: block } = found;
    const augmented =
      typeof input === "string"
        ? null
        : openAiChat
            .read({ messages: input }, new URL("https://localhost/chat/completions"))
            ?.augment({ profile, recall: block, placement });
    return {
      profile,
      recall: block,
      text: [profile, block].filter((part) => part !== "").join("\n\n"),
      ...(typeof input === "string"
        ? {}
        : {
            messages: (augmented as { messages: ChatMessage[] } | undefined)?.messages ?? [
              ...input,
            ],
          }),
      tokens: found.tokens,
      memories: found.memories,
      timings: { ...found.steps, totalMs: performance.now() - started },
      ...(found.skipped ? { skipped: found.skipped } : {}),
    };
  }

  /** A cancellable operation of the host: an abort stops it between two steps, and rejects with the caller's reason at once. */
  function operation<T>(
    signal: AbortSignal | undefined,
    work: (host: HostApi, op: string) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const op = deps.operationId();
    const cancel = (): void => void client.call((host) => host.cancel(op)).catch(() => undefined);
    signal?.addEventListener("abort", cancel, { once: true });
    return abortable(
      signal,
      client.call((host) => work(host, op)),
    ).finally(() => signal?.removeEventListener("abort", cancel));
  }
}

/** What the caller sees: a `MemoryError` or their own abort reason, never anything else, and never a synchronous throw. */
async function surface<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isMemoryError(error)) throw error;
    throw new MemoryError("vault/failed", "The vault failed.", { cause: error, retryable: true });
  }
}

/** `work`, or the caller's abort reason as soon as they abort. */
function abortable<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function text(field: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw invalidInput(field, "a non-empty string");
  return value;
}

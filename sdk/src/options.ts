import { MemoryError } from "./domain/errors.ts";
import type { Placement, Strategy } from "./domain/recall.ts";
import { SCOPE_FIELDS, type Scope } from "./domain/scope.ts";
import { MODES, type Mode } from "./domain/mode.ts";
import type { ThreadObservations } from "./domain/observation.ts";
import { CAPTURE_MODES, type CaptureMode, type FetchSettings } from "./intercept/fetch-settings.ts";
import type { GatewaySettings } from "./intercept/serve-gateway.ts";
import type { Providers } from "./dialects/provider-route.ts";
import { DIALECT_NAMES } from "./dialects/registry.ts";
import { checkEmbedder, checkUrl, type EmbedderOption } from "./embedder-option.ts";
import { createCheck, type Check } from "./option-check.ts";

/** How memory is recalled into a call. */
export interface RecallSettings {
  /** Tokens of all injected text, frame included. 0 to 100,000. @defaultValue 1000 */
  readonly budgetTokens?: number;
  /** At most this many memories. @defaultValue what fits the budget */
  readonly limit?: number;
  /** Absolute score, 0 to 1, below which nothing is recalled. @defaultValue the pipeline's own */
  readonly minScore?: number;
  /** The most that memory may delay a call, milliseconds; then the call goes without. @defaultValue 250 */
  readonly deadlineMs?: number;
  /** The same while the vault is still opening. @defaultValue 1000 */
  readonly coldDeadlineMs?: number;
  /** `profile`: standing facts only. `query`: what the message is about only. `full`: both. @defaultValue "full" */
  readonly strategy?: Strategy;
  /** `split`: the profile at the end of the system text, the rest beside the last user turn. `user-only`: all beside the last user turn. @defaultValue "split" */
  readonly placement?: Placement;
}

/** What `with()` may change for the calls made through its result. */
export interface RequestOptions {
  readonly mode?: Mode;
  readonly capture?: CaptureMode;
  readonly recall?: RecallSettings;
}

/** Where log lines go. Lines never hold user text or keys. */
export interface Logger {
  readonly debug?: (line: string) => void;
  readonly warn?: (line: string) => void;
  readonly error?: (line: string) => void;
}

/** A provider's key and address, for code written for a memory gateway. */
export interface ProviderOptions {
  readonly apiKey?: string;
  readonly baseURL?: string;
}

/** Options of {@link createMemory}. Unknown ones are refused; every problem is listed in one error. */
export interface MemoryOptions {
  /** One vault for each signed-in person: 1 to 64 letters, digits, `.`, `_`, `-`. @defaultValue "default" */
  readonly vault?: string;
  /** Whose memory. `scope.user` separates, it does not protect: use a vault for each person who signs in. @defaultValue the vault's owner */
  readonly scope?: Scope;
  /** `read` recalls and stores nothing, `write` stores and recalls nothing, `off` does neither. @defaultValue "on" */
  readonly mode?: Mode;
  /** `ask`: nothing is stored before `accept()` of the `pending` event. @defaultValue "auto" */
  readonly capture?: CaptureMode;
  readonly recall?: RecallSettings;
  /**
   * What finds memories that mean the same in other words: `"builtin"` (words, letters and structure; no model, nothing to download), a
   * model that runs on the device, or an {@link Embedder} of your own. Recall never waits for a model: until it is there, and until all
   * is embedded, the built-in tier answers. @defaultValue "builtin"
   */
  readonly embedder?: EmbedderOption;
  /** The engine that compares vectors. `"voy"` is voy-search, for some thousand memories; above its limit `"flat"` takes over, and the `error` event tells it. @defaultValue "flat" */
  readonly index?: "flat" | "voy";
  /** Base URL of what `alcove assets DIR` wrote: the runtime and models, on a server of your own. The built-in tier needs none. */
  readonly assets?: string;
  /** Makes the worker, where the bundler cannot follow the SDK's own `new Worker(new URL(...))`. */
  readonly worker?: () => Worker;
  /**
   * Keys and base URLs by provider (`openai`, `anthropic`, `google`, `x-ai`, `openrouter`, ...), for code that was written for a memory
   * gateway: its calls go to the provider with these. A name of your own with a `baseURL` is a provider too. Kept in memory only; never
   * stored, exported, logged or traced.
   */
  readonly providers?: Readonly<Record<string, ProviderOptions>>;
  /** Which hosts `memory.fetch` serves. @defaultValue every https or loopback host whose path is a known wire */
  readonly hosts?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  /**
   * Memory gateways whose calls are served on the device: `memoryrouter`, `supermemory`, `mastra`, `unifiedmemory`, `mem0`. A call to one
   * that is left out is answered with an error; nothing is ever sent to a gateway. @defaultValue all, each on its own hosts only
   */
  readonly dialects?: readonly string[];
  /** How threads of the Mastra gateway are observed. @defaultValue by rule, without a model */
  readonly observations?: ThreadObservations;
  /** A tokenizer of your own: the number of tokens in a text. @defaultValue a built-in estimate that does not count below o200k */
  readonly countTokens?: (text: string) => number;
  readonly logger?: Logger;
  /** The clock, epoch milliseconds. @defaultValue Date.now */
  readonly now?: () => number;
  /** `lazy`: nothing is opened before the first call. @defaultValue "eager" */
  readonly open?: "eager" | "lazy";
}

export const DEFAULT_VAULT = "default";

const DEFAULT_RECALL = {
  budgetTokens: 1_000,
  deadlineMs: 250,
  coldDeadlineMs: 1_000,
  strategy: "full",
  placement: "split",
} as const satisfies FetchSettings["recall"];

/**
 * The fetch settings that options and defaults make together.
 *
 * @throws {@link MemoryError} `usage/invalid-option` - one error that lists every problem.
 */
export function readOptions(options: MemoryOptions): FetchSettings {
  const check = createCheck("createMemory()");
  check.object("", options, {
    vault: (path, value) =>
      check.pattern(path, value, /^[\w.-]{1,64}$/u, "1 to 64 letters, digits, `.`, `_` or `-`"),
    scope: (path, value) => checkScope(check, path, value),
    mode: (path, value) => check.oneOf(path, value, MODES),
    capture: (path, value) => check.oneOf(path, value, CAPTURE_MODES),
    recall: (path, value) => checkRecall(check, path, value),
    embedder: (path, value) => checkEmbedder(check, path, value),
    index: (path, value) => check.oneOf(path, value, ["flat", "voy"]),
    assets: (path, value) => checkUrl(check, path, value),
    worker: (path, value) => check.callable(path, value),
    providers: (path, value) =>
      check.record(path, value, (at, provider) =>
        check.object(at, provider, {
          apiKey: (p, v) => check.string(p, v),
          baseURL: (p, v) => checkUrl(check, p, v),
        }),
      ),
    hosts: (path, value) =>
      check.object(path, value, {
        allow: (p, v) => check.strings(p, v),
        deny: (p, v) => check.strings(p, v),
      }),
    dialects: (path, value) => {
      check.strings(path, value);
      if (Array.isArray(value))
        value.forEach((name: unknown, at) => check.oneOf(`${path}[${at}]`, name, DIALECT_NAMES));
    },
    observations: (path, value) =>
      check.object(path, value, {
        draw: (p, v) => check.callable(p, v),
        historyTokens: (p, v) => check.number(p, v, 100, 1_000_000),
        budgetTokens: (p, v) => check.number(p, v, 1, 10_000_000),
      }),
    countTokens: (path, value) => check.callable(path, value),
    logger: (path, value) =>
      check.object(path, value, {
        debug: (p, v) => check.callable(p, v),
        warn: (p, v) => check.callable(p, v),
        error: (p, v) => check.callable(p, v),
      }),
    now: (path, value) => check.callable(path, value),
    open: (path, value) => check.oneOf(path, value, ["eager", "lazy"]),
  });
  check.finish();
  return {
    mode: options.mode ?? "on",
    capture: options.capture ?? "auto",
    scope: options.scope ?? {},
    hosts: { allow: options.hosts?.allow ?? [], deny: options.hosts?.deny ?? [] },
    recall: { ...DEFAULT_RECALL, ...options.recall },
  };
}

/** What gateways' dialects go by. */
export function gatewaySettings({
  providers = {},
  dialects,
  observations,
}: MemoryOptions): GatewaySettings {
  const page: string | undefined = globalThis.location?.href;
  const absolute = Object.entries(providers).map(([name, { apiKey, baseURL }]) => [
    name,
    {
      ...(apiKey === undefined || apiKey === "" ? {} : { apiKey }),
      ...(baseURL === undefined ? {} : { baseURL: new URL(baseURL, page).href }),
    },
  ]);
  return {
    providers: Object.fromEntries(absolute) as Providers,
    ...(dialects === undefined ? {} : { dialects }),
    ...(observations?.historyTokens === undefined
      ? {}
      : { observedHistoryTokens: observations.historyTokens }),
  };
}

/** Settings with what `with()` changes. @throws {@link MemoryError} `usage/invalid-option` */
export function readRequestOptions(
  settings: FetchSettings,
  scope: Scope,
  options: RequestOptions,
): FetchSettings {
  const check = createCheck("with()");
  checkScope(check, "scope", scope);
  check.object("options", options, {
    mode: (path, value) => check.oneOf(path, value, MODES),
    capture: (path, value) => check.oneOf(path, value, CAPTURE_MODES),
    recall: (path, value) => checkRecall(check, path, value),
  });
  check.finish();
  return {
    ...settings,
    mode: options.mode ?? settings.mode,
    capture: options.capture ?? settings.capture,
    recall: { ...settings.recall, ...options.recall },
  };
}

export function checkScope(check: Check, path: string, value: unknown): void {
  check.object(
    path,
    value,
    Object.fromEntries(
      SCOPE_FIELDS.map((field) => [field, (at: string, id: unknown) => check.text(at, id, 512)]),
    ),
  );
}

export function checkRecall(check: Check, path: string, value: unknown): void {
  check.object(path, value, {
    budgetTokens: (p, v) => check.number(p, v, 0, 100_000),
    limit: (p, v) => check.number(p, v, 0, 10_000),
    minScore: (p, v) => check.number(p, v, 0, 1),
    deadlineMs: (p, v) => check.number(p, v, 0, 600_000),
    coldDeadlineMs: (p, v) => check.number(p, v, 0, 600_000),
    strategy: (p, v) => check.oneOf(p, v, ["profile", "query", "full"]),
    placement: (p, v) => check.oneOf(p, v, ["split", "user-only"]),
  });
}

/** The refusal of one bad argument. */
export function invalidInput(field: string, fix: string): MemoryError {
  return new MemoryError("usage/invalid-input", `\`${field}\` must be ${fix}.`, {
    details: { field },
  });
}

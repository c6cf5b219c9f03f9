import type { DrawThreadLines, ThreadBounds } from "../capture/observe-thread.ts";
import type { Turn } from "../domain/chat.ts";
import type { MemoryErrorCode } from "../domain/errors.ts";
import type { ProgressTask } from "../domain/events.ts";
import type {
  ExportOptions,
  ImportProgress,
  ImportReport,
  IngestReport,
} from "../domain/ingest.ts";
import type {
  ForgetReport,
  ForgetTarget,
  MemoryFilter,
  MemoryPatch,
  MemoryRecord,
  MemoryVersion,
  NewMemory,
} from "../domain/memory-record.ts";
import type { RecalledMemory, SearchHit, SkipReason, Strategy } from "../domain/recall.ts";
import type { Scope } from "../domain/scope.ts";
import type { VaultStats } from "../domain/stats.ts";
import type { ThreadSummary } from "../domain/thread-summary.ts";
import type { OwnEmbedderPort } from "../embedding/own-embedder.ts";
import type { PresetName } from "../embedding/presets.ts";
import type { CallHost } from "../intercept/call-host.ts";
import type { PlainStatus, SyncCalls } from "../sync/sync-types.ts";

/**
 * Everything the page asks of the owner of the vault, as plain cloneable data: the worker seam. The same interface is served
 * in the page's own thread where no worker can be had.
 *
 * `op` names a running operation, so that `cancel(op)` can stop it between two steps; it then rejects with `usage/closed`, which
 * the page turns into the caller's own abort reason.
 */
export interface HostApi extends CallHost {
  open(
    config: HostConfig,
    listener: HostListener,
    countTokens?: CountTokens,
    ownEmbedder?: OwnEmbedderPort,
  ): Promise<OpenReport>;
  cancel(op: string): Promise<void>;
  /** The host's clock runs this many milliseconds ahead of the machine's. For the `now` option. */
  setClock(offsetMs: number): Promise<void>;
  prepare(request: PrepareRequest): Promise<HostRecall>;
  ingest(op: string, request: IngestRequest): Promise<IngestReport>;
  add(scope: Scope, memories: readonly NewMemory[], now: number): Promise<readonly MemoryRecord[]>;
  /** Draws observations from the old turns of the scope's thread: by rule, or by what the page brings. */
  observe(op: string, scope: Scope, bounds: ThreadBounds, draw?: DrawThreadLines): Promise<void>;
  search(request: HostSearch): Promise<readonly SearchHit[]>;
  get(scope: ScopeView, id: string): Promise<MemoryRecord | null>;
  list(
    scope: ScopeView,
    filter: MemoryFilter,
    limit: number,
    cursor: string | null,
  ): Promise<{ records: readonly MemoryRecord[]; next: string | null }>;
  update(scope: ScopeView, id: string, patch: MemoryPatch): Promise<MemoryRecord>;
  history(scope: ScopeView, id: string): Promise<readonly MemoryVersion[]>;
  forget(
    op: string,
    scope: ScopeView,
    target: ForgetTarget,
    dryRun: boolean,
    related: boolean,
  ): Promise<ForgetReport>;
  export(
    op: string,
    scope: ScopeView,
    options: Omit<ExportOptions, "scope" | "signal">,
  ): Promise<Blob>;
  import(
    op: string,
    request: HostImport,
    onProgress?: (progress: ImportProgress) => void,
  ): Promise<ImportReport>;
  stats(scope: ScopeView): Promise<VaultStats>;
  /** Every conversation of the vault. */
  threads(): Promise<readonly ThreadSummary[]>;
  /** Whether `owner` has `name`; `null` where nobody has. With `take` the first who asks has it from then on. */
  claim(name: string, owner: string, take: boolean): Promise<boolean | null>;
  releaseClaim(name: string): Promise<void>;
  /** One call of sync, by its name: its parts are loaded by the first. */
  callSync<Name extends keyof SyncCalls>(
    name: Name,
    given: Parameters<SyncCalls[Name]>,
  ): Promise<Awaited<ReturnType<SyncCalls[Name]>>>;
  /** Waits for what is being written, then closes. */
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/** The part of the vault that an operation may see: one scope, or all of it (`null`). */
export type ScopeView = Scope | null;

export interface HostConfig {
  readonly vault: string;
  readonly embedder: EmbedderConfig;
  /** Which engine compares vectors. */
  readonly index: "flat" | "voy";
}

/** Which embedder finds what means the same. URLs are absolute: a worker knows nothing of the page's base. */
export type EmbedderConfig =
  | { readonly kind: "builtin" }
  | {
      readonly kind: "model";
      readonly preset: PresetName;
      readonly dimensions?: number;
      readonly device?: "wasm" | "webgpu";
      readonly assets: string | null;
      readonly hub: string | null;
    }
  /** It runs in the page; the host is given its port. */
  | {
      readonly kind: "own";
      readonly space: string;
      readonly dimensions: number;
      readonly timeoutMs?: number;
      /** For a model that took the part before, until all is embedded anew. */
      readonly assets: string | null;
    };

export interface OpenReport {
  /** The vault held records before, and does not any more: the browser evicted them. */
  readonly evicted: boolean;
  readonly records: number;
}

export type CountTokens = (texts: readonly string[]) => Promise<readonly number[]>;
export type HostListener = (event: HostEvent) => void;

/** What the host tells without being asked. */
export type HostEvent =
  | {
      readonly type: "changed";
      readonly ids: readonly string[];
      readonly kind: "added" | "edited" | "removed";
      readonly elsewhere: boolean;
    }
  | { readonly type: "forgotten"; readonly ids: readonly string[]; readonly elsewhere: boolean }
  | {
      readonly type: "progress";
      readonly task: ProgressTask;
      readonly done: number;
      readonly total: number | null;
    }
  | { readonly type: "sync"; readonly status: PlainStatus }
  | {
      readonly type: "problem";
      readonly code: MemoryErrorCode;
      readonly message: string;
      readonly retryable: boolean;
    };

export interface PrepareRequest {
  readonly turns: readonly Turn[];
  readonly scope: Scope;
  readonly strategy: Strategy;
  readonly budgetTokens: number;
  readonly limit?: number;
  readonly minScore?: number;
  readonly now: number;
  readonly fenceId: string;
}

export interface HostRecall {
  readonly profile: string;
  readonly recall: string;
  readonly tokens: number;
  readonly memories: readonly RecalledMemory[];
  readonly steps: Readonly<Record<string, number>>;
  readonly skipped?: SkipReason;
}

export interface IngestRequest {
  readonly turns: readonly IngestTurn[];
  readonly scope: Scope;
  readonly origin?: "import";
  readonly now: number;
}

/** A turn with the index of the message it came from. */
export interface IngestTurn {
  readonly turn: Turn;
  readonly index: number;
}

export interface HostImport {
  /** Where lines go; with `whole` the scope that a line names stands. */
  readonly scope: Scope;
  readonly whole: boolean;
  readonly source: Blob;
  readonly dryRun: boolean;
  readonly trusted: boolean;
  readonly now: number;
}

export interface HostSearch {
  readonly query: string;
  readonly scope: Scope;
  readonly filter?: MemoryFilter;
  readonly limit: number;
  readonly minScore?: number;
  readonly now: number;
}

import type { MemoryError } from "./errors.ts";
import type { SkipReason } from "./recall.ts";
import type { SyncStatus } from "./sync-status.ts";
import type { Trace } from "./trace.ts";
import type { Turn } from "./chat.ts";

/** Work that may take long enough to be shown. */
export type ProgressTask = "open" | "import" | "export" | "forget" | "rebuild" | "model" | "embed";

/** What `memory.on(event, listener)` tells. A listener that throws is reported to the `logger` and harms nothing else. */
export interface MemoryEvents {
  /** Memory was recalled and put into a call. Retries and tool steps of the same turn repeat its bytes and do not tell it again. */
  readonly recalled: { readonly traceId: string; readonly trace: Trace };
  /** Turns of a call were stored and can be found from now on. */
  readonly captured: {
    readonly traceId: string;
    readonly ids: readonly string[];
    readonly threadId: string;
  };
  /**
   * `capture: "ask"`: turns wait for a decision. Told with a final answer, for all that led to it; a call that failed and a step of a
   * tool loop ask nothing. Unanswered ones are discarded at `close()`.
   */
  readonly pending: {
    readonly traceId: string;
    readonly turns: readonly Turn[];
    accept(): Promise<readonly string[]>;
    discard(): void;
  };
  /** A call went without memory. */
  readonly skipped: {
    readonly traceId: string | null;
    readonly reason: SkipReason;
    readonly error?: MemoryError;
  };
  /** Records were added, edited or removed, here or in another tab. */
  readonly changed: {
    readonly ids: readonly string[];
    readonly kind: "added" | "edited" | "removed";
    readonly elsewhere: boolean;
  };
  readonly forgotten: { readonly ids: readonly string[]; readonly elsewhere: boolean };
  /** Long work. `model`: a model is being loaded, in percent; `embed`: memories get their vectors, in memories. */
  readonly progress: {
    readonly task: ProgressTask;
    readonly done: number;
    readonly total: number | null;
  };
  /** How the vault is stored. */
  readonly storage: {
    readonly persisted: boolean | null;
    readonly usage: number | null;
    readonly quota: number | null;
    readonly level: "ok" | "low" | "full";
  };
  /** Sync began, ended, waits, or met a problem. */
  readonly sync: SyncStatus;
  /** A fault that no promise of the app's carries. */
  readonly error: MemoryError;
}
export type { Trace };

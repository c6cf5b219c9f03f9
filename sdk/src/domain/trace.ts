import type { Turn } from "./chat.ts";
import type { RecalledMemory, Signals, SkipReason } from "./recall.ts";
import type { MemoryErrorCode } from "./errors.ts";
import type { Scope } from "./scope.ts";

/** What one call retrieved, injected, captured and skipped, and the times. Lives on the page only, for the last 200 calls. */
export interface Trace {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly wire: string;
  /** The URL without its query (a query may hold a key). */
  readonly url: string;
  readonly scope: Scope;
  readonly threadId: string | null;
  /** The bodies before and after, as sent; `null` where memory did not touch the request. */
  readonly request: { readonly before: string; readonly after: string } | null;
  readonly injected: {
    readonly profile: string;
    readonly recall: string;
    /** What stood for a gateway thread's turns that were not sent as they are; absent: nothing did. */
    readonly observations?: string;
    readonly tokens: number;
  };
  readonly memories: readonly RecalledMemory[];
  /** Looked at and left out, best first. */
  readonly left: readonly {
    readonly id: string;
    readonly score: number;
    readonly signals: Signals;
    readonly reason: string;
  }[];
  readonly captured: {
    readonly state: "none" | "pending" | "stored" | "asked" | "failed";
    readonly ids: readonly string[];
    readonly turns: readonly Turn[];
  };
  readonly skipped?: SkipReason;
  /** Why memory was skipped or capture failed, where a fault was the reason. */
  readonly problem?: { readonly code: MemoryErrorCode; readonly message: string };
  /** Milliseconds: what memory added before the request left, and its steps. */
  readonly addedMs: number;
  readonly steps: Readonly<Record<string, number>>;
}

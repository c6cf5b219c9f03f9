import type { Turn } from "../domain/chat.ts";
import type { MemoryFilter, MemoryRecord } from "../domain/memory-record.ts";
import type { RecalledMemory, SearchHit, Signals, SkipReason, Strategy } from "../domain/recall.ts";
import type { RecordTest } from "../domain/record-test.ts";
import type { Scope } from "../domain/scope.ts";

/** Recall as the host calls it: options resolved, messages read, thread known. `createRecallService` in `recall.ts` makes it. */
export interface RecallService {
  recall(request: RecallRequest): Promise<RecallOutcome>;
  search(request: SearchRequest): Promise<readonly SearchHit[]>;
  /** Near-duplicates of a record and turns that restate it, for `forget`. Never the record itself. */
  related(
    record: MemoryRecord,
    limit: number,
  ): Promise<readonly { readonly record: MemoryRecord; readonly score: number }[]>;
}

export interface RecallRequest {
  /** The conversation so far, oldest first; the last user turn is what is asked. */
  readonly turns: readonly Turn[];
  readonly scope: Scope;
  /** Texts that stand in the prompt besides the turns. */
  readonly shown?: readonly string[];
  /** The thread that the call continues, if any: its turns rank higher. */
  readonly threadId?: string;
  readonly strategy: Strategy;
  readonly budgetTokens: number;
  readonly limit?: number;
  readonly minScore?: number;
  /** Only records that pass. */
  readonly where?: RecordTest;
  readonly now: number;
  /** The thread's frozen profile text. `null`: none yet, make one. */
  readonly frozenProfile: string | null;
  /** Random, for the fence; the same id gives the same bytes. */
  readonly fenceId: string;
  /** Counts for a custom tokenizer, batched; absent: the built-in estimate. */
  readonly countTokens?: (texts: readonly string[]) => Promise<readonly number[]>;
}

export interface RecallOutcome {
  readonly profile: string;
  readonly recall: string;
  readonly tokens: number;
  readonly memories: readonly RecalledMemory[];
  readonly skipped?: SkipReason;
  /** Milliseconds by step. */
  readonly steps: Readonly<Record<string, number>>;
  /** What was looked at and left out, best first, for the trace: at most 6. */
  readonly left: readonly {
    readonly id: string;
    readonly score: number;
    readonly signals: Signals;
    readonly reason: "budget" | "score" | "limit" | "in-prompt" | "duplicate";
  }[];
}

export interface SearchRequest {
  readonly query: string;
  readonly scope: Scope;
  readonly filter?: MemoryFilter;
  readonly limit: number;
  readonly minScore?: number;
  readonly now: number;
}

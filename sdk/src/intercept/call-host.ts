import type { Turn } from "../domain/chat.ts";
import type { RecalledMemory, SkipReason, Strategy } from "../domain/recall.ts";
import type { RecordTest } from "../domain/record-test.ts";
import type { RecallOutcome } from "../recall/recall-service.ts";
import type { ExactField, Scope } from "../domain/scope.ts";
import type { Json } from "../domain/json.ts";

/**
 * What the fetch path asks of the vault's owner (a worker, or the page itself). All of it is plain cloneable data.
 *
 * One call goes `plan` -> (the request leaves) `begin` -> (the answer ends) `settle`; any of the later two may be missing.
 * `begin` and `settle` may be sent while `plan` is still running: the host keeps their order per `callId`.
 */
export interface CallHost {
  /** Finds the thread and recalls. Stores nothing. */
  plan(request: PlanRequest): Promise<CallPlan>;
  /** Stores the new user turns of a planned call (marked `pending`). Resolves with the ids of the new records. */
  begin(callId: string): Promise<readonly string[]>;
  /** Stores the answer and marks the user's turn. Resolves with the ids of all records of this call, findable from now on. */
  settle(callId: string, outcome: CallOutcome): Promise<CallReceipt>;
  /**
   * The user refused what this call said. Its turns take their place in the conversation without their text, so that a later call
   * that sends the whole conversation again does not offer or store them after all.
   */
  refuse(callId: string, outcome: CallOutcome): Promise<void>;
  /** Forgets a planned call that stores nothing. */
  drop(callId: string): Promise<void>;
}

export interface PlanRequest {
  readonly callId: string;
  readonly turns: readonly Turn[];
  readonly scope: Scope;
  /** The provider keeps the conversation: `turns` are what is new after its answer of this id. */
  readonly follows?: string;
  /** Whether memory is wanted, and whether the call will be captured (begin or settle may follow). */
  readonly recall: boolean;
  readonly capture: boolean;
  readonly strategy: Strategy;
  readonly budgetTokens: number;
  readonly limit?: number;
  readonly minScore?: number;
  readonly fenceId: string;
  /** The last item is a tool result: only the frozen profile is wanted, no new recall. */
  readonly continuation: boolean;
  /** Only records of the scope's very container, not those that name none. */
  readonly exactContainer?: boolean;
  /** The same for other fields of the scope. */
  readonly exact?: readonly ExactField[];
  /** Only records that pass are recalled. */
  readonly where?: RecordTest;
  /** Kept with every turn that the call stores. */
  readonly metadata?: Readonly<Record<string, Json>>;
  /** Turns, by place, of which nothing but their place in the conversation is stored. */
  readonly unkept?: readonly number[];
  /** Whether the answer's text is stored. Default: yes. */
  readonly keepAnswer?: boolean;
  /** The client sends its new turns only: what was said before in the thread is wanted too, up to this many tokens. */
  readonly historyTokens?: number;
  /** The most that observations of what lies before that may take, out of `budgetTokens`. Default: none are wanted. */
  readonly observationTokens?: number;
}

export interface CallPlan {
  /** The thread that the call continues or will start; stable from here on. */
  readonly threadId: string;
  readonly profile: string;
  readonly recall: string;
  readonly tokens: number;
  readonly memories: readonly RecalledMemory[];
  readonly left: RecallOutcome["left"];
  readonly steps: Readonly<Record<string, number>>;
  readonly skipped?: SkipReason;
  /** The turns that `begin` will store: the new tail of the conversation, less what is not to be kept of it. */
  readonly tail: readonly Turn[];
  /** What was said in the thread before the call's turns, oldest first, where it was asked for. */
  readonly history?: readonly Turn[];
  /** What stands for turns before those. */
  readonly observations?: string;
}

export type CallOutcome =
  /** `text` may be empty (tool calls only). */
  | {
      readonly kind: "answer";
      readonly text: string;
      readonly complete: boolean;
      readonly hasToolCalls: boolean;
      /** The provider's id of the answer, where a later call may follow it by that. */
      readonly id?: string;
    }
  /** The provider refused or the network failed: the user's turn stays, marked unanswered. */
  | { readonly kind: "failed" };

export interface CallReceipt {
  readonly threadId: string;
  readonly ids: readonly string[];
}

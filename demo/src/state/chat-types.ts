import type { Signal } from "@preact/signals";
import type { MemoryEvents, MemoryRecord, Trace } from "@alcove/sdk";

export type Pending = MemoryEvents["pending"];

export interface UserMessage {
  readonly id: string;
  readonly role: "user";
  readonly text: string;
}

export interface AnswerMessage {
  readonly id: string;
  readonly role: "assistant";
  readonly text: Signal<string>;
  readonly state: Signal<"waiting" | "streaming" | "done" | "stopped" | "failed">;
  readonly problem: Signal<string | null>;
  readonly provider: Signal<string>;
  readonly trace: Signal<Trace | null>;
  /** What was remembered from this exchange and is still there. */
  readonly captured: Signal<readonly MemoryRecord[]>;
  /** Ask mode: what waits for a decision. */
  readonly pending: Signal<Pending | null>;
  readonly decision: Signal<"accepted" | "discarded" | null>;
}

export type ChatEntry = UserMessage | AnswerMessage;

export interface Conversation {
  readonly id: string;
  readonly threadId: string;
  readonly startedAt: number;
  /** Reads memory, writes none. */
  readonly temporary: boolean;
  readonly entries: Signal<readonly ChatEntry[]>;
  readonly title: Signal<string>;
}

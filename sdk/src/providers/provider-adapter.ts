import type { Turn } from "../domain/chat.ts";
import type { Placement } from "../domain/recall.ts";

/**
 * One provider wire: reads a request body as turns, puts memory into it, reads the answer. Pure: no I/O, no state, and it never
 * changes what it is given. Everything a wire needs stands behind this port; a new wire is one more adapter in the registry.
 */
export interface ProviderAdapter {
  /** `openai-chat`, ... */
  readonly wire: string;
  /** Whether a request to this URL speaks the wire. The method is POST. Looks at the path only, not the host. */
  matches(url: URL): boolean;
  /** `null`: not a body of this wire (the request then goes as it is). `body` is the parsed JSON. */
  read(body: unknown, url: URL): ProviderCall | null;
}

export interface ProviderCall {
  /** User and assistant turns in order; system texts, tool results and empty messages are left out. */
  readonly turns: readonly Turn[];
  /** The app's system text, for budgeting and display only. */
  readonly system: string;
  /** `user`: the last item is a user's turn. `tool`: it is a tool result, so the call continues a tool loop. */
  readonly last: "user" | "tool" | "assistant" | "none";
  /** The call asks for an answer in a given schema (`response_format`: JSON schema or object). */
  readonly hasResponseSchema: boolean;
  readonly stream: boolean;
  /** How a streamed answer is cut into events: `json-array` is one JSON array whose elements come one after the other. */
  readonly streamFormat: "sse" | "ndjson" | "json-array";
  readonly model: string;
  /**
   * Where the provider keeps the conversation and the body holds its new part only: the id of the answer that it follows, or of the
   * conversation.
   */
  readonly follows?: { readonly kind: "answer" | "conversation"; readonly id: string };
  /** The body with memory in it. Everything else stays byte for byte what `JSON.stringify` makes of the app's own values. */
  augment(blocks: MemoryBlocks): unknown;
  /** A reader of this call's answer. */
  createAnswerReader(): AnswerReader;
}

/** What goes into a body; an empty text is left out. */
export interface MemoryBlocks {
  readonly profile: string;
  readonly recall: string;
  readonly placement: Placement;
}

/** Reads one answer, whole or in pieces, beside the app. Never throws: what it cannot read, it leaves out. */
export interface AnswerReader {
  /** A whole JSON body. */
  readWhole(body: unknown): void;
  /** One event's data of a stream (for SSE: the joined `data:` lines; for NDJSON: a line). */
  readEvent(data: string): void;
  /** What was said so far. `complete` once the wire said so. */
  answer(): {
    readonly text: string;
    readonly complete: boolean;
    readonly hasToolCalls: boolean;
    /** The provider's id of the answer, on wires where a later call may follow it by that id. */
    readonly id?: string;
  };
}

import type { Json } from "../domain/json.ts";
import type { Mem0Memory } from "../dialects/mem0-memories.ts";

/** What `chat.completions.create` takes: OpenAI's fields, whichever there are, and Mem0's. */
export interface Mem0ChatRequest {
  readonly messages: readonly Mem0Message[];
  readonly model: string;
  /** Whose memories. One id at least makes the call remember; without any it is a plain call. */
  readonly user_id?: string | null;
  readonly agent_id?: string | null;
  readonly run_id?: string | null;
  /** Kept with every turn that the call stores. */
  readonly metadata?: Readonly<Record<string, Json>> | null;
  /** Only memories that fulfil it are recalled: fields of their metadata, operators, `AND`, `OR`, `NOT`. */
  readonly filters?: Readonly<Record<string, unknown>> | null;
  /** At most this many memories, 0 to 1000. `top_k` is the same. @defaultValue 10 */
  readonly limit?: number | null;
  readonly stream?: boolean | null;
  readonly [field: string]: unknown;
}

export interface Mem0Message {
  readonly role: string;
  readonly content?: unknown;
}

export interface Mem0RequestOptions {
  readonly signal?: AbortSignal | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further options go to the app's own client, where it gave one. */
  readonly [option: string]: unknown;
}

export interface Mem0Metadata {
  readonly memories: readonly Mem0Memory[];
}

/** The provider's answer as it came, with `metadata.memories`. */
export interface Mem0ChatCompletion {
  readonly id: string;
  readonly model: string;
  readonly created: number;
  readonly choices: readonly Mem0Choice[];
  readonly usage?: Readonly<Record<string, unknown>> | null;
  readonly metadata: Mem0Metadata;
  readonly [field: string]: unknown;
}

export interface Mem0Choice {
  readonly index: number;
  readonly finish_reason: string | null;
  readonly message: {
    readonly role: string;
    readonly content: string | null;
    readonly tool_calls?: readonly Mem0ToolCall[];
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface Mem0ToolCall {
  readonly id: string;
  readonly type: string;
  readonly function: { readonly name: string; readonly arguments: string };
  readonly [field: string]: unknown;
}

/** One event of a streamed answer, as the provider sent it. */
export interface Mem0ChatChunk {
  readonly id: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly content?: string | null; readonly [field: string]: unknown };
    readonly finish_reason?: string | null;
    readonly [field: string]: unknown;
  }[];
  readonly [field: string]: unknown;
}

/** A streamed answer. To stop iterating ends the provider's answer. */
export interface Mem0ChatStream extends AsyncIterable<Mem0ChatChunk> {
  readonly metadata: Mem0Metadata;
}

/** The part of the `openai` package's client that is used. */
export interface OpenAiClient {
  readonly baseURL: string;
  /** The same client over another fetch. */
  withOptions(options: { readonly fetch: typeof globalThis.fetch }): {
    readonly chat: { readonly completions: { readonly create: unknown } };
  };
}

import type { Json } from "./json.ts";

/** The roles of a conversation, as the providers name them. */
export type ChatRole = "system" | "developer" | "user" | "assistant" | "tool";

/** One part of a message that is not a plain string. Only `text` parts are read; every other part stays with the app. */
export interface ContentPart {
  readonly type: string;
  readonly text?: string;
  readonly [key: string]: unknown;
}

/** A message as apps hand it to `prepare` and `ingest`. */
export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string | readonly ContentPart[] | null;
  /** The speaker, where a role is shared by several people. */
  readonly name?: string;
  /** The caller's own id of the turn; comes back in `sources`. */
  readonly id?: string;
  /** When the turn was said: epoch milliseconds or an ISO string. Default: now. */
  readonly createdAt?: number | string;
  /** Kept with the turn. */
  readonly metadata?: Readonly<Record<string, Json>>;
}

/**
 * A turn: what a user or an assistant said, as plain text. System prompts, tool payloads and empty messages are no turns.
 * Non-text parts stand as short markers (`[image]`), so that a turn with a picture only still has an identity.
 */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly name?: string;
  /** The caller's own id. */
  readonly id?: string;
  /** Epoch milliseconds; absent: now. */
  readonly createdAt?: number;
  readonly metadata?: Readonly<Record<string, Json>>;
}

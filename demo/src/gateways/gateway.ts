import type { Memory } from "@alcove/sdk";

/** Why a line of a snippet stands there; without a mark it was there before. */
export type LineMark = "changed" | "setup" | "page";

export interface SnippetLine {
  readonly code: string;
  readonly mark?: LineMark;
}

/** What one call of the snippet is made of. */
export interface GatewayCall {
  readonly said: string;
  readonly memory: Memory;
}

/** A hosted memory gateway whose client code works here. */
export interface Gateway {
  readonly name: string;
  /** The name of its dialect in `createMemory({ dialects })`. */
  readonly dialect: string;
  /** Where its code would send its calls. */
  readonly host: string;
  /** How its code says whose memory it is. */
  readonly hint: string;
  /** What the code does about the conversation, where that is worth a sentence. */
  readonly note: string;
  snippet(said: string): readonly SnippetLine[];
  /** Runs what the snippet shows, and gives the answer's text. */
  run(call: GatewayCall): Promise<string>;
}

import type { MemoryFilter, MemoryRecord } from "./memory-record.ts";
import type { ChatMessage } from "./chat.ts";
import type { Scope } from "./scope.ts";

export type Strategy = "profile" | "query" | "full";
export type Placement = "split" | "user-only";

/** Each signal's own number for one memory, before weighting. */
export interface Signals {
  /** Share of the query's idf mass that the text matches, 0..1. */
  readonly words: number;
  /** The same by character n-grams, 0..1. */
  readonly letters: number;
  /** How near its meaning is, 0..1, by the cosine of the vectors as their embedding space goes; 0 without an embedder. */
  readonly meaning: number;
  /** Score taken over from neighbouring turns and the question before, 0..1. */
  readonly context: number;
  /** Factor for speaker or role (1 = none). */
  readonly speaker: number;
  /** Factor for dates and time words (1 = none). */
  readonly time: number;
  /** 1 where a slot that the request cues matches a fact of the user. */
  readonly cue: number;
  /** 1 where the user pinned it. */
  readonly pinned: number;
}

/** A memory that stands in the injected text. */
export interface RecalledMemory {
  readonly id: string;
  readonly text: string;
  readonly createdAt: number;
  readonly scope: Scope;
  /** Absolute, 0..1, comparable between queries. */
  readonly score: number;
  readonly signals: Signals;
  /** A sentence: why it was chosen. */
  readonly why: string;
  /** Ids (the caller's where given) of the turns whose own text stands in the injected text. */
  readonly sources: readonly string[];
  /** Which part it stands in. `observations`: the block in front of a gateway thread's last turns. */
  readonly part: "profile" | "recall" | "observations";
}

export interface Timings {
  /** All of it, milliseconds. */
  readonly totalMs: number;
  readonly [step: string]: number;
}

export type SkipReason =
  | "off"
  | "read-only"
  | "write-only"
  | "deadline"
  | "error"
  | "unavailable"
  | "too-large"
  | "unsupported-body"
  | "no-user-turn"
  | "tool-continuation"
  | "nothing-relevant";

export interface Recall {
  /** The stable part: for the end of the system text. Empty where there is none. */
  readonly profile: string;
  /** The per-turn part: for beside the last user turn. Empty where nothing is relevant. */
  readonly recall: string;
  /** Both parts joined as injected, for callers who place it themselves. */
  readonly text: string;
  /** The augmented input, where messages were given. */
  readonly messages?: ChatMessage[];
  /** Of all injected text; never over the budget. */
  readonly tokens: number;
  readonly memories: readonly RecalledMemory[];
  readonly timings: Timings;
  readonly skipped?: SkipReason;
}

export interface RecallOptions {
  /** Default 1,000. 0 recalls nothing. */
  readonly budgetTokens?: number;
  /** At most this many memories. Default: what fits. */
  readonly limit?: number;
  /** Absolute score below which nothing is recalled, 0..1. The default is the pipeline's own. */
  readonly minScore?: number;
  readonly strategy?: Strategy;
  readonly placement?: Placement;
  readonly scope?: Scope;
  /** The time of the call, epoch milliseconds. Default: the vault's clock. */
  readonly now?: number;
  readonly signal?: AbortSignal;
}

export interface SearchOptions {
  readonly filter?: MemoryFilter;
  /** Default 10. */
  readonly limit?: number;
  readonly minScore?: number;
  readonly scope?: Scope;
  readonly now?: number;
  readonly signal?: AbortSignal;
}

export interface SearchHit extends MemoryRecord {
  readonly score: number;
  readonly signals: Signals;
  readonly why: string;
}

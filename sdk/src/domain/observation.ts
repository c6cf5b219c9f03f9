import type { MemoryRecord, NewMemory } from "./memory-record.ts";

/** `high`: what holds for every answer (health, diet, wishes, who they are). `low`: what was only asked or mentioned. */
export const PRIORITIES = ["high", "medium", "low"] as const;
export type ObservationPriority = (typeof PRIORITIES)[number];

/** The tag of every observation; its priority is a tag as well (`priority:high`). */
export const OBSERVATION_TAG = "observation";

export function priorityTag(priority: ObservationPriority): string {
  return `priority:${priority}`;
}

/** A line that was drawn from turns. */
export interface DrawnLine {
  readonly text: string;
  /** @defaultValue "medium" */
  readonly priority?: ObservationPriority;
  /** Ids of the turns that it was drawn from, at least one. */
  readonly sources: readonly string[];
}

/**
 * Draws lines from turns, oldest first: the app's own model, for instance. Lines that name no turn of these, or say nothing, are left
 * out.
 */
export type DrawLines = (
  turns: readonly MemoryRecord[],
  signal: AbortSignal | undefined,
) => Promise<readonly DrawnLine[]> | readonly DrawnLine[];

export interface ObserveOptions {
  /** Who draws the lines. @defaultValue rules, without a model */
  readonly draw?: DrawLines;
  /** The newest turns, up to this many tokens, are left alone: they still stand in the conversation. @defaultValue 6000 */
  readonly keepTokens?: number;
  /** Turns of this many tokens are drawn from at a time; while fewer wait, nothing is done. @defaultValue 6000 */
  readonly batchTokens?: number;
  /** Of turns, for one run; what is left over waits for the next. @defaultValue 30000 */
  readonly budgetTokens?: number;
  /** Epoch milliseconds: nothing before it is looked at. `through` of a report goes here, where runs may draw nothing. */
  readonly since?: number;
  /** Stops between two batches; what was drawn until then stays. */
  readonly signal?: AbortSignal;
}

/**
 * How the threads of a gateway are observed whose clients send their new turns only. Turns go on standing in the calls until the thread
 * is four fifths full; the observations of the older ones then stand for them. The vault keeps them all.
 */
export interface ThreadObservations {
  /**
   * Draws the lines: the app's own model, through the app's own client. It is asked in the background, for a batch of turns at a time.
   * Where it fails, its turns wait for the next exchange.
   *
   * @defaultValue rules, without a model
   */
  readonly draw?: DrawLines;
  /** The most that turns may take in a call, 100 to 1,000,000 tokens. @defaultValue 30000, as the gateway has it */
  readonly historyTokens?: number;
  /** Tokens of turns that `draw` is given for one exchange. @defaultValue 30000 */
  readonly budgetTokens?: number;
}

export interface ObservationReport {
  /** Ids of the new records. */
  readonly stored: readonly string[];
  /** How many turns were drawn from. */
  readonly turns: number;
  /** Lines of `draw` that were left out. */
  readonly refused: number;
  /** When the last of these turns was said, epoch milliseconds; `null` where there were none. */
  readonly through: number | null;
  /** Whether nothing is left to do for now. */
  readonly done: boolean;
}

/** What observations are drawn from and kept in; a `ScopedMemory` is one. */
export interface ObservedVault {
  list(
    filter: {
      readonly kinds: readonly ("turn" | "derived")[];
      readonly tags?: readonly string[];
      readonly from?: number;
    },
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<{ readonly records: readonly MemoryRecord[]; readonly next: string | null }>;
  add(memories: readonly NewMemory[]): Promise<readonly MemoryRecord[]>;
}

import type { Turn } from "../domain/chat.ts";
import type { MemoryOrigin } from "../domain/memory-record.ts";
import type { Scope } from "../domain/scope.ts";
import type { Slot } from "../domain/slots.ts";
import type { linkDrafts } from "./links.ts";

/**
 * What capture finds in one text, by rule, with no model and no I/O. `analyzeTurn` in `analyze.ts` makes it.
 * Only text of the user can carry slots and fact keys, and not from quoted, fenced or long pasted spans.
 */
export interface TurnAnalysis {
  /** What is stored: our own blocks cut out, secrets replaced by `[secret removed]`. Empty: nothing is stored. */
  readonly text: string;
  /** Kinds of secrets that were taken out (`api-key`, `card-number`, ...); never their text. */
  readonly secrets: readonly string[];
  readonly textHash: string;
  readonly nearHash: string;
  readonly slots: readonly Slot[];
  readonly factKeys: readonly string[];
  readonly dates: readonly string[];
  readonly entities: readonly string[];
}

export interface TurnAnalysisInput {
  readonly turn: Pick<Turn, "role" | "text" | "name">;
  readonly origin: MemoryOrigin;
  readonly scope: Scope;
  /** Epoch milliseconds: what "yesterday" is counted from. */
  readonly saidAt: number;
}

export type AnalyzeTurn = (input: TurnAnalysisInput) => TurnAnalysis;

/** What capture goes by. It is the heaviest part of the worker and no recall waits for it, so it is loaded apart. */
export interface CaptureRules {
  readonly analyzeTurn: AnalyzeTurn;
  readonly linkDrafts: typeof linkDrafts;
}

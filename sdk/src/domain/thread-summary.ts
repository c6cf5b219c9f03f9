import type { Scope } from "./scope.ts";

/** A conversation as far as its turns are stored. */
export interface ThreadSummary {
  /** With its `thread`. */
  readonly scope: Scope;
  readonly turns: number;
  /** When its first and its last turn were said, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

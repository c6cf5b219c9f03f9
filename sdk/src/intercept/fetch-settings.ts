import type { Mode } from "../domain/mode.ts";
import type { Placement, Strategy } from "../domain/recall.ts";
import type { HostRules } from "../providers/hosts.ts";
import type { Scope } from "../domain/scope.ts";

/** `ask`: nothing is stored until the `pending` event's `accept()`. */
export const CAPTURE_MODES = ["auto", "ask", "off"] as const;
export type CaptureMode = (typeof CAPTURE_MODES)[number];

/** What one `memory.fetch` goes by: options and `with()` already joined. Per-call headers come on top. */
export interface FetchSettings {
  readonly mode: Mode;
  readonly capture: CaptureMode;
  readonly scope: Scope;
  readonly hosts: HostRules;
  readonly recall: {
    readonly budgetTokens: number;
    readonly limit?: number;
    readonly minScore?: number;
    /** The most that memory may add to a call, milliseconds. */
    readonly deadlineMs: number;
    /** The same while the vault is not open yet. */
    readonly coldDeadlineMs: number;
    readonly strategy: Strategy;
    readonly placement: Placement;
  };
}

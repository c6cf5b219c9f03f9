import type { Slot } from "../../src/domain/slots.ts";

/** One story: a fact said once, and requests that need it. Any fact goes with any question of its template. */
export interface StoryTemplate {
  readonly slot: Slot;
  readonly facts: readonly string[];
  readonly questions: readonly string[];
}

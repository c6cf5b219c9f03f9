import { STATE } from "../domain/document-flags.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { IndexView } from "../engine/index-view.ts";
import type { Readable } from "./readable.ts";
import { frameTokens, type ShownRecord } from "./render.ts";

/** Share of the budget that the profile may take, its frame included. */
const SHARE = 0.1;
const MOST = 40;
const LASTING = "health";
const LONGEST_LINE = 40;

/** Documents that may stand in the profile, newest first: what the user pinned, and health facts in the user's own words. */
export function profileDocuments(view: IndexView, { facts, severalUsers }: Readable): number[] {
  const { state, seq } = view.columns;
  const isPinned = (document: number): boolean => ((state[document] ?? 0) & STATE.pinned) !== 0;
  const lasting = severalUsers ? [] : facts.of(LASTING).standing;
  return [
    ...facts.pinned.slice(-MOST).toReversed(),
    // As many more as may be pinned, for those stand before already.
    ...lasting
      .filter((document) => !isPinned(document))
      .slice(-MOST)
      .toReversed(),
  ]
    .slice(0, MOST)
    .map((document) => seq[document] ?? 0);
}

/**
 * Whether a row may stand in the system text: the user's own words or the app's note, pinned or a health fact that still holds.
 * What was imported, answered, pasted in by a tool never may, pinned or not.
 */
export function isProfileRow(row: StoredRecord): boolean {
  if (row.origin === "app") return row.pinned;
  return (
    row.origin === "user" &&
    row.role !== "assistant" &&
    (row.pinned ||
      (row.slots.includes("health") &&
        row.supersededBy === undefined &&
        row.duplicateOf === undefined))
  );
}

/** As many of these, in their order, as fit the profile's share of the budget. `tokens` are those of their lines. */
export function fitProfile(
  shown: readonly ShownRecord[],
  tokens: readonly number[],
  budget: number,
  fenceId: string,
): ShownRecord[] {
  let left = Math.floor(budget * SHARE) - frameTokens("profile", fenceId);
  return shown.filter(({ row }, at) => {
    const cost = tokens[at] ?? Infinity;
    if (cost > left || (cost > LONGEST_LINE && !row.pinned)) return false;
    left -= cost;
    return true;
  });
}

import { FLAG, STATE } from "../domain/document-flags.ts";
import { slotBits } from "../domain/slots.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { IndexView } from "../engine/index-view.ts";
import { frameTokens, type ShownRecord } from "./render.ts";

/** Share of the budget that the profile may take, its frame included. */
const SHARE = 0.1;
const MOST = 40;
const LASTING = slotBits(["health"]);
const LONGEST_LINE = 40;

/** Documents that may stand in the profile, newest first: what the user pinned, and health facts in the user's own words. */
export function profileDocuments(view: IndexView, mask: Uint8Array): number[] {
  const { flags, state, slots, seq, createdAt } = view.columns;
  const severalUsers = hasSeveralUsers(view, mask);
  const found: number[] = [];
  for (let document = 0; document < view.count; document += 1) {
    if (mask[document] !== 1) continue;
    const bits = state[document] ?? 0;
    const pinned = (bits & STATE.pinned) !== 0;
    const lasting =
      !severalUsers &&
      ((slots[document] ?? 0) & LASTING) !== 0 &&
      ((flags[document] ?? 0) & FLAG.ownWords) !== 0 &&
      (bits & STATE.superseded) === 0;
    if (pinned || lasting) found.push(document);
  }
  const rank = (document: number): number => ((state[document] ?? 0) & STATE.pinned ? 1 : 0);
  found.sort(
    (a, b) =>
      rank(b) - rank(a) ||
      (createdAt[b] ?? 0) - (createdAt[a] ?? 0) ||
      (seq[b] ?? 0) - (seq[a] ?? 0),
  );
  return found.slice(0, MOST).map((document) => seq[document] ?? 0);
}

/** Where several named people speak as the user, no fact is plainly the user's: only what was pinned stands in the profile. */
function hasSeveralUsers(view: IndexView, mask: Uint8Array): boolean {
  let first = 0;
  for (let document = 0; document < view.count; document += 1) {
    const speaker = view.columns.speaker[document] ?? 0;
    if (
      mask[document] !== 1 ||
      speaker === 0 ||
      ((view.columns.flags[document] ?? 0) & FLAG.user) === 0
    )
      continue;
    if (first === 0) first = speaker;
    else if (first !== speaker) return true;
  }
  return false;
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

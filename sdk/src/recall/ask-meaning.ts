import type { Turn } from "../domain/chat.ts";
import type { Scope } from "../domain/scope.ts";
import type { MeaningHits } from "./meaning.ts";
import { askedTexts } from "./query.ts";
import type { RecallParts } from "./read-rows.ts";

/** What recall waits for a search by meaning: a part of its own deadline, so that words alone still come in time. */
const WITHIN_MS = 120;

/** What means the same as the request; `null` where there is no embedder, or it cannot answer. Recall never fails for want of it. */
export async function askMeaning(
  { findMeaning }: Pick<RecallParts, "findMeaning">,
  turns: readonly Turn[],
  scope: Scope,
  now: number,
  most: number,
): Promise<MeaningHits | null> {
  if (findMeaning === undefined) return null;
  try {
    return await findMeaning({ texts: askedTexts(turns), scope, now, most, withinMs: WITHIN_MS });
  } catch {
    return null;
  }
}

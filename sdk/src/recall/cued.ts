import { FLAG, STATE } from "../domain/document-flags.ts";
import { slotBits } from "../domain/slots.ts";
import type { IndexView } from "../engine/index-view.ts";
import type { Query } from "./query.ts";
import { WEIGHTS } from "./ranking.ts";

/** What a fact of a cued slot counts that shares no word with the topic; one that does counts all. */
const UNFIT = 0.55;
/** What a fact of another slot counts that speaks of the topic all the same: one sentence fills more slots than a rule sees. */
const ASIDE = 0.5;
/** A fact of this age (days) counts a tenth less than a new one. */
const RECENT_DAYS = 365;

/** How well each document's facts fit the slots that the request cues, 0..1. `null` where it cues none. */
export function scoreCues(
  query: Query,
  view: IndexView,
  mask: Uint8Array,
  now: number,
): Float32Array | null {
  if (query.cues.length === 0) return null;
  const { flags, slots, state, createdAt, speaker } = view.columns;
  const scores = new Float32Array(view.count);
  for (const cue of query.cues) {
    const bit = slotBits([cue.slot]);
    // How to answer is told by rule alone; its words (short, simple, list) are everybody's.
    const canStandAside = cue.slot !== "instruction";
    const fits = new Uint8Array(view.count);
    for (const term of cue.terms)
      view.postings(term, (document) => {
        fits[document] = 1;
      });
    for (let document = 0; document < view.count; document += 1) {
      const filled = slots[document] ?? 0;
      const fit = fits[document] === 1;
      if (
        mask[document] !== 1 ||
        filled === 0 ||
        ((filled & bit) === 0 && !(fit && canStandAside)) ||
        ((flags[document] ?? 0) & FLAG.ownWords) === 0
      )
        continue;
      if (cue.slot === "instruction" && !isSaidToAssistant(view, document)) continue;
      if (query.speakers.size > 0 && !query.speakers.has(speaker[document] ?? 0)) continue;
      const age = Math.max(0, now - (createdAt[document] ?? 0)) / 86_400_000;
      const holds = ((state[document] ?? 0) & STATE.superseded) === 0 ? 1 : WEIGHTS.superseded;
      const score =
        cue.weight *
        ((filled & bit) === 0 ? ASIDE : fit ? 1 : UNFIT) *
        holds *
        (0.9 + 0.1 / (1 + age / RECENT_DAYS));
      if (score > (scores[document] ?? 0)) scores[document] = score;
    }
  }
  return scores;
}

/** What people tell each other to do is no wish to an assistant: an unnamed user speaks to one, a named one where one stands beside. */
function isSaidToAssistant({ columns, previous, next }: IndexView, document: number): boolean {
  if ((columns.speaker[document] ?? 0) === 0) return true;
  const isAssistant = (neighbour: number): boolean =>
    neighbour >= 0 && ((columns.flags[neighbour] ?? 0) & FLAG.assistant) !== 0;
  return isAssistant(next[document] ?? -1) || isAssistant(previous[document] ?? -1);
}

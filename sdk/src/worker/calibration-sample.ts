import { STATE } from "../domain/document-flags.ts";
import type { IndexView } from "../engine/index-view.ts";

/** Pairs of turns that follow each other: enough to tell two signals apart, few enough to be embedded within a second. */
const PAIRS = 48;

/** `seq`s of turns and of those that follow them, alternating, from all over the vault. */
export function samplePairs(view: IndexView): readonly number[] {
  const pairs: [number, number][] = [];
  for (let document = 0; document < view.count; document += 1) {
    const next = view.next[document]!;
    if (next < 0 || isDead(view, document) || isDead(view, next)) continue;
    pairs.push([view.columns.seq[document]!, view.columns.seq[next]!]);
  }
  const step = Math.max(1, pairs.length / PAIRS);
  const chosen: number[] = [];
  const taken = new Set<number>();
  for (let at = 0; at < pairs.length && chosen.length < 2 * PAIRS; at += step) {
    const pair = pairs[Math.floor(at)]!;
    if (pair.some((seq) => taken.has(seq))) continue;
    for (const seq of pair) taken.add(seq);
    chosen.push(...pair);
  }
  return chosen;
}

function isDead(view: IndexView, document: number): boolean {
  return (view.columns.state[document]! & STATE.dead) !== 0;
}

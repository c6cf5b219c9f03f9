import type { Signals } from "../domain/recall.ts";

/** From here on the nearness of two meanings is worth naming. */
const MEANS_ALIKE = 0.2;

/** One sentence: why a memory was chosen, from its signals. */
export function explain(signals: Signals, part: "profile" | "recall"): string {
  if (part === "profile")
    return signals.pinned === 1 ? "You pinned it." : "It is a lasting fact about your health.";
  const reasons: string[] = [];
  if (signals.pinned === 1) reasons.push("you pinned it");
  if (signals.cue === 1) reasons.push("it is a fact of the kind the request calls for");
  if (signals.words > 0)
    reasons.push(`it has ${percent(signals.words)} of what the request asks for in its words`);
  else if (signals.letters > 0)
    reasons.push(`it has words like those of the request (${percent(signals.letters)})`);
  if (signals.meaning >= MEANS_ALIKE)
    reasons.push(`it means something like the request (${percent(signals.meaning)})`);
  if (signals.context > 0)
    reasons.push(signals.words > 0 ? "its neighbours fit too" : "it stands beside turns that fit");
  if (signals.time > 1) reasons.push("its time fits");
  if (signals.speaker > 1) reasons.push("the right person said it");
  const sentence =
    reasons.length === 0 ? "it belongs to a conversation that fits" : reasons.join(", ");
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`;
}

function percent(share: number): string {
  return `${Math.max(1, Math.round(share * 100))} %`;
}

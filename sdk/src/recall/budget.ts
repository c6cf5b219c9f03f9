import type { Candidate } from "./candidates.ts";

/** Tokens of a date line and its line end. */
const DAY_LINE = 6.1;
/** After as many candidates in a row that do not fit, the rest is not looked at. */
const MOST_MISSES = 100;

export interface Fill {
  readonly taken: readonly Candidate[];
  /** Best first. */
  readonly left: readonly {
    readonly candidate: Candidate;
    readonly reason: "budget" | "score" | "limit";
  }[];
}

/** Takes candidates in their order while they fit, passing over what does not. */
export function fillBudget(
  candidates: readonly Candidate[],
  budget: number,
  limit: number,
  minScore: number,
  tokensOf: (candidate: Candidate) => number,
): Fill {
  const taken: Candidate[] = [];
  const left: { candidate: Candidate; reason: "budget" | "score" | "limit" }[] = [];
  const sessions = new Set<string>();
  let used = 0;
  let misses = 0;
  for (const candidate of candidates) {
    if (candidate.score < minScore) {
      left.push({ candidate, reason: "score" });
      continue;
    }
    if (taken.length >= limit) {
      left.push({ candidate, reason: "limit" });
      continue;
    }
    const tokens = tokensOf(candidate) + (sessions.has(candidate.session) ? 0 : DAY_LINE);
    if (misses >= MOST_MISSES || used + tokens > budget) {
      misses += 1;
      left.push({ candidate, reason: "budget" });
      continue;
    }
    misses = 0;
    used += tokens;
    sessions.add(candidate.session);
    taken.push(candidate);
  }
  return { taken, left };
}

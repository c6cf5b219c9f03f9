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

/** How fast the next turn of the same session counts less where the course of things over several is asked for. */
const SESSION_FILLS = 2;

/** Candidates in an order that brings every session in which the matter came up before the details of the best of them. */
export function acrossSessions(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Map<string, number>();
  return candidates
    .map((candidate) => {
      // Facts that stand without a day are of no session.
      const before = candidate.session === "" ? 0 : (seen.get(candidate.session) ?? 0);
      seen.set(candidate.session, before + 1);
      return { candidate, value: candidate.order / (1 + SESSION_FILLS * before) };
    })
    .toSorted((a, b) => b.value - a.value)
    .map(({ candidate }) => candidate);
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

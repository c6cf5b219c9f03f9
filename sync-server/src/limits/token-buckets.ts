export interface Bucket {
  /** How many at once, and how many come back over `periodMs`. */
  readonly amount: number;
  readonly periodMs: number;
}

export interface TokenBuckets {
  /** @returns 0 when `cost` (default 1) was taken, else the ms after which there will be so much; infinity where there never will */
  take(key: string, cost?: number): number;
}

interface Level {
  tokens: number;
  at: number;
}

/** Names that are kept at most; beyond that the ones longest unused are forgotten, which only lets them in again. */
const MAX_KEYS = 50_000;

/** What sums of fractions are off by. */
const ROUNDING = 1e-6;

/** Limits how often something happens for each name. Lives in memory: every instance counts for itself. */
export function createTokenBuckets({ amount, periodMs }: Bucket, now: () => number): TokenBuckets {
  const levels = new Map<string, Level>();
  return {
    take(key, cost = 1) {
      if (cost > amount) return Infinity;
      const at = now();
      const before = levels.get(key) ?? { tokens: amount, at };
      // A clock that is set back gives nothing, and takes nothing away.
      const passedMs = Math.max(0, at - before.at);
      const tokens = Math.min(amount, before.tokens + (passedMs * amount) / periodMs);
      levels.delete(key);
      const taken = tokens >= cost - ROUNDING;
      const left = taken ? tokens - cost : tokens;
      if (left < amount - ROUNDING) levels.set(key, { tokens: left, at });
      if (levels.size > MAX_KEYS) levels.delete(levels.keys().next().value ?? "");
      return taken ? 0 : Math.ceil(((cost - tokens) * periodMs) / amount - ROUNDING);
    },
  };
}

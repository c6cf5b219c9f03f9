export const DAY_MS = 86_400_000;

/** Days since 1970-01-01 UTC. */
export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS);
}

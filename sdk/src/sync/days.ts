export const DAY_MS = 86_400_000;

/** After so many days without a word a device is not waited for, and reads everything anew when it comes back. */
export const AWAY_DAYS = 180;

/** Days since 1970-01-01 UTC. */
export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS);
}

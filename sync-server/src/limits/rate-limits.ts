import type { Config } from "../config.ts";
import { createTokenBuckets, type Bucket } from "./token-buckets.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What is counted, and for whom: an address, a vault. */
export interface RateLimits {
  /** @returns 0 when let through, else after how many ms to come again */
  take(kind: LimitKind, key: string): number;
}

export type LimitKind =
  | "request"
  | "vault-create"
  | "auth"
  | "link-open"
  | "link-claim"
  | "link-mail"
  | "push"
  | "log-append";

export function createRateLimits(config: Config, now: () => number): RateLimits {
  const buckets: Record<LimitKind, Bucket> = {
    // A new device on a fast line fetches some hundred pages and blobs, one after the other.
    request: { amount: config.requestsPerMinute, periodMs: MINUTE_MS },
    "vault-create": { amount: config.vaultsPerDay, periodMs: DAY_MS },
    auth: { amount: config.authsPerMinute, periodMs: MINUTE_MS },
    "link-open": { amount: 20, periodMs: MINUTE_MS },
    // Somebody types these.
    "link-claim": { amount: 10, periodMs: MINUTE_MS },
    // Two devices ask for mail about once a second.
    "link-mail": { amount: 30, periodMs: 5 * SECOND_MS },
    push: { amount: config.pushesPerMinute, periodMs: MINUTE_MS },
    "log-append": { amount: 60, periodMs: MINUTE_MS },
  };
  const taking = Object.fromEntries(
    Object.entries(buckets).map(([kind, bucket]) => [kind, createTokenBuckets(bucket, now)]),
  ) as Record<LimitKind, ReturnType<typeof createTokenBuckets>>;
  return { take: (kind, key) => taking[kind].take(key) };
}

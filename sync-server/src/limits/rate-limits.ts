import type { Config } from "../config.ts";
import { createTokenBuckets, type Bucket } from "./token-buckets.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * A push of so many bytes carries a good part of a vault: 500 of the smallest rows have more. The limit on pushes is there against many
 * small ones, whose cost is the transaction; one that is full costs what its bytes cost.
 */
export const UPLOAD_BYTES = 131_072;

/** What is counted, and for whom: an address, a vault. */
export interface RateLimits {
  /** @returns 0 when let through, else after how many ms to come again */
  take(kind: LimitKind, key: string): number;
  /**
   * Of a push. `bytes`: of its body, as told before it comes; `null`: not told. From `UPLOAD_BYTES` on it is counted by its bytes, as many
   * an hour as a vault may hold, so that who shares a large vault, fills a server anew or seals all rows anew need not wait. One that is
   * smaller, told no length or finds these bytes used up is one of the pushes a minute.
   *
   * @returns as `take`
   */
  takePush(vault: string, bytes: number | null): number;
}

export type LimitKind =
  | "request"
  | "vault-create"
  | "auth"
  | "link-open"
  | "link-claim"
  | "link-mail"
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
    "log-append": { amount: 60, periodMs: MINUTE_MS },
  };
  const taking = Object.fromEntries(
    Object.entries(buckets).map(([kind, bucket]) => [kind, createTokenBuckets(bucket, now)]),
  ) as Record<LimitKind, ReturnType<typeof createTokenBuckets>>;
  const pushes = createTokenBuckets({ amount: config.pushesPerMinute, periodMs: MINUTE_MS }, now);
  const uploads = createTokenBuckets({ amount: config.uploadBytesPerHour, periodMs: HOUR_MS }, now);
  return {
    take: (kind, key) => taking[kind].take(key),
    takePush(vault, bytes) {
      const isUpload = bytes !== null && bytes >= UPLOAD_BYTES;
      return isUpload && uploads.take(vault, bytes) === 0 ? 0 : pushes.take(vault);
    },
  };
}

import * as z from "zod/mini";
import type { Schema } from "./schema.ts";

/** Every code that a server answers with, and how it goes over HTTP. `retryable`: the same request may succeed later. */
export const PROBLEM_CODES = {
  malformed: { http: 400, trpc: "BAD_REQUEST", retryable: false },
  unsupported: { http: 400, trpc: "BAD_REQUEST", retryable: false },
  unauthenticated: { http: 401, trpc: "UNAUTHORIZED", retryable: false },
  forbidden: { http: 403, trpc: "FORBIDDEN", retryable: false },
  revoked: { http: 403, trpc: "FORBIDDEN", retryable: false },
  "not-found": { http: 404, trpc: "NOT_FOUND", retryable: false },
  exists: { http: 409, trpc: "CONFLICT", retryable: false },
  conflict: { http: 409, trpc: "CONFLICT", retryable: false },
  gap: { http: 409, trpc: "CONFLICT", retryable: false },
  "device-forked": { http: 409, trpc: "CONFLICT", retryable: false },
  stale: { http: 409, trpc: "CONFLICT", retryable: false },
  "store-changed": { http: 409, trpc: "CONFLICT", retryable: false },
  "too-large": { http: 413, trpc: "PAYLOAD_TOO_LARGE", retryable: false },
  limit: { http: 429, trpc: "TOO_MANY_REQUESTS", retryable: true },
  // tRPC has no 507: the code says it.
  quota: { http: 403, trpc: "FORBIDDEN", retryable: false },
  busy: { http: 503, trpc: "SERVICE_UNAVAILABLE", retryable: true },
  internal: { http: 500, trpc: "INTERNAL_SERVER_ERROR", retryable: true },
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;

/** `data.alcove` of a tRPC error. */
export interface WireProblem {
  readonly code: ProblemCode;
  readonly retryAfterMs?: number | undefined;
  /** `gap`: the batchNo that comes next. */
  readonly expected?: number | undefined;
  /** `conflict`, `stale`: entries of the member log. */
  readonly length?: number | undefined;
  /** `stale`. */
  readonly minEpoch?: number | undefined;
  /** `stale`. */
  readonly generation?: number | undefined;
  /** `quota`. */
  readonly bytes?: number | undefined;
  /** `quota`, `too-large`. */
  readonly maxBytes?: number | undefined;
}

const number = z.optional(z.int().check(z.nonnegative()));

export const wireProblem: Schema<WireProblem> = z.object({
  code: z.enum(Object.keys(PROBLEM_CODES) as [ProblemCode, ...ProblemCode[]]),
  retryAfterMs: number,
  expected: number,
  length: number,
  minEpoch: number,
  generation: number,
  bytes: number,
  maxBytes: number,
});

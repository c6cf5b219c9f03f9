import type { ProblemCode } from "./problem.ts";

/** How each problem goes over HTTP, and over tRPC. */
export const PROBLEM_STATUS = {
  malformed: { http: 400, trpc: "BAD_REQUEST" },
  unsupported: { http: 400, trpc: "BAD_REQUEST" },
  unauthenticated: { http: 401, trpc: "UNAUTHORIZED" },
  forbidden: { http: 403, trpc: "FORBIDDEN" },
  revoked: { http: 403, trpc: "FORBIDDEN" },
  "not-found": { http: 404, trpc: "NOT_FOUND" },
  exists: { http: 409, trpc: "CONFLICT" },
  conflict: { http: 409, trpc: "CONFLICT" },
  gap: { http: 409, trpc: "CONFLICT" },
  "device-forked": { http: 409, trpc: "CONFLICT" },
  stale: { http: 409, trpc: "CONFLICT" },
  "store-changed": { http: 409, trpc: "CONFLICT" },
  "too-large": { http: 413, trpc: "PAYLOAD_TOO_LARGE" },
  limit: { http: 429, trpc: "TOO_MANY_REQUESTS" },
  // tRPC has no 507: the code says it.
  quota: { http: 403, trpc: "FORBIDDEN" },
  busy: { http: 503, trpc: "SERVICE_UNAVAILABLE" },
  internal: { http: 500, trpc: "INTERNAL_SERVER_ERROR" },
} as const satisfies Readonly<
  Record<ProblemCode, { readonly http: number; readonly trpc: string }>
>;

import { count } from "./field-shapes.ts";
import { object, oneOf, optional, type Shape } from "./shape.ts";

/** Every code that a server answers with. */
export const PROBLEM_CODES = [
  "malformed",
  "unsupported",
  "unauthenticated",
  "forbidden",
  "revoked",
  "not-found",
  "exists",
  "conflict",
  "gap",
  "device-forked",
  "stale",
  "store-changed",
  "too-large",
  "limit",
  "quota",
  "busy",
  "internal",
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** The same request may succeed later. */
export const RETRYABLE_PROBLEMS: readonly ProblemCode[] = ["limit", "busy", "internal"];

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

const number = optional(count);

export const problemShape: Shape<WireProblem> = object({
  code: oneOf(...PROBLEM_CODES),
  retryAfterMs: number,
  expected: number,
  length: number,
  minEpoch: number,
  generation: number,
  bytes: number,
  maxBytes: number,
});

import { PROBLEM_STATUS, WireError, type ProblemCode, type WireProblem } from "@alcove/sdk/wire";
import { TRPCError } from "@trpc/server";

/** What a client is told. It carries no text: what there is to say stands in the code and its numbers. */
export class ProblemError extends Error {
  readonly problem: WireProblem;

  constructor(told: WireProblem) {
    super(told.code);
    this.name = "ProblemError";
    this.problem = told;
  }
}

/** A problem to be thrown. */
export function problem(code: ProblemCode, facts: Omit<WireProblem, "code"> = {}): ProblemError {
  return new ProblemError({ code, ...facts });
}

/** How soon to come again after a fault that is not the client's. */
const BUSY_MS = 2_000;

/** Errors of a database that is away, starting, full of work or locked: the same request may succeed later. */
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|57P0[1-4]|08\w{3}|53\w{3}|40001|40P01|ERR_SQLITE_ERROR)$/;

/** Whatever was thrown, as a problem. */
export function problemOf(error: unknown): WireProblem {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof ProblemError) return at.problem;
    if (at instanceof WireError) return { code: codeOf(at) };
    const { code } = at as NodeJS.ErrnoException;
    if (AWAY.test(String(code)) || /timeout exceeded when trying to connect/.test(at.message))
      return { code: "busy", retryAfterMs: BUSY_MS };
  }
  const code = error instanceof TRPCError ? OF_TRPC[error.code] : undefined;
  return { code: code ?? "internal" };
}

/** What tRPC itself refuses. */
const OF_TRPC: Partial<Record<TRPCError["code"], ProblemCode>> = {
  BAD_REQUEST: "malformed",
  PARSE_ERROR: "malformed",
  UNSUPPORTED_MEDIA_TYPE: "malformed",
  METHOD_NOT_SUPPORTED: "malformed",
  NOT_FOUND: "not-found",
  PAYLOAD_TOO_LARGE: "too-large",
};

/** The same as an error of tRPC, which takes the HTTP status from its code. */
export function toTrpcError(error: unknown): TRPCError {
  const found = problemOf(error);
  return new TRPCError({
    code: PROBLEM_STATUS[found.code].trpc,
    message: found.code,
    cause: new ProblemError(found),
  });
}

/** The body of an answer that does not come from tRPC, in the shape that its clients read. */
export function problemBody(found: WireProblem): string {
  const { http, trpc } = PROBLEM_STATUS[found.code];
  return JSON.stringify({
    error: {
      message: found.code,
      code: -32_600,
      data: { code: trpc, httpStatus: http, alcove: found },
    },
  });
}

function codeOf({ reason }: WireError): ProblemCode {
  return reason === "unsupported" || reason === "too-large" ? reason : "malformed";
}

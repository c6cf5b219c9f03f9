import type { IncomingMessage } from "node:http";
import type { WireProblem } from "@alcove/sdk/wire";

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly minUploadBytesPerSecond: number;
}

/** A slow start is forgiven. */
const GRACE_MS = 5_000;
const CHECK_MS = 1_000;

/** Counts a body while it comes: one that told no length, or comes by the drop, is refused before it is whole. */
export function guardBody(
  request: IncomingMessage,
  { maxBodyBytes, minUploadBytesPerSecond }: BodyLimits,
  refuse: (problem: WireProblem) => void,
): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const startedAt = performance.now();
  let bytes = 0;
  const pace = setInterval(() => {
    const ms = performance.now() - startedAt;
    if (ms > GRACE_MS && bytes < (minUploadBytesPerSecond * (ms - GRACE_MS)) / 1_000)
      end({ code: "busy", retryAfterMs: CHECK_MS });
  }, CHECK_MS);
  const stop = () => clearInterval(pace);
  const end = (problem: WireProblem) => {
    stop();
    request.off("data", count);
    refuse(problem);
  };
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) end({ code: "too-large", maxBytes: maxBodyBytes });
  };
  request.on("data", count);
  request.once("end", stop);
  request.once("close", stop);
}

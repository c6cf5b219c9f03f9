import type { IncomingMessage } from "node:http";
import type { WireProblem } from "@alcove/sdk/wire";

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly minUploadBytesPerSecond: number;
}

/** A slow start is forgiven. */
const GRACE_MS = 5_000;
const CHECK_MS = 1_000;
const LATER_MS = 1_000;

/** Counts a body while it comes: one that told no length, or comes by the drop, is refused before it is whole. */
export function guardBody(
  request: IncomingMessage,
  { maxBodyBytes, minUploadBytesPerSecond }: BodyLimits,
  refuse: (problem: WireProblem) => void,
  graceMs = GRACE_MS,
): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const startedAt = performance.now();
  let bytes = 0;
  const pace = setInterval(
    () => {
      const ms = performance.now() - startedAt;
      if (ms > graceMs && bytes < (minUploadBytesPerSecond * (ms - graceMs)) / 1_000)
        end({ code: "busy", retryAfterMs: LATER_MS });
    },
    Math.min(CHECK_MS, graceMs),
  );
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

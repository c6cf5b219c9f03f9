import type { DrawLines, DrawnLine, ThreadObservations } from "./domain/observation.ts";
import type { DrawThreadLines } from "./capture/observe-thread.ts";
import type { GatewayHost } from "./intercept/serve-gateway.ts";
import type { HostClient } from "./worker/client.ts";
import { MemoryError } from "./domain/errors.ts";
import { orAbort } from "./intercept/recall-turn.ts";
import { uuid } from "./random-id.ts";

const BUDGET_TOKENS = 30_000;

/** The worker draws by rule; what the app brings to draw with runs in the page, where the app's client is. */
export function createObserve(
  client: Pick<HostClient, "call" | "callback">,
  { draw, budgetTokens = BUDGET_TOKENS }: ThreadObservations,
): GatewayHost["observe"] {
  return async (scope, historyTokens, signal) => {
    signal.throwIfAborted();
    const op = uuid();
    const cancel = (): void => void client.call((host) => host.cancel(op)).catch(() => undefined);
    signal.addEventListener("abort", cancel, { once: true });
    const drawing = draw === undefined ? undefined : client.callback(stoppable(draw, signal));
    try {
      await client.call((host) =>
        host.observe(op, scope, { historyTokens, budgetTokens }, drawing),
      );
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  };
}

/** What a model gives back may be anything; what is no line is left out, and nothing else of it goes to the worker. */
function plainLine(line: unknown): readonly DrawnLine[] {
  if (typeof line !== "object" || line === null) return [];
  const { text, priority, sources } = line as Partial<DrawnLine>;
  if (typeof text !== "string" || !Array.isArray(sources)) return [];
  const ids = (sources as readonly unknown[]).filter((id) => typeof id === "string");
  return [{ text, sources: ids, ...(priority === undefined ? {} : { priority }) }];
}

/** A model that does not heed the signal is not waited for. */
function stoppable(draw: DrawLines, signal: AbortSignal): DrawThreadLines {
  return async (turns) => {
    try {
      const lines = await orAbort(
        Promise.resolve().then(() => draw(turns, signal)),
        signal,
      );
      return lines.flatMap(plainLine);
    } catch (cause) {
      throw new MemoryError(
        "capture/failed",
        "The app's own model drew no observations: `observations.draw` failed. Its turns wait for the next exchange.",
        { cause, retryable: true },
      );
    }
  };
}

import { isMemoryError, MemoryError } from "./domain/errors.ts";
import type { ObservationReport, ObserveOptions } from "./domain/observation.ts";
import type { ScopedMemory } from "./memory.ts";
import { createCheck } from "./option-check.ts";

/**
 * Draws observations from older turns: short dated lines with a priority, kept as `derived` records beside their turns, which they name
 * as their sources and never replace. By rule, without a model, or by `draw`. Does a bounded piece of work and may be called after
 * every exchange; it begins when enough turns wait. To forget a turn takes its observations along.
 *
 * @throws {@link MemoryError} `usage/invalid-input`, `capture/failed` - `draw` failed; or the caller's abort reason.
 *
 * @example
 * ```ts
 * import { createMemory, observe } from "@alcove/sdk";
 *
 * const chat = createMemory().with({ user: "mara", thread: "garden" });
 * const { stored } = await observe(chat);
 * const { records } = await chat.list({ tags: ["observation"] });
 * ```
 */
export async function observe(
  memory: Pick<ScopedMemory, "list" | "add">,
  options: ObserveOptions = {},
): Promise<ObservationReport> {
  const check = createCheck("observe()");
  check.object("options", options, {
    draw: (path, value) => check.callable(path, value),
    keepTokens: (path, value) => check.number(path, value, 0, 10_000_000),
    batchTokens: (path, value) => check.number(path, value, 1, 10_000_000),
    budgetTokens: (path, value) => check.number(path, value, 1, 10_000_000),
    since: (path, value) => check.number(path, value, 0, Number.MAX_SAFE_INTEGER),
    signal: () => undefined,
  });
  check.finish("usage/invalid-input");
  try {
    const { observeTurns } = await import("./capture/observe-turns.ts");
    return await observeTurns(memory, options, () => new Promise((resolve) => setTimeout(resolve)));
  } catch (cause) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    if (isMemoryError(cause)) throw cause;
    throw new MemoryError("capture/failed", "Observations could not be drawn.", {
      cause,
      retryable: true,
    });
  }
}

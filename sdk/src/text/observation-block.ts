import type { MemoryRecord } from "../domain/memory-record.ts";
import { OBSERVATION_TAG, PRIORITIES, priorityTag } from "../domain/observation.ts";
import { closeFence, openFence, quoted, RECALL_LINE } from "./fence.ts";
import { estimateTokens } from "./tokens.ts";

const HOW_TO_READ =
  "Observations of earlier turns, oldest first; where two disagree the newer holds:";

/**
 * Observations as one fenced block, oldest first, so that what is added later leaves the beginning as it was. Over the budget the low
 * ones go first, then the older ones. Empty where there are none, or where no line fits.
 */
export function observationBlock(
  records: readonly MemoryRecord[],
  { budgetTokens, fenceId }: { readonly budgetTokens: number; readonly fenceId: string },
): string {
  const frame = [openFence(fenceId), RECALL_LINE, HOW_TO_READ, closeFence(fenceId)];
  let left = budgetTokens - estimateTokens(`${frame.join("\n")}\n`);
  const newest = records
    .filter(({ tags }) => tags.includes(OBSERVATION_TAG))
    .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  const chosen = new Map<MemoryRecord, string>();
  for (const priority of PRIORITIES)
    for (const record of newest) {
      if (!record.tags.includes(priorityTag(priority))) continue;
      const line = `- ${quoted(record.text)}`;
      const cost = estimateTokens(`${line}\n`);
      if (cost > left) break;
      left -= cost;
      chosen.set(record, line);
    }
  // What is no English costs more beside more of it than by itself, so the whole is measured; what was chosen last goes first.
  for (const last of [...chosen.keys()].toReversed()) {
    const lines = newest.toReversed().flatMap((record) => chosen.get(record) ?? []);
    const block = [...frame.slice(0, 3), ...lines, ...frame.slice(3)].join("\n");
    if (estimateTokens(block) <= budgetTokens) return block;
    chosen.delete(last);
  }
  return "";
}

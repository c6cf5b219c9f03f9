import { type DrawnLine, OBSERVATION_TAG, PRIORITIES, priorityTag } from "../domain/observation.ts";
import type { MemoryRecord, NewMemory } from "../domain/memory-record.ts";
import { estimateTokens } from "../text/tokens.ts";

const LONGEST_TEXT = 1_000;

/** What lines are drawn from at a time, and what of one run is left for the next. */
export interface Batches {
  readonly batches: readonly (readonly MemoryRecord[])[];
  readonly done: boolean;
}

/** Whole batches only, as many as the budget has room for, and one at least. */
export function inBatches(
  turns: readonly MemoryRecord[],
  { batchTokens, budgetTokens }: { readonly batchTokens: number; readonly budgetTokens: number },
): Batches {
  const batches: MemoryRecord[][] = [];
  let batch: MemoryRecord[] = [];
  let tokens = 0;
  let spent = 0;
  for (const turn of turns) {
    batch.push(turn);
    tokens += estimateTokens(turn.text);
    if (tokens < batchTokens) continue;
    if (batches.length > 0 && spent + tokens > budgetTokens) return { batches, done: false };
    batches.push(batch);
    spent += tokens;
    batch = [];
    tokens = 0;
  }
  return { batches, done: true };
}

/** The lines that were drawn from a batch, as records that name their turns. Lines that name none, or say nothing, are left out. */
export function notesOf(
  lines: readonly DrawnLine[],
  batch: readonly MemoryRecord[],
): readonly NewMemory[] {
  const turns = new Map(batch.map((turn) => [turn.id, turn]));
  const through = batch.at(-1)?.createdAt ?? 0;
  return lines.flatMap(({ text, priority = "medium", sources }): NewMemory[] => {
    const drawnFrom = sources.flatMap((id) => turns.get(id) ?? []);
    const last = drawnFrom.at(-1);
    if (last === undefined || typeof text !== "string" || !PRIORITIES.includes(priority)) return [];
    const said = text
      .slice(0, 4 * LONGEST_TEXT)
      .replace(/\s+/gu, " ")
      .trim()
      .slice(0, LONGEST_TEXT);
    if (said === "") return [];
    const day = new Date(last.createdAt).toISOString().slice(0, 10);
    return [
      {
        kind: "derived",
        // Nobody's own words: it never becomes a fact of the profile.
        origin: "app",
        text: `[${day}, ${priority}] ${said}`,
        tags: [OBSERVATION_TAG, priorityTag(priority)],
        metadata: { day, priority, through },
        createdAt: last.createdAt,
        sources: drawnFrom.map(({ id }) => id),
      },
    ];
  });
}

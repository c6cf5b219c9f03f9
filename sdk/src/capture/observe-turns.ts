import {
  type DrawnLine,
  OBSERVATION_TAG,
  type ObservationReport,
  type ObservedVault,
  type ObserveOptions,
  PRIORITIES,
  priorityTag,
} from "../domain/observation.ts";
import type { MemoryRecord, NewMemory } from "../domain/memory-record.ts";
import { estimateTokens } from "../text/tokens.ts";
import { drawByRule } from "./observations.ts";

const PAGE = 500;
const KEEP_TOKENS = 6_000;
const BATCH_TOKENS = 6_000;
const BUDGET_TOKENS = 30_000;
const LONGEST_TEXT = 1_000;

/**
 * Draws observations from the older turns of a scope that none was drawn from yet, oldest first, a batch at a time. Turns stay as they
 * are. Each record names its sources, so that it goes with them. Two runs at a time may draw the same line twice.
 */
export async function observeTurns(
  vault: ObservedVault,
  options: ObserveOptions,
  pause: () => Promise<void>,
): Promise<ObservationReport> {
  const { draw = drawByRule, signal } = options;
  signal?.throwIfAborted();
  const waiting = await unobserved(vault, options);
  const { batches, done } = inBatches(waiting, options);
  const stored: string[] = [];
  let through: number | null = null;
  let turns = 0;
  let refused = 0;
  for (const batch of batches) {
    await pause();
    signal?.throwIfAborted();
    const lines = await draw(batch, signal);
    signal?.throwIfAborted();
    const notes = notesOf(lines, batch);
    refused += lines.length - notes.length;
    if (notes.length > 0) stored.push(...(await vault.add(notes)).map(({ id }) => id));
    turns += batch.length;
    through = batch.at(-1)?.createdAt ?? through;
  }
  return { stored, turns, refused, through, done };
}

/** Turns behind the last one that was drawn from, oldest first, less the newest. */
async function unobserved(
  vault: ObservedVault,
  { since = 0, keepTokens = KEEP_TOKENS, signal }: ObserveOptions,
): Promise<readonly MemoryRecord[]> {
  const known = await all(vault, { kinds: ["derived"], tags: [OBSERVATION_TAG] }, signal);
  const used = new Set(known.flatMap(({ sources }) => sources));
  const from = known.reduce(
    (last, { metadata }) => Math.max(last, Number(metadata["through"] ?? 0)),
    since,
  );
  const newest = await all(vault, { kinds: ["turn"], from }, signal);
  let kept = 0;
  const first = newest.findIndex(({ text }) => (kept += estimateTokens(text)) > keepTokens);
  return first < 0
    ? []
    : newest
        .slice(first)
        .filter(({ id }) => !used.has(id))
        .toReversed();
}

async function all(
  vault: ObservedVault,
  filter: Parameters<ObservedVault["list"]>[0],
  signal: AbortSignal | undefined,
): Promise<readonly MemoryRecord[]> {
  const records: MemoryRecord[] = [];
  let cursor: string | null = null;
  do {
    signal?.throwIfAborted();
    const page: Awaited<ReturnType<ObservedVault["list"]>> = await vault.list(filter, {
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    records.push(...page.records);
    cursor = page.next;
  } while (cursor !== null);
  return records;
}

/** Whole batches only, as many as the budget has room for, and one at least. */
function inBatches(
  turns: readonly MemoryRecord[],
  { batchTokens = BATCH_TOKENS, budgetTokens = BUDGET_TOKENS }: ObserveOptions,
): { readonly batches: readonly (readonly MemoryRecord[])[]; readonly done: boolean } {
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

function notesOf(lines: readonly DrawnLine[], batch: readonly MemoryRecord[]): NewMemory[] {
  const turns = new Map(batch.map((turn) => [turn.id, turn]));
  const through = batch.at(-1)?.createdAt ?? 0;
  return lines.flatMap(({ text, priority = "medium", sources }): NewMemory[] => {
    const drawnFrom = sources.flatMap((id) => turns.get(id) ?? []);
    const last = drawnFrom.at(-1);
    if (last === undefined || typeof text !== "string" || !PRIORITIES.includes(priority)) return [];
    const said = text.replace(/\s+/gu, " ").trim().slice(0, LONGEST_TEXT);
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

import {
  OBSERVATION_TAG,
  type ObservationReport,
  type ObservedVault,
  type ObserveOptions,
} from "../domain/observation.ts";
import { inBatches, notesOf } from "./drawn-notes.ts";
import type { MemoryRecord } from "../domain/memory-record.ts";
import { estimateTokens } from "../text/tokens.ts";
import { drawByRule } from "./observations.ts";

const PAGE = 500;
const KEEP_TOKENS = 6_000;
const BATCH_TOKENS = 6_000;
const BUDGET_TOKENS = 30_000;

/**
 * Draws observations from the older turns of a scope that none was drawn from yet, oldest first, a batch at a time. Turns stay as they
 * are. Each record names its sources, so that it goes with them. Two runs at a time may draw the same line twice.
 */
export async function observeTurns(
  vault: ObservedVault,
  options: ObserveOptions,
  pause: () => Promise<void>,
): Promise<ObservationReport> {
  const { draw = drawByRule, signal, batchTokens = BATCH_TOKENS } = options;
  signal?.throwIfAborted();
  const waiting = await unobserved(vault, options);
  const { budgetTokens = BUDGET_TOKENS } = options;
  const { batches, done } = inBatches(waiting, { batchTokens, budgetTokens });
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

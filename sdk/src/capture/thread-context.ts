import type { Turn } from "../domain/chat.ts";
import type { RecalledMemory } from "../domain/recall.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import { quoted } from "../text/fence.ts";
import { observationBlock } from "../text/observation-block.ts";
import { estimateTokens } from "../text/tokens.ts";
import type { Vault } from "../vault/vault.ts";
import { after, readObserved, type ThreadCut } from "./observed-thread.ts";
import { historyOf, nodesBefore } from "./thread-history.ts";
import type { ThreadPlace } from "./threads.ts";

/** What a client that sends its new turns only is given of its thread. */
export interface ThreadContext {
  /** What was said, oldest first. */
  readonly history: readonly Turn[];
  /** What stands for the turns before that; empty where nothing does. */
  readonly observations: string;
  /** Of the observations. */
  readonly tokens: number;
  readonly memories: readonly RecalledMemory[];
}

export interface ContextWish {
  readonly historyTokens: number;
  /** The most that observations may take; 0: none are wanted. */
  readonly observationTokens: number;
  /** The caller's own tokenizer. */
  readonly countTokens: ((texts: readonly string[]) => Promise<readonly number[]>) | undefined;
  readonly now: number;
}

/** The shortest line of an observation costs about this many tokens: no more are read than could stand. */
const SHORTEST_LINE = 8;

/**
 * The thread before a call's own turns: the last turns as they were said, and the observations of those that were cut off in front of
 * them. Both change only where the cut moves, and that happens between two turns.
 */
export async function contextBefore(
  vault: Pick<Vault, "threadNodes" | "get" | "meta">,
  place: ThreadPlace,
  wish: ContextWish,
): Promise<ThreadContext> {
  const earlier = await nodesBefore(vault, place);
  const { cut } =
    wish.observationTokens > 0 && earlier.length > 0
      ? await readObserved(vault, place.threadId, earlier)
      : { cut: null };
  if (cut === null)
    return {
      history: await historyOf(vault, earlier, wish.historyTokens),
      observations: "",
      tokens: 0,
      memories: [],
    };
  const [history, observed] = await Promise.all([
    historyOf(vault, after(earlier, cut), wish.historyTokens),
    observationsOf(vault, cut, wish),
  ]);
  return { history, ...observed };
}

async function observationsOf(
  vault: Pick<Vault, "get">,
  { ids, fenceId }: ThreadCut,
  { observationTokens, countTokens, now }: ContextWish,
): Promise<Omit<ThreadContext, "history">> {
  const most = Math.ceil(observationTokens / SHORTEST_LINE);
  const records = (await vault.get(ids.slice(0, most))).filter(
    (row): row is StoredRecord =>
      row !== null && (row.expiresAt === undefined || row.expiresAt > now),
  );
  const count = async (text: string): Promise<number> =>
    text === "" ? 0 : ((await countTokens?.([text]))?.[0] ?? estimateTokens(text));
  let budgetTokens = observationTokens;
  let observations = observationBlock(records, { budgetTokens, fenceId });
  let tokens = await count(observations);
  // The block goes by the built-in estimate; a caller's own tokenizer may count more.
  while (tokens > observationTokens) {
    budgetTokens = Math.floor(budgetTokens * Math.min(0.9, observationTokens / tokens));
    observations = observationBlock(records, { budgetTokens, fenceId });
    tokens = await count(observations);
  }
  return {
    observations,
    tokens,
    memories: records.filter(({ text }) => observations.includes(`- ${quoted(text)}`)).map(shown),
  };
}

function shown({ id, text, createdAt, scope }: StoredRecord): RecalledMemory {
  return {
    id,
    text,
    createdAt,
    scope,
    score: 1,
    signals: {
      words: 0,
      letters: 0,
      meaning: 0,
      context: 0,
      speaker: 1,
      time: 1,
      cue: 0,
      pinned: 0,
    },
    why: "an observation of earlier turns of this thread, which no longer stand in the prompt",
    sources: [],
    part: "observations",
  };
}

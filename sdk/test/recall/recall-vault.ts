import type { Turn } from "../../src/domain/chat.ts";
import type { RecordDraft } from "../../src/domain/stored-record.ts";
import { createIndexStore, draftOf } from "../../src/engine/index-fixtures.ts";
import { createDocumentIndex } from "../../src/engine/packed-index.ts";
import { requestReader } from "../../src/facts/request-reader.ts";
import type { Stems } from "../../src/text/stems.ts";
import { createRecallService } from "../../src/recall/recall.ts";
import type { RecallOutcome } from "../../src/recall/recall-service.ts";

/** When everything is asked. */
export const NOW = Date.UTC(2026, 8, 14);
export const DAY = 86_400_000;

/** A turn of the user: its text, and what is to differ from a turn of its own on a day of its own. */
export interface Said extends Partial<RecordDraft> {
  readonly text: string;
}

/**
 * The real index and recall over these turns, in memory; the answer asks what a conversation's last turn asks. Without `loadStems` no
 * language but English is stemmed.
 */
export function recallOver(
  said: readonly Said[],
  loadStems?: () => Promise<Stems>,
): (turns: readonly Turn[], budgetTokens?: number) => Promise<RecallOutcome> {
  const store = createIndexStore();
  const index = createDocumentIndex({
    vault: store as never,
    lock: (work) => work(),
    newId: () => String(store.segments.length),
    ...(loadStems ? { loadStems } : {}),
  });
  const filled = index.ready(said.map(({ text }) => text)).then(() =>
    said.forEach((parts, at) => {
      const draft = draftOf(`said-${at}`, parts.text, {
        createdAt: NOW - (at + 2) * DAY,
        ...parts,
      });
      index.add([store.put(draft, index.entryOf(draft))]);
    }),
  );
  const service = createRecallService({
    index,
    vault: store,
    clock: () => 0,
    loadRequestReader: () => Promise.resolve(requestReader),
    ...(loadStems ? { loadStems } : {}),
  });
  return async (turns, budgetTokens = 1_000) => {
    await filled;
    return service.recall({
      turns,
      scope: {},
      strategy: "query",
      budgetTokens,
      now: NOW,
      frozenProfile: null,
      fenceId: "9f3a01",
    });
  };
}

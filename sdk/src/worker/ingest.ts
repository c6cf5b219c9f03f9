import type { IngestReport } from "../domain/ingest.ts";
import { toMemoryRecord } from "../domain/stored-record.ts";
import type { MemoryRecord, NewMemory } from "../domain/memory-record.ts";
import type { Scope } from "../domain/scope.ts";
import type { ThreadFinder, ThreadPlace } from "../capture/threads.ts";
import type { TurnStore } from "../capture/turn-store.ts";
import type { IngestRequest, IngestTurn } from "./host-api.ts";

/** Storage without a model call. */
export interface Ingest {
  turns(request: IngestRequest, checkpoint: () => void): Promise<IngestReport>;
  notes(notes: readonly NewMemory[], scope: Scope, now: number): Promise<readonly MemoryRecord[]>;
}

export interface IngestDeps {
  readonly threads: ThreadFinder;
  readonly store: TurnStore;
  readonly onStored: (ids: readonly string[]) => void;
}

/** Turns of one transaction: large enough that its fixed cost does not show, small enough that a cancel is quick. */
const BATCH = 250;

export function createIngest({ threads, store, onStored }: IngestDeps): Ingest {
  return {
    async turns(request, checkpoint) {
      const turns = request.turns.map((item) => item.turn);
      if (turns.length === 0)
        return {
          threadId: null,
          stored: [],
          skipped: [],
          duplicates: 0,
          superseded: 0,
          secrets: 0,
        };
      let place: ThreadPlace = await threads.find(turns, request.scope);
      const skipped: { index: number; reason: "known" | "own-block" }[] = request.turns
        .slice(0, place.known)
        .map(({ index }) => ({ index, reason: "known" }));
      const fresh = request.turns.slice(place.known);
      const stored: string[] = [];
      const sums = { duplicates: 0, superseded: 0, secrets: 0 };
      const batches = batchesOf(fresh, request);
      let reading = batches[0] ? store.readTurns(batches[0]) : null;
      for (const [i, batch] of batches.entries()) {
        checkpoint();
        const read = (await reading)!;
        const storing = store.storeTurns({ ...batch, place, read });
        // The next batch is read while the database writes this one.
        const next = batches[i + 1];
        reading = next ? store.readTurns(next) : null;
        reading?.catch(() => undefined);
        const done = await storing;
        place = done.place;
        sums.duplicates += done.duplicates;
        sums.superseded += done.superseded;
        sums.secrets += done.secrets;
        const ids = done.rows.flatMap((row) => (row ? [row.id] : []));
        done.rows.forEach((row, at) => {
          if (!row) skipped.push({ index: batch.indexes[at]!, reason: "own-block" });
        });
        stored.push(...ids);
        if (ids.length > 0) onStored(ids);
      }
      return { threadId: place.thread, stored, skipped, ...sums };
    },

    async notes(notes, scope, now) {
      const rows = await store.storeNotes(notes, scope, now, "refuse");
      if (rows.length > 0) onStored(rows.map((row) => row.id));
      return rows.map(toMemoryRecord);
    },
  };
}

function batchesOf(
  items: readonly IngestTurn[],
  { scope, now, origin }: IngestRequest,
): (Parameters<TurnStore["readTurns"]>[0] & { readonly indexes: readonly number[] })[] {
  const batches = [];
  for (let start = 0; start < items.length; start += BATCH) {
    const batch = items.slice(start, start + BATCH);
    batches.push({
      turns: batch.map((item) => item.turn),
      indexes: batch.map((item) => item.index),
      scope,
      // Turns without a time are a millisecond apart, over all batches: an earlier batch was said earlier.
      now: now - (items.length - start - batch.length),
      ...(origin ? { origin } : {}),
    });
  }
  return batches;
}

import { signal, type ReadonlySignal } from "@preact/signals";
import type { Memory } from "@alcove/sdk";
import { explain } from "./explain.ts";
import type { Notices } from "./notices.ts";
import type { PlainStorage } from "./safe-storage.ts";

/** Forgetting cannot be undone, so an undo is a delay before it runs. */
export const UNDO_MS = 6000;

const ITEM = "alcove-demo.forgetting";

export interface ForgetQueue {
  /** Hidden from every list: about to be forgotten. */
  readonly waiting: ReadonlySignal<ReadonlySet<string>>;
  schedule(ids: readonly string[], options?: { readonly related?: boolean }): void;
  /** Forgets what an earlier page promised to forget and did not live to. */
  finishEarlier(): Promise<void>;
}

/** Ids only, never text: kept until the forgetting is done, because the page may be closed during the delay. */
interface Job {
  readonly ids: readonly string[];
  readonly related: boolean;
  /** Epoch milliseconds. */
  readonly due: number;
}

export function createForgetQueue(
  memory: Memory,
  notices: Notices,
  storage: PlainStorage,
): ForgetQueue {
  const waiting = signal<ReadonlySet<string>>(new Set());

  const release = (ids: readonly string[]): void => {
    const rest = new Set(waiting.value);
    for (const id of ids) rest.delete(id);
    waiting.value = rest;
  };
  const settle = (job: Job): void =>
    writeJobs(
      storage,
      readJobs(storage).filter((other) => other.ids[0] !== job.ids[0]),
    );
  const forget = async (job: Job): Promise<void> => {
    try {
      const report = await memory.forget({ ids: job.ids }, { related: job.related });
      const more = report.forgotten.length - job.ids.length;
      notices.announce(
        more > 0 ? `Forgotten, with ${more} more that held the same.` : "Forgotten.",
      );
    } catch (error) {
      notices.tell(`Not forgotten: ${explain(error).text}`, { tone: "problem" });
    } finally {
      settle(job);
      release(job.ids);
    }
  };

  return {
    waiting,
    schedule(ids, { related = false } = {}) {
      const fresh = ids.filter((id) => !waiting.value.has(id));
      if (fresh.length === 0) return;
      const job: Job = { ids: fresh, related, due: Date.now() + UNDO_MS };
      waiting.value = new Set([...waiting.value, ...fresh]);
      writeJobs(storage, [...readJobs(storage), job]);
      notices.tell(
        fresh.length === 1 ? "Forgetting 1 memory" : `Forgetting ${fresh.length} memories`,
        {
          lasts: UNDO_MS,
          action: {
            label: "Undo",
            run: () => {
              settle(job);
              release(fresh);
              notices.announce("Kept.");
            },
          },
          onExpire: () => void forget(job),
        },
      );
    },
    async finishEarlier() {
      for (const job of readJobs(storage)) {
        // One that is not due yet belongs to another open tab, or to a page closed seconds ago.
        const delay = Math.max(0, job.due - Date.now());
        waiting.value = new Set([...waiting.value, ...job.ids]);
        await new Promise((resolve) => setTimeout(resolve, delay));
        if (readJobs(storage).some((other) => other.ids[0] === job.ids[0])) await forget(job);
        else release(job.ids);
      }
    },
  };
}

function readJobs(storage: PlainStorage): readonly Job[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(ITEM) ?? "[]");
    return Array.isArray(value) ? value.filter(isJob) : [];
  } catch {
    return [];
  }
}

function isJob(value: unknown): value is Job {
  if (typeof value !== "object" || value === null || !("ids" in value) || !("due" in value))
    return false;
  return (
    Array.isArray(value.ids) &&
    value.ids.length > 0 &&
    value.ids.every((id) => typeof id === "string") &&
    typeof value.due === "number"
  );
}

function writeJobs(storage: PlainStorage, jobs: readonly Job[]): void {
  try {
    if (jobs.length === 0) storage.removeItem(ITEM);
    else storage.setItem(ITEM, JSON.stringify(jobs));
  } catch {
    // Without storage a page closed during the delay keeps the memory; the list shows it again.
  }
}

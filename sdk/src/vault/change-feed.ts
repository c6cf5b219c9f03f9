import type { JournalRow } from "./schema.ts";
import type { VaultChange } from "./vault.ts";

/** The part of `BroadcastChannel` that is used. */
export interface VaultChannel {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  close(): void;
}

export interface ChangeFeedDeps {
  /** This vault object, as it signs its journal rows. */
  readonly self: string;
  /** The last journal number at opening. */
  readonly from: number;
  /** Absent where a browser has none: then other tabs' changes are noticed at the next own write. */
  readonly channel: VaultChannel | null;
  readonly readJournal: (after: number) => Promise<readonly JournalRow[]>;
  /** What can still be said where the journal has been trimmed past `from`. */
  readonly readMissed: () => Promise<readonly number[]>;
}

/**
 * Tells every change of a vault once and in order, own ones and those of other tabs. The journal is the truth; a message on the
 * channel only says that there is something to read, so a lost one costs time and nothing else.
 */
export interface ChangeFeed {
  onChange(listener: (change: VaultChange) => void): () => void;
  /** Tells an own change, after those of others that came before it. */
  announce(row: JournalRow): Promise<void>;
  /** Is silent at once; resolves when nothing is being read any more. */
  close(): Promise<void>;
}

export function createChangeFeed(deps: ChangeFeedDeps): ChangeFeed {
  const { self, channel } = deps;
  const listeners = new Set<(change: VaultChange) => void>();
  let seen = deps.from;
  let known = deps.from;
  let reading: Promise<void> | null = null;
  let closed = false;

  channel?.addEventListener("message", ({ data }) => {
    const n = journalNumber(data);
    if (n === null || n <= seen) return;
    void catchUp(n);
  });

  return {
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async announce(row) {
      if (closed) return;
      channel?.postMessage({ n: row.n });
      if (!reading && row.n === seen + 1) tell(row);
      else await catchUp(row.n);
    },
    async close() {
      closed = true;
      listeners.clear();
      channel?.close();
      await reading;
    },
  };

  function catchUp(n: number): Promise<void> {
    known = Math.max(known, n);
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  }

  /** Never rejects: a vault that closes while the journal is read has other ways to say so. */
  async function read(): Promise<void> {
    try {
      while (seen < known) {
        const rows = await deps.readJournal(seen);
        const [first] = rows;
        const last = rows.at(-1);
        if (!first || !last) return;
        if (first.n > seen + 1) {
          const added = await deps.readMissed();
          seen = last.n;
          emit({
            own: false,
            added,
            removed: [],
            marked: [],
            segments: true,
            ids: [],
            missed: true,
          });
          continue;
        }
        for (const row of rows) tell(row);
      }
    } catch {
      known = seen;
    }
  }

  function tell(row: JournalRow): void {
    const { n, by, weight: _, ...change } = row;
    if (n <= seen) return;
    seen = n;
    emit({ own: by === self, ...change });
  }

  function emit(change: VaultChange): void {
    if (closed) return;
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        // A listener's fault is its owner's: it must reach neither the writer nor the other listeners.
        queueMicrotask(() => reportError(error));
      }
    }
  }
}

function journalNumber(message: unknown): number | null {
  const n = typeof message === "object" && message !== null ? (message as { n?: unknown }).n : null;
  return typeof n === "number" && Number.isSafeInteger(n) ? n : null;
}

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Memory, SyncCopy, SyncStatus } from "@alcove/sdk";
import { UNDO_MS } from "./forget-queue.ts";
import type { Notices } from "./notices.ts";

/** Copies of memories that left the vault, which this device keeps until somebody decides about them. */
export interface Copies {
  /** Without those that are about to be let go. */
  readonly list: ReadonlySignal<readonly SyncCopy[]>;
  /** Why they could not be read; `null` where they could. */
  readonly problem: ReadonlySignal<unknown>;
  /** Makes a new memory of it. */
  keep(copy: SyncCopy): Promise<void>;
  /** What is let go cannot be brought back, so an undo is a delay before it happens. A page that is closed meanwhile keeps it. */
  letGo(copy: SyncCopy): void;
}

export function createCopies(
  memory: Pick<Memory, "sync" | "on" | "with">,
  notices: Notices,
): Copies {
  const all = signal<readonly SyncCopy[]>([]);
  const leaving = signal<ReadonlySet<string>>(new Set());
  const problem = signal<unknown>(null);
  let state: SyncStatus["state"] = "off";
  let isReading = false;
  let isStale = false;
  const stay = (id: string): void => {
    leaving.value = new Set([...leaving.value].filter((other) => other !== id));
  };
  memory.on("sync", (told) => {
    ({ state } = told);
    // Another problem may stand before the one that tells of copies. Where there is none, there are no copies.
    if (state !== "syncing" && (told.problem !== null || all.value.length > 0)) void read();
  });
  memory.on("forgotten", () => {
    if (all.value.length > 0) void read();
  });
  return {
    list: computed(() => all.value.filter(({ id }) => !leaving.value.has(id))),
    problem,
    async keep(copy) {
      const tags = copy.tags.filter((tag) => !tag.startsWith("slot:"));
      await memory.with(copy.scope).add({ text: copy.text, tags, origin: "user" });
      await memory.sync.discard([copy.id]);
      await read();
      notices.tell("Kept as a new memory. It goes to your devices again.");
    },
    letGo(copy) {
      leaving.value = new Set([...leaving.value, copy.id]);
      const action = {
        label: "Undo",
        run: () => {
          stay(copy.id);
          notices.announce("It stays.");
        },
      };
      notices.tell("Letting 1 copy go", {
        lasts: UNDO_MS,
        action,
        onExpire: () => void discard(copy.id),
      });
    },
  };

  async function discard(id: string): Promise<void> {
    try {
      await memory.sync.discard([id]);
      await read();
      notices.announce("Let go.");
    } catch (error) {
      problem.value = error;
    }
    stay(id);
  }

  async function read(): Promise<void> {
    isStale = true;
    if (isReading) return;
    isReading = true;
    while (isStale) {
      isStale = false;
      try {
        all.value = state === "off" || state === "unavailable" ? [] : await memory.sync.copies();
        problem.value = null;
      } catch (error) {
        // Where none were known, why sync does not answer is told by its own state.
        problem.value = all.value.length > 0 ? error : null;
      }
    }
    isReading = false;
  }
}

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { SyncCopy } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";
import { formatDay } from "./words.ts";

const REASONS: Readonly<Record<SyncCopy["reason"], string>> = {
  forgotten: "Edited here, and forgotten on another device meanwhile",
  "removed-device": "Written by a device after it was removed",
};

/** Copies of memories that left the vault: each is kept as a new memory, or let go. `stamp` changes when they must be read again. */
export function SyncCopies({ stamp }: { readonly stamp: number }): JSX.Element {
  const { memory, notices } = useApp();
  const [copies, setCopies] = useState<readonly SyncCopy[] | null>(null);
  const task = useTask();
  const read = async (): Promise<void> => setCopies(await memory.sync.copies());
  useEffect(() => void task.run(read), [stamp]);
  const keep = (copy: SyncCopy): Promise<boolean> =>
    task.run(async () => {
      const tags = copy.tags.filter((tag) => !tag.startsWith("slot:"));
      await memory.add({ text: copy.text, tags, origin: "user" });
      await memory.sync.discard([copy.id]);
      await read();
      notices.tell("Kept as a new memory. It goes to your devices again.");
    });
  const letGo = (copy: SyncCopy): Promise<boolean> =>
    task.run(async () => {
      await memory.sync.discard([copy.id]);
      await read();
      notices.announce("Let go.");
    });
  return (
    <>
      <p>They are on this device only, in no list, and are not recalled.</p>
      <SyncProblem error={task.error} />
      <ul class="sync-notice-list">
        {copies?.map((copy) => (
          <li key={copy.id}>
            <p class="said">{copy.text}</p>
            <p class="muted small">
              {REASONS[copy.reason]}, {formatDay(copy.updatedAt)}
            </p>
            <p class="row small">
              <button
                type="button"
                class="link"
                aria-label={`Keep as a new memory: ${copy.text}`}
                disabled={task.busy}
                onClick={() => void keep(copy)}
              >
                Keep as a new memory
              </button>
              <button
                type="button"
                class="link"
                aria-label={`Let it go: ${copy.text}`}
                disabled={task.busy}
                onClick={() => void letGo(copy)}
              >
                Let it go
              </button>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";

/** Changes the keys of the vault, and seals everything anew where that is wanted. */
export function SyncKeys(): JSX.Element {
  const { memory, notices } = useApp();
  const [anew, setAnew] = useState(false);
  const task = useTask();
  const rotate = async (): Promise<void> => {
    if (await task.run(() => memory.sync.rotate({ reencrypt: anew })))
      notices.tell(anew ? "Everything was sealed anew." : "The keys were changed.");
  };
  return (
    <div class="form">
      <p>They change by themselves when a device is removed. Your recovery words stay the same.</p>
      <label class="check">
        <input
          type="checkbox"
          checked={anew}
          onChange={(event) => setAnew(event.currentTarget.checked)}
        />
        <span>
          Seal everything anew and let the old keys go
          <span class="check-hint">
            What somebody copied from the server before, forgotten memories among it, can then be
            read by nobody who did not keep an old key. Takes longer.
          </span>
        </span>
      </label>
      <SyncProblem error={task.error} />
      <div class="row">
        <button type="button" class="button" disabled={task.busy} onClick={() => void rotate()}>
          {task.busy ? "Changing them…" : "Change the keys"}
        </button>
      </div>
    </div>
  );
}

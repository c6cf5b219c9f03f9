import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";

/** Takes part by the recovery words. */
export function SyncJoin(): JSX.Element {
  const { memory, devices, notices } = useApp();
  const [phrase, setPhrase] = useState("");
  const task = useTask();
  const join = async (): Promise<void> => {
    const url = devices.server.value.trim();
    if (await task.run(() => memory.sync.join({ url, phrase })))
      notices.tell("This device shares the vault now.");
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void join();
      }}
    >
      <label class="field">
        <span>Recovery words</span>
        <textarea
          rows={3}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
          aria-describedby="phrase-hint"
          value={phrase}
          onInput={(event) => setPhrase(event.currentTarget.value)}
        />
        <span id="phrase-hint" class="muted small">
          All of them in their order, with spaces between. They are used on this device and never
          sent. What this device remembers already is merged in.
        </span>
      </label>
      <SyncProblem error={task.error} />
      <div class="row">
        <button type="submit" class="button button-primary" disabled={task.busy}>
          {task.busy ? "Joining…" : "Join with the words"}
        </button>
      </div>
    </form>
  );
}

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { Dialog } from "./dialog.tsx";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";
import { count } from "./words.ts";

/** Stops sharing: on this device, or everywhere. */
export function SyncEnd(): JSX.Element {
  const { memory, notices, devices, copies } = useApp();
  const [asking, setAsking] = useState(false);
  const [everywhere, setEverywhere] = useState(false);
  const task = useTask();
  // Who is no member any more cannot delete anything.
  const isMember = devices.status.value.problem?.code !== "sync/removed";
  const end = async (): Promise<void> => {
    if (!(await task.run(() => memory.sync.disable({ destroyRemote: isMember && everywhere }))))
      return;
    setAsking(false);
    notices.tell("Sync is off. Your memories are still here.");
  };
  return (
    <>
      <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
        Turn sync off…
      </button>
      {asking && (
        <Dialog title="Turn sync off?" onClose={() => setAsking(false)}>
          <p>
            The memories on this device stay. Its keys are deleted; changes that were not sent yet
            stay here only. To take part again it has to be linked again.
          </p>
          {copies.list.value.length > 0 && (
            <p>
              {count(copies.list.value.length, "copy", "copies")} that you have not decided about{" "}
              {copies.list.value.length === 1 ? "goes" : "go"} with the keys: keep what you want
              first.
            </p>
          )}
          {isMember && (
            <label class="check">
              <input
                type="checkbox"
                checked={everywhere}
                onChange={(event) => setEverywhere(event.currentTarget.checked)}
              />
              <span>
                Delete the vault at the server too
                <span class="check-hint">
                  For all devices: they keep what they have, and nothing travels between them any
                  more. The recovery words open nothing after that. Backups that somebody made of
                  the server hold sealed data for as long as they exist.
                </span>
              </span>
            </label>
          )}
          <SyncProblem error={task.error} />
          <div class="row row-end">
            <button type="button" class="button" onClick={() => setAsking(false)}>
              Keep it on
            </button>
            <button
              type="button"
              class="button button-danger"
              disabled={task.busy}
              onClick={() => void end()}
            >
              {everywhere && isMember ? "Turn off and delete" : "Turn off"}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

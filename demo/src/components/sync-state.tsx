import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { SyncStatus } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { canReseed, syncRemedy } from "../state/sync-remedy.ts";
import { Dialog } from "./dialog.tsx";
import { isNotice, SyncNotice } from "./sync-notice.tsx";
import { SyncProgress } from "./sync-progress.tsx";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";
import { count, formatMoment } from "./words.ts";

/** How sync stands, and what can be done about it. */
export function SyncState(): JSX.Element {
  const { memory, devices } = useApp();
  const status = devices.status.value;
  const [filling, setFilling] = useState(false);
  const task = useTask();
  const { state, problem, progress } = status;
  const notice = problem !== null && state !== "stopped" && isNotice(problem) ? problem : null;
  return (
    <div class="panel" data-sync={state}>
      <p class="verdict" data-good={state !== "stopped"}>
        {TITLES[state]}
      </p>
      {progress === null ? (
        <p class="muted">{sentence(status)}</p>
      ) : (
        <SyncProgress progress={progress} />
      )}
      <Spoken state={state} />
      {notice !== null && <SyncNotice problem={notice} />}
      {problem !== null && notice === null && state !== "offline" && (
        <div class="problem-line">
          <p>{problem.message}</p>
          <p class="small">
            {problem.retryable ? "It is tried again by itself." : (syncRemedy(problem.code) ?? "")}
          </p>
        </div>
      )}
      <SyncProblem error={task.error} />
      {problem?.code !== "sync/removed" && (
        <div class="row">
          <button
            type="button"
            class="button"
            disabled={task.busy}
            onClick={() => void task.run(() => memory.sync.now())}
          >
            {task.busy ? "Syncing…" : "Sync now"}
          </button>
          {problem !== null && canReseed(problem.code) && (
            <button type="button" class="button" onClick={() => setFilling(true)}>
              Fill the server anew…
            </button>
          )}
        </div>
      )}
      {filling && (
        <Dialog title="Fill the server anew?" onClose={() => setFilling(false)}>
          <p>
            The server gets everything again from this device. What other devices have sent and this
            one has not seen comes back from them when they are online; if they are lost, it is
            lost.
          </p>
          <div class="row row-end">
            <button type="button" class="button" onClick={() => setFilling(false)}>
              Not now
            </button>
            <button
              type="button"
              class="button button-primary"
              onClick={() => {
                setFilling(false);
                void task.run(() => memory.sync.reseed());
              }}
            >
              Fill it
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

type State = SyncStatus["state"];

const TITLES: Readonly<Record<State, string>> = {
  unavailable: "Not to be had here",
  off: "Off",
  idle: "On",
  syncing: "Syncing",
  offline: "Waiting for the server",
  stopped: "Stopped",
};

/** Every exchange goes through `syncing`; only where it ended up is worth saying. */
function Spoken({ state }: { readonly state: State }): JSX.Element {
  const settled = useRef<State | null>(null);
  if (state !== "syncing") settled.current = state;
  return (
    <p class="visually-hidden" role="status">
      {settled.current === null ? "" : `Sync: ${TITLES[settled.current]}`}
    </p>
  );
}

function sentence({ state, pending, lastSyncedAt }: SyncStatus): string {
  const waiting =
    pending === null || pending === 0
      ? "Nothing waits to be sent."
      : `${count(pending, "change")} ${pending === 1 ? "waits" : "wait"} to be sent${state === "offline" ? "; that happens by itself when the server answers again" : ""}.`;
  const last =
    lastSyncedAt === null ? "Never synced yet." : `Last synced: ${formatMoment(lastSyncedAt)}.`;
  return `${waiting} ${last}`;
}

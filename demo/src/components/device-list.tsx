import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { SyncDevice } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { nameOf } from "./device-name.ts";
import { Dialog } from "./dialog.tsx";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";
import { formatDay } from "./words.ts";

/** The devices of the vault: give them names, remove them. */
export function DeviceList(): JSX.Element {
  const { devices } = useApp();
  const { lastSyncedAt, state } = devices.status.value;
  const [renaming, setRenaming] = useState<SyncDevice | null>(null);
  const [removing, setRemoving] = useState<SyncDevice | null>(null);
  useEffect(() => {
    if (state !== "stopped") void devices.refresh();
  }, [lastSyncedAt, state === "stopped"]);
  const list = devices.list.value;
  return (
    <>
      {devices.listProblem.value !== null && state !== "stopped" && (
        <p class="problem-line">{devices.listProblem.value}</p>
      )}
      {list === null && devices.listProblem.value === null && state !== "stopped" && (
        <p class="muted">Asking the server who takes part…</p>
      )}
      {list !== null && (
        <ul class="devices">
          {list.map((device) => (
            <li key={device.id} data-removed={device.removed}>
              <div>
                <p class="device-name">
                  {nameOf(device)} {device.isThis && <span class="tag">this device</span>}{" "}
                  {device.removed && <span class="tag">removed</span>}
                </p>
                <p class="muted small">
                  {device.lastSeenAt === null
                    ? "Not seen yet"
                    : `Last seen by the server: ${formatDay(device.lastSeenAt)}`}
                </p>
              </div>
              {!device.removed && (
                <div class="row">
                  <button
                    type="button"
                    class="link"
                    aria-label={`Rename ${nameOf(device)}`}
                    onClick={() => setRenaming(device)}
                  >
                    Rename
                  </button>
                  {!device.isThis && (
                    <button
                      type="button"
                      class="link"
                      aria-label={`Remove ${nameOf(device)}`}
                      onClick={() => setRemoving(device)}
                    >
                      Remove
                    </button>
                  )}
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {renaming !== null && <Rename device={renaming} onClose={() => setRenaming(null)} />}
      {removing !== null && <Remove device={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

interface DialogProps {
  readonly device: SyncDevice;
  readonly onClose: () => void;
}

function Rename({ device, onClose }: DialogProps): JSX.Element {
  const { memory, devices } = useApp();
  const [name, setName] = useState(device.name ?? "");
  const task = useTask();
  const rename = async (): Promise<void> => {
    const done = await task.run(async () => {
      await memory.sync.rename(device.id, name);
      await devices.refresh();
    });
    if (done) onClose();
  };
  return (
    <Dialog title="Rename the device" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void rename();
        }}
      >
        <label class="field">
          <span>Name</span>
          <input
            type="text"
            autocomplete="off"
            maxLength={60}
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <p class="muted small">Only your devices can read it; the server cannot.</p>
        <SyncProblem error={task.error} />
        <div class="row row-end">
          <button type="submit" class="button button-primary" disabled={task.busy}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Remove({ device, onClose }: DialogProps): JSX.Element {
  const { memory, devices, notices } = useApp();
  const task = useTask();
  const remove = async (): Promise<void> => {
    const done = await task.run(async () => {
      await memory.sync.revoke(device.id);
      await devices.refresh();
    });
    if (!done) return;
    notices.tell(`${nameOf(device)} was removed. The keys were changed.`);
    onClose();
  };
  return (
    <Dialog title={`Remove ${nameOf(device)}?`} onClose={onClose}>
      <p>
        It gets nothing new from now on: the keys are changed at once. What it has, it keeps: nobody
        can reach into a device that is gone and delete its memories, or copies that were made of
        them.
      </p>
      <p>
        Whoever has it while it is unlocked can still read all that it remembered. The recovery
        words stay good: if they were stored on it, share a new vault with new words instead.
      </p>
      <SyncProblem error={task.error} />
      <div class="row row-end">
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          class="button button-danger"
          disabled={task.busy}
          onClick={() => void remove()}
        >
          {task.busy ? "Removing…" : "Remove it"}
        </button>
      </div>
    </Dialog>
  );
}

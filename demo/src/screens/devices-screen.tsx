import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { DeviceList } from "../components/device-list.tsx";
import { LinkApprove } from "../components/link-approve.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { ServerLive } from "../components/server-live.tsx";
import { ServerView } from "../components/server-view.tsx";
import { SyncCopies } from "../components/sync-copies.tsx";
import { SyncEnd } from "../components/sync-end.tsx";
import { SyncKeys } from "../components/sync-keys.tsx";
import { SyncProblem } from "../components/sync-problem.tsx";
import { SyncStart } from "../components/sync-start.tsx";
import { SyncState } from "../components/sync-state.tsx";
import { useApp } from "../state/app-state.ts";
import { href } from "../state/router.ts";

/** One vault on all devices of a person. */
export function DevicesScreen(): JSX.Element {
  const { devices, health, memory, watch } = useApp();
  const { state, problem } = devices.status.value;
  const wasUsed = useRef(false);
  const isMember = devices.isOn.value && problem?.code !== "sync/removed";
  return (
    <div class="screen">
      <ScreenHead
        title="Devices"
        text="The same memories on all your devices, through a server that cannot read them."
      >
        <a class="button" href={href("two-devices")}>
          See two devices at work
        </a>
      </ScreenHead>
      {state === "unavailable" && (
        <section class="block">
          <SyncProblem error={problem} />
        </section>
      )}
      {state === "off" && (
        <section class="block" onFocusIn={() => (wasUsed.current = true)}>
          <h2>Sync is off</h2>
          {health.state.value === "opening" ? <p>Opening the vault…</p> : <SyncStart />}
        </section>
      )}
      {devices.isOn.value && <Shared fresh={wasUsed.current} />}
      {isMember && (
        <section class="block">
          <h2>What the server has right now</h2>
          <ServerLive watch={watch} memory={memory} device="this device" />
        </section>
      )}
      <section class="block">
        <h2>What the server sees</h2>
        <ServerView />
      </section>
      {devices.isOn.value && (
        <section class="block block-danger">
          <h2>Turn sync off</h2>
          <SyncEnd />
        </section>
      )}
    </div>
  );
}

function Shared({ fresh }: { readonly fresh: boolean }): JSX.Element {
  const { devices } = useApp();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // What one pressed is gone with the form: the focus, and with it the view, goes to what came of it.
    if (fresh) title.current?.focus();
  }, []);
  const { state, problem } = devices.status.value;
  const isMember = state !== "stopped" || problem?.code !== "sync/removed";
  return (
    <>
      <section class="block">
        <h2 ref={title} tabIndex={-1} class="step-head">
          Sync
        </h2>
        <SyncState />
        <p class="muted small">Server: {devices.server.value}</p>
      </section>
      <SyncCopies onEmpty={() => title.current?.focus()} />
      {isMember && (
        <>
          <section class="block">
            <h2>Your devices</h2>
            <DeviceList />
          </section>
          <section class="block">
            <h2>Add a device</h2>
            <LinkApprove />
          </section>
          <section class="block">
            <h2>Keys</h2>
            <SyncKeys />
          </section>
        </>
      )}
    </>
  );
}

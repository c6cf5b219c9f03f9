import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { Choices } from "./choice.tsx";
import { SyncCreate } from "./sync-create.tsx";
import { SyncJoin } from "./sync-join.tsx";
import { SyncLink } from "./sync-link.tsx";

type Way = "create" | "link" | "join";

/** The three ways to share a vault. */
export function SyncStart(): JSX.Element {
  const { devices } = useApp();
  const [way, setWay] = useState<Way>("create");
  return (
    <div class="stack">
      <label class="field">
        <span>Sync server</span>
        <input
          type="url"
          spellcheck={false}
          required
          aria-describedby="server-hint"
          value={devices.server.value}
          onChange={(event) => (devices.server.value = event.currentTarget.value)}
        />
        <span id="server-hint" class="muted small">
          Yours, or one of somebody you need not trust. All your devices use the same one.
        </span>
      </label>
      <Choices<Way>
        label="This device"
        value={way}
        onChange={setWay}
        options={[
          {
            value: "create",
            label: "is the first",
            hint: "Its memories are put on the server, sealed. You get recovery words.",
          },
          {
            value: "link",
            label: "joins another that I have here",
            hint: "By a code, with digits that you compare.",
          },
          {
            value: "join",
            label: "joins with the recovery words",
            hint: "When the other devices are lost or far away.",
          },
        ]}
      />
      {way === "create" && <SyncCreate />}
      {way === "link" && <SyncLink />}
      {way === "join" && <SyncJoin />}
    </div>
  );
}

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { VaultStats } from "@alcove/sdk";
import { DeleteEverything, Vaults } from "../components/delete-vault.tsx";
import { Persistence } from "../components/persistence.tsx";
import { RequestTable } from "../components/request-table.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { VaultFacts } from "../components/vault-facts.tsx";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { providerUrl } from "../state/provider.ts";
import { href } from "../state/router.ts";

/** Where memories are, what leaves the device, and how to get rid of all of it. */
export function StorageScreen(): JSX.Element {
  const { memory, settings, devices } = useApp();
  const [stats, setStats] = useState<VaultStats | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const read = (): void => {
    memory.stats().then(setStats, (error: unknown) => setProblem(explain(error).text));
  };
  useEffect(() => {
    read();
    return memory.on("changed", read);
  }, []);
  const url = providerUrl(settings);
  const nothing = devices.isOn.value ? "Apart from sync, nothing" : "Nothing";
  return (
    <div class="screen">
      <ScreenHead
        title="Storage & privacy"
        text="Where your memories are, and what ever leaves this device."
      />
      <section class="block">
        <h2>In this browser</h2>
        {problem !== null && <p class="problem-line">{problem}</p>}
        {stats !== null && (
          <>
            <VaultFacts stats={stats} />
            <Persistence persisted={stats.storage.persisted} onChange={read} />
          </>
        )}
      </section>
      <section class="block">
        <h2>What leaves this device</h2>
        <p>
          {settings.provider.value === "scripted"
            ? `${nothing}. The built-in demo model runs in a service worker of this page. With a provider of your own, your messages and the lines put beside them go to that provider and to nobody else.`
            : `Your messages and the lines put beside them go to ${URL.canParse(url) ? new URL(url).host : "the provider you set"}, with your own key, straight from this browser. ${nothing} goes anywhere else.`}
        </p>
        {devices.isOn.value && (
          <p>
            Sync is on: your memories go to {devices.server.value}, sealed so that only your devices
            can read them. <a href={href("devices")}>What that server sees</a>
          </p>
        )}
        <RequestTable />
      </section>
      <section class="block">
        <h2>What forgetting can and cannot do</h2>
        <p>
          A forgotten memory is gone from every place this page can read: the record, its versions,
          the index, exact copies and frozen profiles. The files in which the browser keeps its
          databases may hold the old bytes until the browser compacts them; no page can read or
          hurry that. What you sent to a provider earlier is in that provider’s hands.
        </p>
        {devices.isOn.value && (
          <p>
            Devices that share the vault forget it when they next sync. A device that was removed
            learns of nothing any more, and keeps what it had.
          </p>
        )}
        <p>
          The vault is not encrypted on disk. Whoever can unlock this device and this browser
          profile can read it.
        </p>
      </section>
      <section class="block">
        <h2>Vaults of this site</h2>
        <Vaults current={stats?.vault ?? "default"} />
      </section>
      <section class="block block-danger">
        <h2>Delete everything</h2>
        <p>Removes this vault from this device, with your key and your settings.</p>
        <DeleteEverything />
      </section>
    </div>
  );
}

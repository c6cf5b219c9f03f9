import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../components/dialog.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { ServerLive } from "../components/server-live.tsx";
import { TwinCard } from "../components/twin-card.tsx";
import { TwinStart } from "../components/twin-start.tsx";
import { TwinTour } from "../components/twin-tour.tsx";
import { useApp } from "../state/app-state.ts";
import { href } from "../state/router.ts";
import { safeStorage } from "../state/safe-storage.ts";
import { createTwins } from "../state/twins.ts";

/** Two real devices of one vault next to each other, each with a switch on its network. */
export function TwinsScreen(): JSX.Element {
  const { notices } = useApp();
  const [twins] = useState(() =>
    createTwins(
      notices,
      safeStorage(() => localStorage),
    ),
  );
  useEffect(() => {
    void twins.open();
    return () => void twins.close();
  }, []);
  const stage = twins.stage.value;
  const pair = twins.devices.value;
  // Both are followed from the beginning: what one of them kept to itself while it was off belongs to what there is to see.
  useEffect(() => {
    const stops = pair?.map(({ watch }) => watch.follow());
    return () => stops?.forEach((stop) => stop());
  }, [pair]);
  // Who is online tells more; both ask about the same vault.
  const asking = pair?.find(({ watch }) => watch.isPlugged.value) ?? pair?.[0];
  return (
    <div class="screen screen-wide">
      <p class="small">
        <a href={href("devices")}>Back to Devices</a>
      </p>
      <ScreenHead
        title="Two devices, side by side"
        text="Take them offline, change things on both, and watch them come together again."
      />
      {stage.at === "ready" && pair !== null ? (
        <>
          <TwinTour done={twins.done.value} />
          <div class="twins">
            {pair.map((device) => (
              <TwinCard key={device.name} twins={twins} device={device} />
            ))}
          </div>
          <p class="muted small twins-note">
            The switch cuts the fetch of that device’s worker: requests under way break, and none
            goes out until it is on again.
          </p>
          {asking !== undefined && (
            <section class="block">
              <h2>What the server has right now</h2>
              <ServerLive
                key={asking.name}
                watch={asking.watch}
                memory={asking.memory}
                device={`the ${asking.name.toLowerCase()}`}
              />
            </section>
          )}
          <section class="block block-danger">
            <h2>Take both away</h2>
            <TwinsEnd onEnd={() => void twins.end()} />
          </section>
        </>
      ) : (
        <TwinStart twins={twins} stage={stage} />
      )}
    </div>
  );
}

function TwinsEnd({ onEnd }: { readonly onEnd: () => void }): JSX.Element {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <p>Deletes both vaults from this browser, and theirs at the server. Yours is another one.</p>
      <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
        Take both away…
      </button>
      {asking && (
        <Dialog title="Take both devices away?" onClose={() => setAsking(false)}>
          <p>All memories on them are gone for good. You can set up two new ones at any time.</p>
          <div class="row row-end">
            <button type="button" class="button" onClick={() => setAsking(false)}>
              Keep them
            </button>
            <button type="button" class="button button-danger" onClick={onEnd}>
              Take them away
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

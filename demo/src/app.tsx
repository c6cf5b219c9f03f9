import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { lazyScreen } from "./components/lazy-screen.tsx";
import { Navigation, screenLabel } from "./components/navigation.tsx";
import { NoticeRegion } from "./components/notice-region.tsx";
import { VaultBanner } from "./components/vault-banner.tsx";
import { BenchmarkScreen } from "./screens/benchmark-screen.tsx";
import { ChatScreen } from "./screens/chat-screen.tsx";
import { DevicesScreen } from "./screens/devices-screen.tsx";
import { GatewaysScreen } from "./screens/gateways-screen.tsx";
import { MemoriesScreen } from "./screens/memories-screen.tsx";
import { SettingsScreen } from "./screens/settings-screen.tsx";
import { StorageScreen } from "./screens/storage-screen.tsx";
import { TransferScreen } from "./screens/transfer-screen.tsx";
import { useApp } from "./state/app-state.ts";
import type { Screen } from "./state/router.ts";

const SCREENS: Readonly<Record<Screen, () => JSX.Element>> = {
  chat: ChatScreen,
  memories: MemoriesScreen,
  transfer: TransferScreen,
  storage: StorageScreen,
  observations: lazyScreen(() =>
    import("./screens/observations-screen.tsx").then((module) => module.ObservationsScreen),
  ),
  devices: DevicesScreen,
  "two-devices": lazyScreen(() =>
    import("./screens/twins-screen.tsx").then((module) => module.TwinsScreen),
  ),
  gateways: GatewaysScreen,
  benchmark: BenchmarkScreen,
  settings: SettingsScreen,
};

/** The page around the screens. */
export function Page(): JSX.Element {
  const { router } = useApp();
  const main = useRef<HTMLElement>(null);
  const { screen } = router.route.value;
  const opened = useRef(screen);
  const Shown = SCREENS[screen];

  useEffect(() => {
    document.title = `${screenLabel(screen)} · Alcove`;
    if (opened.current === screen) return;
    opened.current = screen;
    if (main.current !== null) main.current.scrollTop = 0;
    // A dialog that a deep link opened has the focus already, and so has who was quicker than this.
    const at = document.activeElement;
    const isWithin = at !== main.current && main.current?.contains(at) === true;
    if (!isWithin && document.querySelector("dialog[open]") === null)
      // A screen that is still being fetched takes the focus over when it is there.
      (main.current?.querySelector<HTMLElement>("[data-screen-title]") ?? main.current)?.focus();
  }, [screen]);

  return (
    <div class="page">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Navigation />
      <main ref={main} tabIndex={-1} class="main">
        <VaultBanner />
        <Shown />
      </main>
      <NoticeRegion />
    </div>
  );
}

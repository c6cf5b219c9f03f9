import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { href, type Screen } from "../state/router.ts";
import { ConversationList } from "./conversation-list.tsx";
import { Icon } from "./icons.tsx";
import { Mark } from "./mark.tsx";
import { count } from "./words.ts";

const ITEMS: readonly {
  readonly screen: Exclude<Screen, "observations" | "two-devices">;
  readonly label: string;
  readonly short: string;
}[] = [
  { screen: "chat", label: "Chat", short: "Chat" },
  { screen: "memories", label: "Memories", short: "Memories" },
  { screen: "transfer", label: "Import & export", short: "Transfer" },
  { screen: "storage", label: "Storage & privacy", short: "Storage" },
  { screen: "devices", label: "Devices", short: "Devices" },
  { screen: "gateways", label: "Gateways", short: "Gateways" },
  { screen: "benchmark", label: "Benchmark", short: "Speed" },
  { screen: "settings", label: "Settings", short: "Settings" },
];

/** Screens that are reached from another one. */
const INNER: Partial<Readonly<Record<Screen, { readonly of: Screen; readonly label: string }>>> = {
  observations: { of: "memories", label: "Observations" },
  "two-devices": { of: "devices", label: "Two devices" },
};

export function screenLabel(screen: Screen): string {
  return INNER[screen]?.label ?? ITEMS.find((item) => item.screen === screen)?.label ?? "";
}

function currentOf(screen: Screen, item: Screen): "page" | "true" | undefined {
  if (screen === item) return "page";
  return INNER[screen]?.of === item ? "true" : undefined;
}

/** The way around: a column on wide pages, a bar at the bottom on phones. */
export function Navigation(): JSX.Element {
  const { router, health } = useApp();
  const records = health.records.value;
  const list = useRef<HTMLUListElement>(null);
  const { screen } = router.route.value;
  // On a phone the bar is wider than the page: where the person is has to be seen in it.
  useEffect(() => {
    list.current
      ?.querySelector("[aria-current]")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [screen]);
  return (
    <header class="side">
      <a class="brand" href={href("chat")}>
        <Mark />
        <span>Alcove</span>
      </a>
      <nav aria-label="Screens">
        <ul ref={list} class="nav">
          {ITEMS.map((item) => (
            <li key={item.screen}>
              <a href={href(item.screen)} aria-current={currentOf(screen, item.screen)}>
                <Icon name={item.screen} />
                <span class="nav-long">{item.label}</span>
                <span class="nav-short">{item.short}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <section class="side-chats" aria-label="Chats of this page">
        <h2>Chats</h2>
        <ConversationList />
      </section>
      <p class="side-foot" data-state={health.state.value}>
        {health.state.value === "opening" && "Opening the vault…"}
        {health.state.value === "down" && "No memory in this window"}
        {health.state.value === "ready" &&
          (records === null
            ? "On this device"
            : `${count(records, "memory", "memories")} on this device`)}
      </p>
    </header>
  );
}

import { signal, type ReadonlySignal } from "@preact/signals";

export const SCREENS = [
  "chat",
  "memories",
  "observations",
  "transfer",
  "storage",
  "devices",
  "two-devices",
  "gateways",
  "benchmark",
  "settings",
] as const;
export type Screen = (typeof SCREENS)[number];

/** Where the page is: `#/memories/<id>` is the screen `memories` with that id. */
export interface Route {
  readonly screen: Screen;
  readonly id: string | null;
}

export interface Router {
  readonly route: ReadonlySignal<Route>;
  go(screen: Screen, id?: string): void;
}

export function href(screen: Screen, id?: string): string {
  return id === undefined ? `#/${screen}` : `#/${screen}/${encodeURIComponent(id)}`;
}

export function parseHash(hash: string): Route {
  const [screen, id] = hash.replace(/^#\/?/u, "").split("/");
  const known = SCREENS.find((name) => name === screen);
  if (known === undefined) return { screen: "chat", id: null };
  return { screen: known, id: id === undefined || id === "" ? null : decode(id) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function createRouter(win: Window): Router {
  const route = signal<Route>(parseHash(win.location.hash));
  win.addEventListener("hashchange", () => {
    route.value = parseHash(win.location.hash);
  });
  return {
    route,
    go(screen, id) {
      win.location.hash = href(screen, id);
    },
  };
}

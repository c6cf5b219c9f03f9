import { effect } from "@preact/signals";
import type { Settings } from "./settings.ts";

/** Puts the chosen theme on the document; `system` leaves it to the media query. */
export function applyTheme(settings: Settings, root: HTMLElement): void {
  effect(() => {
    const theme = settings.theme.value;
    if (theme === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = theme;
  });
}

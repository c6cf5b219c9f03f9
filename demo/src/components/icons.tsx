import type { JSX } from "preact";

/** Drawn on one 20-pixel grid with one stroke. Always beside a label or inside a labelled control, so hidden from readers. */
const PATHS = {
  chat: "M3.5 5.5h13v8.5h-7l-3.5 3v-3h-2.5z",
  memories: "M4 17V9.5a6 6 0 0 1 12 0V17M7.5 17V10a2.5 2.5 0 0 1 5 0v7M3 17h14",
  transfer: "M6.5 16V5m0 0L3.5 8m3-3 3 3M13.5 4v11m0 0 3-3m-3 3-3-3",
  storage: "M10 2.8l6 2.2v4.6c0 3.7-2.4 6.3-6 7.6-3.6-1.3-6-3.9-6-7.6V5zM7.4 9.9l1.9 1.9 3.4-3.6",
  devices: "M3 4.5h10v7H3zM6 15h4M8 11.5V15M14.5 8h3v7.5h-3z",
  laptop: "M5 4.5h10v8H5zM2.5 15.5h15M5 12.5l-2.5 3m12.5-3 2.5 3",
  phone: "M6 3h8v14H6zM9 14.5h2",
  gateways: "M3 10h4m6 0h4M7 5.5h6v9H7zM14.5 7.5 17 10l-2.5 2.5",
  benchmark: "M4 14.5a6.5 6.5 0 1 1 12 0M10 12.5l3-4.5M3 17h14",
  settings: "M3.5 6.5h7m4 0h2M3.5 13.5h2m4 0h7M12.5 4.5v4M7.5 11.5v4",
  plus: "M10 4v12M4 10h12",
  send: "M10 16V4m0 0L5 9m5-5 5 5",
  stop: "M6 6h8v8H6z",
  pin: "M7.5 3.5h5l-.7 5 2.7 2.5h-9L8.2 8.5zM10 11v5.5",
  edit: "M4 16l.8-3.3L13 4.5l2.5 2.5-8.2 8.2z",
  forget: "M4.5 6h11M8 6V4h4v2M6 6l.6 10.5h6.8L14 6",
  history: "M3.8 10a6.2 6.2 0 1 1 1.9 4.5M3.8 10 2.5 8.5M3.8 10l1.5-1.5M10 6.5V10l2.5 1.8",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l3.8 3.8",
  close: "M5 5l10 10M15 5 5 15",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  chevron: "M6 8l4 4 4-4",
  list: "M4 5.5h12M4 10h12M4 14.5h7",
  file: "M5.5 3h6l3 3v11h-9zM11.5 3v3h3",
  download: "M10 3.5v9m0 0 3.5-3.5M10 12.5 6.5 9M4 16.5h12",
  ghost:
    "M4.5 17V9.5a5.5 5.5 0 0 1 11 0V17l-1.9-1.5L11.8 17 10 15.5 8.2 17l-1.8-1.5zM8 9.5h.01M12 9.5h.01",
  copy: "M7 7h9v9H7zM4 13V4h9",
  warning: "M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.2h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

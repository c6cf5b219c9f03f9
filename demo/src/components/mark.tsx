import type { JSX } from "preact";

/** The sign of the product: a niche in a wall with a light in it. */
export function Mark(): JSX.Element {
  return (
    <svg
      class="mark"
      viewBox="0 0 32 32"
      width="28"
      height="28"
      aria-hidden="true"
      focusable="false"
    >
      <path class="mark-wall" d="M4 30V16a12 12 0 0 1 24 0v14z" />
      <path class="mark-light" d="M9.5 30V16.5a6.5 6.5 0 0 1 13 0V30z" />
    </svg>
  );
}

/** The little niche that stands wherever memory had a part. */
export function Niche({ lit = true }: { readonly lit?: boolean }): JSX.Element {
  return (
    <svg
      class={lit ? "niche" : "niche niche-dark"}
      viewBox="0 0 12 14"
      width="12"
      height="14"
      aria-hidden="true"
      focusable="false"
    >
      <path d="M1 13.5V6.5a5 5 0 0 1 10 0v7z" />
    </svg>
  );
}

import type { JSX } from "preact";

/** A share of one as a bar. The number beside it says the same, so the bar is hidden from readers. */
export function Bar({ share }: { readonly share: number }): JSX.Element {
  const width = `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;
  return (
    <span class="bar" aria-hidden="true">
      <span class="bar-fill" style={{ width }} />
    </span>
  );
}

import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";
import { href } from "../state/router.ts";

const VIEWS = [
  { screen: "memories", label: "Memories" },
  { screen: "observations", label: "Observations" },
] as const;

/** Between what was said and what was drawn from it. */
export function MemoryViews(): JSX.Element {
  const { router } = useApp();
  const { screen } = router.route.value;
  return (
    <nav class="views" aria-label="Views of memory">
      {VIEWS.map((view) => (
        <a
          key={view.screen}
          href={href(view.screen)}
          aria-current={screen === view.screen ? "page" : undefined}
        >
          {view.label}
        </a>
      ))}
    </nav>
  );
}

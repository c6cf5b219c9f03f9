import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";
import { remedy } from "../state/explain.ts";
import { Icon } from "./icons.tsx";

/** Said on every screen while the vault cannot be used or lost something. */
export function VaultBanner(): JSX.Element | null {
  const { health } = useApp();
  const problem = health.problem.value;
  if (problem === null) return null;
  return (
    <div class="banner" role="alert">
      <Icon name="warning" />
      <div>
        <p class="banner-title">
          {health.state.value === "down"
            ? "Memory is not available. The chat works without it."
            : "Something is wrong with the vault."}
        </p>
        <p>{remedy(problem.code ?? "")}</p>
        <p class="muted small">
          {problem.code !== null && <code>{problem.code}</code>} {problem.text}
        </p>
      </div>
      <button
        type="button"
        class="button-icon"
        aria-label="Dismiss"
        onClick={() => health.dismiss()}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

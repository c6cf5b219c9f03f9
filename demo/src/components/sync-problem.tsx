import type { JSX } from "preact";
import { explain } from "../state/explain.ts";
import { syncRemedy } from "../state/sync-remedy.ts";

/** What went wrong, and what to do. Spoken at once. */
export function SyncProblem({ error }: { readonly error: unknown }): JSX.Element | null {
  if (error === null) return null;
  const { code, text } = explain(error);
  const remedy = code === null ? null : syncRemedy(code);
  return (
    <div class="problem-line" role="alert">
      <p>{text}</p>
      {remedy !== null && <p class="small">{remedy}</p>}
    </div>
  );
}

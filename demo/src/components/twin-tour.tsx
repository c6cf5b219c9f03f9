import type { JSX } from "preact";
import type { TwinDeed } from "../state/twins.ts";
import { Icon } from "./icons.tsx";

const STEPS: readonly { readonly deed: TwinDeed; readonly text: string }[] = [
  { deed: "offline", text: "Switch the network of both devices off." },
  { deed: "edited", text: "Change the same memory on both, each to something else." },
  { deed: "merged", text: "Switch both on: one text holds, the other is kept, on both." },
  { deed: "added", text: "Add a memory on one, and see it arrive on the other." },
  { deed: "forgotten", text: "Forget it on one, and see it go from the other." },
];

/** What there is to try, ticked off as it happens. */
export function TwinTour({ done }: { readonly done: ReadonlySet<TwinDeed> }): JSX.Element {
  const next = STEPS.find(({ deed }) => !done.has(deed))?.deed;
  return (
    <ol class="tour" aria-label="To try">
      {STEPS.map(({ deed, text }) => (
        <li key={deed} data-done={done.has(deed)} aria-current={deed === next ? "step" : undefined}>
          <span class="tour-tick" aria-hidden="true">
            {done.has(deed) && <Icon name="check" />}
          </span>
          <span>
            {done.has(deed) && <span class="visually-hidden">Done: </span>}
            {text}
          </span>
        </li>
      ))}
    </ol>
  );
}

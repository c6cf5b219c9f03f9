import type { JSX } from "preact";
import type { Signals } from "@alcove/sdk";
import { Bar } from "./bar.tsx";

const SHARES = [
  ["words", "Words"],
  ["letters", "Letters"],
  ["meaning", "Meaning"],
  ["context", "Context"],
] as const;

/** Each signal's own number: four shares as bars, the rest named only where they had a say. */
export function SignalBars({ signals }: { readonly signals: Signals }): JSX.Element {
  const said = [
    signals.cue > 0 ? "your request asks for this kind of fact" : null,
    signals.pinned > 0 ? "pinned by you" : null,
    signals.speaker !== 1 ? `speaker ×${signals.speaker.toFixed(2)}` : null,
    signals.time !== 1 ? `time ×${signals.time.toFixed(2)}` : null,
  ].filter((part) => part !== null);
  return (
    <div class="signals">
      <dl class="signal-bars">
        {SHARES.map(([key, label]) => (
          <div key={key}>
            <dt>{label}</dt>
            <dd>
              <Bar share={signals[key]} />
              <span class="figure">{signals[key].toFixed(2)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {said.length > 0 && <p class="signal-notes">Also: {said.join(", ")}.</p>}
    </div>
  );
}

import type { JSX } from "preact";
import type { SyncStatus } from "@alcove/sdk";
import { formatNumber } from "./words.ts";

type Progress = NonNullable<SyncStatus["progress"]>;

const PHASES: Readonly<Record<Progress["phase"], string>> = {
  checking: "Checking what the devices have signed",
  fetching: "Fetching memories",
};

/** How far the first fetch of a device is that has just joined. */
export function SyncProgress({ progress }: { readonly progress: Progress }): JSX.Element {
  const { phase, done, total } = progress;
  const share = total === null || total === 0 ? undefined : Math.min(1, done / total);
  const text = `${PHASES[phase]}: ${formatNumber(done)}${total === null ? "" : ` of ${formatNumber(total)}`}`;
  return (
    <div class="sync-progress">
      <progress
        aria-label="First sync of this device"
        aria-valuetext={text}
        max={1}
        {...(share === undefined ? {} : { value: share })}
      />
      <p class="muted small figure">{text}</p>
      <Spoken phase={phase} share={share} />
    </div>
  );
}

/** Said when a phase begins and at every quarter: a reader that hears every number hears nothing else. */
function Spoken(props: {
  readonly phase: Progress["phase"];
  readonly share: number | undefined;
}): JSX.Element {
  const quarter = props.share === undefined ? 0 : Math.floor(props.share * 4) * 25;
  return (
    <p class="visually-hidden" role="status">
      {PHASES[props.phase]}
      {quarter > 0 && `: ${quarter} %`}
    </p>
  );
}

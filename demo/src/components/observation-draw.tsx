import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";
import { count, formatNumber } from "./words.ts";

/** Draws observations from all that was said up to now, and shows how far that is. */
export function ObservationDraw(): JSX.Element {
  const { observations } = useApp();
  const drawing = observations.drawing.value;
  const isFirst = observations.days.value?.length === 0;
  if (drawing.step === "drawing")
    return (
      <div class="panel">
        <p>Drawing observations</p>
        <progress
          aria-label="Drawing observations"
          max={1}
          value={drawing.total === 0 ? 0 : drawing.turns / drawing.total}
        >
          {formatNumber(drawing.turns)}
        </progress>
        <p class="row row-apart">
          <span class="muted figure">
            {count(drawing.turns, "message")} of {formatNumber(drawing.total)} looked at,{" "}
            {count(drawing.lines, "new line")}
          </span>
          <button type="button" class="button button-small" onClick={() => observations.cancel()}>
            Cancel
          </button>
        </p>
      </div>
    );
  return (
    <div class="row">
      <button
        type="button"
        class={isFirst ? "button button-primary" : "button"}
        onClick={() => void observations.draw()}
      >
        Draw observations now
      </button>
      <p class="muted small" role="status">
        {drawing.step === "done" &&
          (drawing.lines === 0
            ? "Nothing new to draw from."
            : `${count(drawing.lines, "new line")} from ${count(drawing.turns, "message")}.`)}
        {drawing.step === "stopped" &&
          `Stopped: ${count(drawing.lines, "new line")} from ${count(drawing.turns, "message")}. The rest waits.`}
      </p>
      {drawing.step === "failed" && (
        <p class="problem-line" role="alert">
          {drawing.problem}
        </p>
      )}
    </div>
  );
}

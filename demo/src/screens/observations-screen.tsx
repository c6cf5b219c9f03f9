import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ObservationPriority } from "@alcove/sdk";
import { Segmented } from "../components/choice.tsx";
import { MemorySheet } from "../components/memory-sheet.tsx";
import { MemoryViews } from "../components/memory-views.tsx";
import { ObservationDraw } from "../components/observation-draw.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { formatDay } from "../components/words.ts";
import { useApp } from "../state/app-state.ts";
import type { ObservationDay, ObservationLine } from "../state/observations.ts";
import { href } from "../state/router.ts";

const LABELS: Readonly<Record<ObservationPriority, string>> = {
  high: "High",
  medium: "Medium",
  low: "Low",
};

const FILTERS = [
  { value: "", label: "All" },
  {
    value: "high",
    label: "High",
    hint: "Holds for every answer: health, diet, wishes, who you are",
  },
  { value: "medium", label: "Medium", hint: "Says something of you" },
  { value: "low", label: "Low", hint: "Was only asked or mentioned" },
] as const;

/** Short dated lines, drawn from what was said, by day. */
export function ObservationsScreen(): JSX.Element {
  const { observations, router, health } = useApp();
  useEffect(() => observations.watch(), []);
  const days = observations.days.value;
  const shownId = router.route.value.id;
  const isFiltered = observations.priority.value !== "";
  return (
    <div class="screen">
      <ScreenHead
        title="Observations"
        text="Short dated lines drawn from what you said, each with its source."
      />
      <MemoryViews />
      <div class="observation-tools">
        <ObservationDraw />
        <Segmented
          label="Weight"
          value={observations.priority.value}
          options={FILTERS}
          onChange={(value) => (observations.priority.value = value)}
        />
      </div>
      {observations.problem.value !== null && (
        <p class="problem-line">
          {health.state.value === "down"
            ? "There is no vault in this window, so there is nothing to draw from."
            : observations.problem.value}
        </p>
      )}
      {days?.map((day) => (
        <Day key={day.at} day={day} />
      ))}
      {days?.length === 0 && (isFiltered ? <NoneOfThese /> : <None />)}
      {observations.more.value && (
        <button type="button" class="button more" onClick={() => void observations.loadMore()}>
          Show more
        </button>
      )}
      {shownId !== null && (
        <MemorySheet key={shownId} id={shownId} onClose={() => router.go("observations")} />
      )}
    </div>
  );
}

function NoneOfThese(): JSX.Element {
  const { observations } = useApp();
  return (
    <div class="empty">
      <p>No observation of this weight.</p>
      <button type="button" class="button" onClick={() => (observations.priority.value = "")}>
        Show all
      </button>
    </div>
  );
}

function None(): JSX.Element {
  return (
    <div class="empty">
      <p>
        None yet. An observation is one line of what a message says of you, with its day and its
        weight. It is drawn by rule, on this device: no model reads along.
      </p>
      <p>
        Your messages stay as they are. Each line names the one it came from, and goes when you
        forget that one. Answers and pasted text give none.
      </p>
    </div>
  );
}

function Day({ day }: { readonly day: ObservationDay }): JSX.Element {
  return (
    <section class="observation-day" aria-label={formatDay(day.at)}>
      <h2>{formatDay(day.at)}</h2>
      <ul>
        {day.lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
    </section>
  );
}

function Line({ line }: { readonly line: ObservationLine }): JSX.Element {
  return (
    <li class="observation" data-priority={line.priority}>
      <span class="tag observation-priority">{LABELS[line.priority]}</span>
      <div>
        <p class="said">
          <a href={href("observations", line.id)}>{line.text}</a>
        </p>
        <p class="muted small observation-sources">
          {line.sources.map((source, at) => (
            <a key={source} href={href("observations", source)}>
              {line.sources.length === 1 ? "What you said" : `What you said, ${at + 1}`}
              <span class="visually-hidden">: the source of {line.text}</span>
            </a>
          ))}
        </p>
      </div>
    </li>
  );
}

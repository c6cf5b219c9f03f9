import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { ImportReport } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { href } from "../state/router.ts";
import { Icon } from "./icons.tsx";
import { count, formatBytes, formatNumber } from "./words.ts";

/** Bringing a file in: choose, see what would come, then import. */
export function ImportPanel(): JSX.Element {
  const { transfer } = useApp();
  const step = transfer.importing.value;
  switch (step.step) {
    case "choose":
      return <Choose />;
    case "reading":
    case "importing":
      return (
        <Running
          name={step.name}
          title={step.step === "reading" ? "Reading" : "Importing"}
          progress={step.progress}
        />
      );
    case "review":
      return <Review name={step.name} report={step.report} />;
    case "done":
      return <Done name={step.name} report={step.report} />;
    case "stopped":
      return (
        <Ended title={`Stopped: ${step.name}`}>
          <p>
            {step.imported === 0
              ? "Nothing was stored."
              : `${count(step.imported, "memory", "memories")} came in before you stopped.`}
          </p>
        </Ended>
      );
    case "failed":
    default:
      return (
        <Ended title={`Not read: ${step.name}`}>
          <p class="problem-line">{step.problem}</p>
        </Ended>
      );
  }
}

function Choose(): JSX.Element {
  const { transfer, devices } = useApp();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file !== undefined) void transfer.choose(file);
  };
  return (
    <div
      class="drop"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <Icon name="file" />
      <p>
        Drop a conversation file here, or{" "}
        <button type="button" class="link" onClick={() => input.current?.click()}>
          choose one
        </button>
      </p>
      <input
        ref={input}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-label="Conversation file"
        accept=".jsonl,.ndjson,.json,.txt,application/x-ndjson"
        onChange={(event) => take(event.currentTarget.files)}
      />
      <p class="muted small">
        JSONL, one message per line: an export of this page, or lines with <code>content</code>,{" "}
        <code>role</code> and <code>timestamp</code>. The file itself is read here and goes nowhere.
        {devices.isOn.value && " What you import is shared with your devices, as any memory is."}
      </p>
      <p class="small">
        <a href="./sample-conversation.jsonl" download="sample-conversation.jsonl">
          Download a sample file
        </a>
      </p>
    </div>
  );
}

function Running(props: {
  readonly name: string;
  readonly title: string;
  readonly progress: {
    readonly bytes: number;
    readonly totalBytes: number;
    readonly lines: number;
  } | null;
}): JSX.Element {
  const { transfer } = useApp();
  const { progress } = props;
  const share =
    progress === null || progress.totalBytes === 0 ? 0 : progress.bytes / progress.totalBytes;
  return (
    <div class="panel">
      <p>
        {props.title} <strong>{props.name}</strong>
      </p>
      <progress aria-label={`${props.title} ${props.name}`} max={1} value={share}>
        {Math.round(share * 100)} %
      </progress>
      <p class="row row-apart">
        <span class="muted figure">
          {progress === null
            ? "Starting"
            : `${formatNumber(progress.lines)} lines · ${formatBytes(progress.bytes)} of ${formatBytes(progress.totalBytes)}`}
        </span>
        <button type="button" class="button button-small" onClick={() => transfer.cancel()}>
          Cancel
        </button>
      </p>
    </div>
  );
}

function Review({
  name,
  report,
}: {
  readonly name: string;
  readonly report: ImportReport;
}): JSX.Element {
  const { transfer } = useApp();
  const [trusted, setTrusted] = useState(false);
  return (
    <div class="panel">
      <h3>{name}</h3>
      <p>Nothing is stored yet. This is what would come in:</p>
      <Counts report={report} />
      <Problems report={report} />
      {report.imported > 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={trusted}
            onChange={(event) => setTrusted(event.currentTarget.checked)}
          />
          <span>
            This is my own backup
            <span class="check-hint">
              Facts, instructions and pins in it count as yours. Leave it off for a file of anyone
              else: it then only gives things to quote.
            </span>
          </span>
        </label>
      )}
      <div class="row">
        <button
          type="button"
          class="button button-primary"
          disabled={report.imported === 0}
          onClick={() => void transfer.confirm({ trusted })}
        >
          {report.imported === 0
            ? "Nothing new to import"
            : `Import ${count(report.imported, "memory", "memories")}`}
        </button>
        <button type="button" class="button" onClick={() => transfer.reset()}>
          Choose another file
        </button>
      </div>
    </div>
  );
}

function Done({
  name,
  report,
}: {
  readonly name: string;
  readonly report: ImportReport;
}): JSX.Element {
  return (
    <Ended title={`Imported: ${name}`}>
      <Counts report={report} />
      <Problems report={report} />
      <p>
        <a href={href("memories")}>See the memories</a>
      </p>
    </Ended>
  );
}

function Ended(props: {
  readonly title: string;
  readonly children: JSX.Element | JSX.Element[];
}): JSX.Element {
  const { transfer } = useApp();
  return (
    <div class="panel">
      <h3>{props.title}</h3>
      {props.children}
      <button type="button" class="button" onClick={() => transfer.reset()}>
        Import another file
      </button>
    </div>
  );
}

function Counts({ report }: { readonly report: ImportReport }): JSX.Element {
  const counts: readonly (readonly [string, number])[] = [
    ["Lines", report.lines],
    [report.dryRun ? "New" : "Imported", report.imported],
    ["Known already", report.known],
    ["Not readable", report.invalid],
    ["Secrets taken out", report.secrets],
  ];
  return (
    <dl class="counts">
      {counts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{formatNumber(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Problems({ report }: { readonly report: ImportReport }): JSX.Element | null {
  if (report.problems.length === 0) return null;
  return (
    <details class="fold fold-section" open>
      <summary>{count(report.invalid, "line")} could not be read</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Problems by line">
        <table>
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">What is wrong</th>
            </tr>
          </thead>
          <tbody>
            {report.problems.map((problem) => (
              <tr key={problem.line}>
                <td class="figure">{problem.line}</td>
                <td>{problem.problem}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MemoryVersion } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { formatMoment } from "./words.ts";

/** Every state of a memory, newest first; what no longer holds is struck through. `stamp` changes when it must be read again. */
export function MemoryHistory({
  id,
  stamp,
}: {
  readonly id: string;
  readonly stamp: number;
}): JSX.Element {
  const { memory } = useApp();
  const [versions, setVersions] = useState<readonly MemoryVersion[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    let gone = false;
    const read = (): void => {
      memory.history(id).then(
        (all) => !gone && setVersions(all),
        (error: unknown) => !gone && setProblem(explain(error).text),
      );
    };
    read();
    // Another device may add a version that was never the newest here: nothing else of the memory changes then.
    const stop = memory.on("changed", ({ ids }) => {
      if (ids.includes(id)) read();
    });
    return () => {
      gone = true;
      stop();
    };
  }, [id, stamp]);

  if (problem !== null) return <p class="problem-line">{problem}</p>;
  if (versions === null) return <p class="muted">Reading…</p>;
  if (versions.length === 1) return <p class="muted">Unchanged since it was said.</p>;
  return (
    <ol class="history">
      {versions.map((version, at) => (
        <li
          key={`${version.recordId}-${version.from}-${at}`}
          class="history-item"
          data-current={version.until === null}
        >
          <p class="said">{version.until === null ? version.text : <s>{version.text}</s>}</p>
          <p class="muted small">
            {version.until === null
              ? `Holds since ${formatMoment(version.from)}`
              : `${formatMoment(version.from)} to ${formatMoment(version.until)} · ${version.reason === "superseded" ? "replaced by what you said later" : "replaced by an edit"}`}
            {version.pinned && " · pinned"}
          </p>
        </li>
      ))}
    </ol>
  );
}

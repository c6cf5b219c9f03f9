import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { diffText } from "../prompt-diff/diff-text.ts";
import { showJson } from "../prompt-diff/show-json.ts";
import { Segmented } from "./choice.tsx";

/** The request as the app wrote it and as it left, with what memory put in marked. */
export function PromptDiff({
  before,
  after,
}: {
  readonly before: string;
  readonly after: string;
}): JSX.Element {
  const [view, setView] = useState<"after" | "before">("after");
  const parts = useMemo(() => diffText(showJson(before), showJson(after)), [before, after]);
  return (
    <div class="prompt">
      <Segmented
        label="Which request to show"
        hideLabel
        value={view}
        options={[
          { value: "after", label: "As it left" },
          { value: "before", label: "As the app wrote it" },
        ]}
        onChange={setView}
      />
      <pre
        class="prompt-text"
        tabIndex={0}
        role="region"
        aria-label={
          view === "after"
            ? "Request as it left, with added text marked"
            : "Request as the app wrote it"
        }
      >
        {view === "before"
          ? showJson(before)
          : parts.map((part, at) => {
              if (part.kind === "same") return part.text;
              if (part.kind === "added") return <ins key={at}>{part.text}</ins>;
              return <del key={at}>{part.text}</del>;
            })}
      </pre>
    </div>
  );
}

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ForgetReport } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { Dialog } from "./dialog.tsx";
import { count } from "./words.ts";

/** Shows what forgetting would take along, before it is done. */
export function ForgetDialog({
  ids,
  onClose,
}: {
  readonly ids: readonly string[];
  readonly onClose: (forgotten: boolean) => void;
}): JSX.Element {
  const { memory, forgetting, devices } = useApp();
  const [preview, setPreview] = useState<ForgetReport | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [related, setRelated] = useState(false);

  useEffect(() => {
    let gone = false;
    memory.forget({ ids }, { dryRun: true }).then(
      (report) => !gone && setPreview(report),
      (error: unknown) => !gone && setProblem(explain(error).text),
    );
    return () => {
      gone = true;
    };
  }, []);

  const extra = preview === null ? 0 : preview.forgotten.length - ids.length;
  return (
    <Dialog
      title={ids.length === 1 ? "Forget this memory?" : `Forget ${ids.length} memories?`}
      onClose={() => onClose(false)}
    >
      {problem !== null && (
        <p class="problem-line" role="alert">
          {problem}
        </p>
      )}
      {preview === null && problem === null && <p class="muted">Looking for what belongs to it…</p>}
      {preview !== null && (
        <div class="stack">
          <p>
            {extra > 0 || preview.removed.versions > 0 || preview.removed.copies > 0
              ? `Gone for good: ${[
                  count(ids.length, "memory", "memories"),
                  extra > 0 ? `${extra} that repeat or derive from it` : "",
                  preview.removed.versions > 0
                    ? count(preview.removed.versions, "earlier version")
                    : "",
                  preview.removed.copies > 0
                    ? `${count(preview.removed.copies, "copy", "copies")} that sync kept of it`
                    : "",
                ]
                  .filter((part) => part !== "")
                  .join(", ")}.`
              : "Gone for good, with everything the index holds of it. You have 6 seconds to undo."}
          </p>
          {devices.isOn.value && (
            <p class="muted">Your other devices forget it too, when they next sync.</p>
          )}
          {preview.related.length > 0 && (
            <>
              <p id="related-title">These say something close to it and would stay:</p>
              <ul class="related" aria-labelledby="related-title">
                {preview.related.map((record) => (
                  <li key={record.id} class="said">
                    {record.text}
                  </li>
                ))}
              </ul>
              <label class="check">
                <input
                  type="checkbox"
                  checked={related}
                  onChange={(event) => setRelated(event.currentTarget.checked)}
                />
                <span>Forget these too</span>
              </label>
            </>
          )}
        </div>
      )}
      <div class="row row-end">
        <button type="button" class="button" onClick={() => onClose(false)}>
          Keep
        </button>
        <button
          type="button"
          class="button button-danger"
          disabled={preview === null}
          onClick={() => {
            forgetting.schedule(ids, { related });
            onClose(true);
          }}
        >
          Forget
        </button>
      </div>
    </Dialog>
  );
}

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { TwinLine } from "../state/twin-device.ts";

/** One memory on one of the two devices; edited where it stands. */
export function TwinMemory(props: {
  readonly line: TwinLine;
  readonly fresh: boolean;
  readonly onEdit: (text: string) => Promise<void>;
  readonly onForget: () => void;
}): JSX.Element {
  const { record, others } = props.line;
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const isOpen = draft !== null;
  // Before the next key: what is typed at once is not to be lost.
  useLayoutEffect(() => {
    if (isOpen) {
      field.current?.focus();
      field.current?.select();
    } else if (wasOpen.current) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const save = (): void => {
    const text = draft?.trim() ?? "";
    setDraft(null);
    if (text !== "" && text !== record.text) void props.onEdit(text);
  };
  return (
    <li class="twin-memory" data-fresh={props.fresh}>
      {draft === null ? (
        <>
          <p class="said">{record.text}</p>
          {others.length > 0 && (
            <div class="twin-others">
              <p class="small muted">Also kept, in its history:</p>
              <ul>
                {others.map((other) => (
                  <li key={other}>{other}</li>
                ))}
              </ul>
            </div>
          )}
          <p class="twin-actions">
            {props.fresh && <span class="tag tag-memory">arrived</span>}
            <button
              ref={opener}
              type="button"
              class="link"
              aria-label={`Edit: ${record.text}`}
              onClick={() => setDraft(record.text)}
            >
              Edit
            </button>
            <button
              type="button"
              class="link"
              aria-label={`Forget: ${record.text}`}
              onClick={props.onForget}
            >
              Forget
            </button>
          </p>
        </>
      ) : (
        <form
          class="twin-edit"
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(null);
          }}
        >
          <input
            ref={field}
            type="text"
            aria-label="New text"
            autocomplete="off"
            value={draft}
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
          <div class="row">
            <button type="submit" class="button button-small button-primary">
              Save
            </button>
            <button type="button" class="button button-small" onClick={() => setDraft(null)}>
              Cancel
            </button>
          </div>
        </form>
      )}
    </li>
  );
}

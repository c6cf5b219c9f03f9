import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { Dialog } from "./dialog.tsx";
import { splitTags } from "./memory-editor.tsx";

/** Adds a note in the person's own words. */
export function NoteDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { memory, notices } = useApp();
  const [text, setText] = useState("");
  const [tags, setTags] = useState("");
  const [pinned, setPinned] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const add = async (): Promise<void> => {
    try {
      await memory.add({ text: text.trim(), tags: splitTags(tags), pinned, origin: "user" });
      notices.tell("Note added");
      onClose();
    } catch (error) {
      setProblem(explain(error).text);
    }
  };
  return (
    <Dialog title="Add a note" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <label class="field">
          <span>What should be remembered?</span>
          <textarea
            rows={4}
            required
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>
            Tags <span class="muted">optional, separated by commas</span>
          </span>
          <input type="text" value={tags} onInput={(event) => setTags(event.currentTarget.value)} />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={pinned}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />
          <span>Pin it</span>
        </label>
        {problem !== null && (
          <p class="problem-line" role="alert">
            {problem}
          </p>
        )}
        <div class="row row-end">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-primary" disabled={text.trim() === ""}>
            Add note
          </button>
        </div>
      </form>
    </Dialog>
  );
}

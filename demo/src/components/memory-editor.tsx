import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { MemoryPatch, MemoryRecord } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { Dialog } from "./dialog.tsx";

/** Changes a memory's text, tags and end. The state before stays in its history. */
export function MemoryEditor({
  record,
  onClose,
}: {
  readonly record: MemoryRecord;
  readonly onClose: () => void;
}): JSX.Element {
  const { memory, notices } = useApp();
  const own = record.tags.filter((tag) => !tag.startsWith("slot:"));
  const [text, setText] = useState(record.text);
  const [tags, setTags] = useState(own.join(", "));
  const [until, setUntil] = useState(
    record.expiresAt === undefined ? "" : new Date(record.expiresAt).toISOString().slice(0, 10),
  );
  const [problem, setProblem] = useState<string | null>(null);

  const save = async (): Promise<void> => {
    const listed = splitTags(tags);
    const changed: MemoryPatch = {
      ...(text.trim() === record.text ? {} : { text: text.trim() }),
      ...(listed.join() === own.join()
        ? {}
        : { tags: [...listed, ...record.tags.filter((tag) => tag.startsWith("slot:"))] }),
      ...(until === "" && record.expiresAt === undefined
        ? {}
        : { expiresAt: until === "" ? null : `${until}T00:00:00` }),
    };
    try {
      if (Object.keys(changed).length > 0) await memory.update(record.id, changed);
      notices.announce("Saved.");
      onClose();
    } catch (error) {
      setProblem(explain(error).text);
    }
  };

  return (
    <Dialog title="Edit memory" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label class="field">
          <span>Text</span>
          <textarea
            rows={4}
            required
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>
            Tags <span class="muted">separated by commas</span>
          </span>
          <input type="text" value={tags} onInput={(event) => setTags(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>
            Forget on its own after <span class="muted">optional</span>
          </span>
          <input
            type="date"
            value={until}
            onInput={(event) => setUntil(event.currentTarget.value)}
          />
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
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function splitTags(text: string): string[] {
  return [
    ...new Set(
      text
        .split(",")
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
    ),
  ];
}

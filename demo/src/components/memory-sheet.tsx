import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MemoryRecord } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { href } from "../state/router.ts";
import { Dialog } from "./dialog.tsx";
import { ForgetDialog } from "./forget-dialog.tsx";
import { Icon } from "./icons.tsx";
import { MemoryEditor } from "./memory-editor.tsx";
import { MemoryHistory } from "./memory-history.tsx";
import { usePin } from "./use-pin.ts";
import { formatMoment, KINDS, tagLabel } from "./words.ts";

/** All about one memory: text, facts, history, and what can be done with it. */
export function MemorySheet({
  id,
  onClose,
}: {
  readonly id: string;
  readonly onClose: () => void;
}): JSX.Element {
  const { memory } = useApp();
  const [record, setRecord] = useState<MemoryRecord | null | undefined>(undefined);
  const [problem, setProblem] = useState<string | null>(null);
  const [open, setOpen] = useState<"edit" | "forget" | null>(null);
  const pin = usePin();

  useEffect(() => {
    let gone = false;
    const read = (): void => {
      memory.get(id).then(
        (found) => !gone && setRecord(found),
        (error: unknown) => !gone && setProblem(explain(error).text),
      );
    };
    read();
    const stop = memory.on("changed", ({ ids }) => {
      if (ids.includes(id)) read();
    });
    return () => {
      gone = true;
      stop();
    };
  }, [id]);

  return (
    <Dialog title="Memory" kind="sheet" onClose={onClose}>
      {problem !== null && <p class="problem-line">{problem}</p>}
      {record === null && <p>This memory is not here any more. It was forgotten, or it expired.</p>}
      {record != null && (
        <div class="stack">
          <p class="said sheet-text">{record.text}</p>
          <div class="row">
            <button
              type="button"
              class="button button-small"
              aria-pressed={record.pinned}
              onClick={() => pin(record)}
            >
              <Icon name="pin" /> {record.pinned ? "Pinned" : "Pin"}
            </button>
            <button type="button" class="button button-small" onClick={() => setOpen("edit")}>
              <Icon name="edit" /> Edit
            </button>
            <button type="button" class="button button-small" onClick={() => setOpen("forget")}>
              <Icon name="forget" /> Forget
            </button>
          </div>
          <p class="muted small">
            {record.tags.includes("slot:instruction")
              ? "This reads like an instruction. Until you pin it, models get it as something you once said, not as something to follow. Pinning confirms it."
              : "A pinned memory weighs more whenever it is relevant."}
          </p>
          <section>
            <h3>History</h3>
            <MemoryHistory id={id} stamp={record.updatedAt} />
          </section>
          <section>
            <h3>Facts</h3>
            <dl class="facts">
              <Fact name="Said">{formatMoment(record.createdAt)}</Fact>
              <Fact name="Kind">{KINDS[record.kind]}</Fact>
              <Fact name="From">{record.origin}</Fact>
              {record.tags.length > 0 && (
                <Fact name="About">{record.tags.map(tagLabel).join(", ")}</Fact>
              )}
              {record.expiresAt !== undefined && (
                <Fact name="Forgets itself">{formatMoment(record.expiresAt)}</Fact>
              )}
              {record.supersedes !== undefined && (
                <Fact name="Replaces">
                  <a href={href("memories", record.supersedes)}>an older memory</a>
                </Fact>
              )}
              {record.scope.thread !== undefined && (
                <Fact name="Thread">{record.scope.thread}</Fact>
              )}
              <Fact name="Id">
                <code>{record.id}</code>
              </Fact>
            </dl>
          </section>
        </div>
      )}
      {record != null && open === "edit" && (
        <MemoryEditor record={record} onClose={() => setOpen(null)} />
      )}
      {open === "forget" && (
        <ForgetDialog
          ids={[id]}
          onClose={(forgotten) => {
            setOpen(null);
            if (forgotten) onClose();
          }}
        />
      )}
    </Dialog>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: JSX.Element | string;
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

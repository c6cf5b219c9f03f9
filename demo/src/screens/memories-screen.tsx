import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MemoryRecord } from "@alcove/sdk";
import { ForgetDialog } from "../components/forget-dialog.tsx";
import { Icon } from "../components/icons.tsx";
import { MemoryEditor } from "../components/memory-editor.tsx";
import { MemoryFilters } from "../components/memory-filters.tsx";
import { MemoryRow } from "../components/memory-row.tsx";
import { MemorySheet } from "../components/memory-sheet.tsx";
import { MemoryViews } from "../components/memory-views.tsx";
import { NoteDialog } from "../components/note-dialog.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { count } from "../components/words.ts";
import { useApp } from "../state/app-state.ts";
import { href } from "../state/router.ts";
import { whoHolds } from "../state/who-holds.ts";

/** Every memory: search, filter, edit, pin, forget. */
export function MemoriesScreen(): JSX.Element {
  const { list, router, forgetting, health, devices } = useApp();
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<MemoryRecord | null>(null);
  const [leaving, setLeaving] = useState<readonly string[] | null>(null);
  useEffect(() => list.watch(), []);
  useEffect(() => {
    if (devices.isOn.value) void devices.refresh();
  }, [devices.isOn.value]);

  const lines = list.lines.value;
  const selected = [...list.selected.value].filter((id) => !forgetting.waiting.value.has(id));
  const shownId = router.route.value.id;
  return (
    <div class="screen">
      <ScreenHead
        title="Memories"
        text={`What this browser remembers of you. ${whoHolds(devices.status.value, devices.list.value)}`}
      >
        <button type="button" class="button button-primary" onClick={() => setAdding(true)}>
          <Icon name="plus" /> Add a note
        </button>
      </ScreenHead>
      <MemoryViews />
      <MemoryFilters />
      {selected.length > 0 && (
        <div class="bulk" role="region" aria-label="Selected memories">
          <p>{count(selected.length, "memory", "memories")} selected</p>
          <button type="button" class="button button-small" onClick={() => setLeaving(selected)}>
            <Icon name="forget" /> Forget
          </button>
          <button type="button" class="link" onClick={() => (list.selected.value = new Set())}>
            Select none
          </button>
        </div>
      )}
      <p class="list-count" role="status">
        {list.state.value === "ready" &&
          `${count(lines.length, "memory", "memories")}${list.more.value ? " so far" : ""}${list.query.value.trim() === "" ? "" : ", best match first"}`}
      </p>
      {list.state.value === "failed" ? (
        <div class="empty">
          <p>
            {health.state.value === "down"
              ? "There is no vault in this window, so there are no memories to show."
              : list.problem.value}
          </p>
        </div>
      ) : (
        <ul class="memory-list" aria-label="Memories" aria-busy={list.state.value === "loading"}>
          {lines.map((line) => (
            <MemoryRow
              key={line.record.id}
              line={line}
              onEdit={() => setEditing(line.record)}
              onForget={() => setLeaving([line.record.id])}
            />
          ))}
        </ul>
      )}
      {list.state.value === "ready" && lines.length === 0 && (
        <div class="empty">
          {list.filtered.value ? (
            <>
              <p>Nothing remembered fits that.</p>
              <button type="button" class="button" onClick={() => list.clearFilters()}>
                Clear search and filters
              </button>
            </>
          ) : (
            <>
              <p>
                Nothing is remembered yet. Say something about yourself in a chat, add a note, or
                bring in an old conversation.
              </p>
              <p class="row">
                <a class="button" href={href("chat")}>
                  Open the chat
                </a>
                <a class="button" href={href("transfer")}>
                  Import a file
                </a>
              </p>
            </>
          )}
        </div>
      )}
      {list.more.value && (
        <button
          type="button"
          class="button more"
          disabled={list.state.value === "loading"}
          onClick={() => void list.loadMore()}
        >
          Show more
        </button>
      )}
      {adding && <NoteDialog onClose={() => setAdding(false)} />}
      {editing !== null && <MemoryEditor record={editing} onClose={() => setEditing(null)} />}
      {leaving !== null && (
        <ForgetDialog
          ids={leaving}
          onClose={(forgotten) => {
            if (forgotten) list.selected.value = new Set();
            setLeaving(null);
          }}
        />
      )}
      {shownId !== null && (
        <MemorySheet key={shownId} id={shownId} onClose={() => router.go("memories")} />
      )}
    </div>
  );
}

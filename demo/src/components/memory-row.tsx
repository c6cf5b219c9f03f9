import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";
import type { MemoryLine } from "../state/memory-list.ts";
import { href } from "../state/router.ts";
import { Bar } from "./bar.tsx";
import { Icon } from "./icons.tsx";
import { usePin } from "./use-pin.ts";
import { formatDay, KINDS, tagLabel } from "./words.ts";

/** One memory in the list. */
export function MemoryRow(props: {
  readonly line: MemoryLine;
  readonly onForget: () => void;
  readonly onEdit: () => void;
}): JSX.Element {
  const { list } = useApp();
  const { record, hit } = props.line;
  const pin = usePin();
  const selected = list.selected.value.has(record.id);
  const newer = list.replacedBy.value.get(record.id);
  const select = (on: boolean): void => {
    const next = new Set(list.selected.value);
    if (on) next.add(record.id);
    else next.delete(record.id);
    list.selected.value = next;
  };
  return (
    <li class="memory" data-selected={selected} data-replaced={newer !== undefined}>
      <label class="memory-select">
        <input
          type="checkbox"
          checked={selected}
          onChange={(event) => select(event.currentTarget.checked)}
        />
        <span class="visually-hidden">Select: {record.text}</span>
      </label>
      <div class="memory-main">
        <p class="said memory-text">
          <a href={href("memories", record.id)}>
            {newer === undefined ? record.text : <s>{record.text}</s>}
          </a>
        </p>
        {newer !== undefined && (
          <p class="memory-newer">
            Replaced by <a href={href("memories", newer.id)}>{newer.text}</a>
          </p>
        )}
        <p class="memory-facts">
          <span>{formatDay(record.createdAt)}</span>
          <span>
            {record.role === "assistant" ? "An answer" : (record.name ?? KINDS[record.kind])}
          </span>
          {record.origin === "import" && <span>Imported</span>}
          {record.tags.map((tag) => (
            <span key={tag} class="tag">
              {tagLabel(tag)}
            </span>
          ))}
        </p>
        {hit !== null && (
          <p class="memory-hit">
            <span class="score">
              <Bar share={hit.score} />
              <span class="figure">{hit.score.toFixed(2)}</span>
            </span>
            <span class="muted">{hit.why}</span>
          </p>
        )}
      </div>
      <div class="memory-actions">
        <button
          type="button"
          class="button-icon"
          aria-pressed={record.pinned}
          aria-label={`Pin: ${record.text}`}
          title={record.pinned ? "Unpin" : "Pin"}
          onClick={() => pin(record)}
        >
          <Icon name="pin" />
        </button>
        <button
          type="button"
          class="button-icon"
          aria-label={`Edit: ${record.text}`}
          title="Edit"
          onClick={props.onEdit}
        >
          <Icon name="edit" />
        </button>
        <button
          type="button"
          class="button-icon"
          aria-label={`Forget: ${record.text}`}
          title="Forget"
          onClick={props.onForget}
        >
          <Icon name="forget" />
        </button>
      </div>
    </li>
  );
}

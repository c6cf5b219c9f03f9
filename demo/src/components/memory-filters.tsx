import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { MemoryKind } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { Icon } from "./icons.tsx";
import { KINDS, SLOT_TAGS } from "./words.ts";

const kinds = Object.entries(KINDS) as readonly (readonly [MemoryKind, string])[];

/** Search and filters of the memory list. */
export function MemoryFilters(): JSX.Element {
  const { list } = useApp();
  const [open, setOpen] = useState(false);
  return (
    <form
      class="filters"
      role="search"
      aria-label="Memories"
      onSubmit={(event) => event.preventDefault()}
    >
      <div class="search-field">
        <Icon name="search" />
        <label class="visually-hidden" for="memory-search">
          Search memories
        </label>
        <input
          id="memory-search"
          type="search"
          placeholder="Search what is remembered"
          value={list.query.value}
          onInput={(event) => (list.query.value = event.currentTarget.value)}
        />
      </div>
      <button
        type="button"
        class="button button-small filter-toggle"
        aria-expanded={open}
        aria-controls="memory-filters"
        onClick={() => setOpen(!open)}
      >
        <Icon name="settings" /> Filters
      </button>
      <div id="memory-filters" class="filter-row" data-open={open}>
        <label class="field-inline">
          <span>Kind</span>
          <select
            value={list.kind.value}
            onChange={(event) =>
              (list.kind.value =
                kinds.find(([kind]) => kind === event.currentTarget.value)?.[0] ?? "")
            }
          >
            <option value="">All</option>
            {kinds.map(([kind, label]) => (
              <option key={kind} value={kind}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label class="field-inline">
          <span>About</span>
          <select
            value={list.tag.value}
            onChange={(event) => (list.tag.value = event.currentTarget.value)}
          >
            <option value="">Anything</option>
            {SLOT_TAGS.map(({ tag, label }) => (
              <option key={tag} value={tag}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label class="field-inline">
          <span>From</span>
          <input
            type="date"
            value={list.from.value}
            max={list.to.value}
            onChange={(event) => (list.from.value = event.currentTarget.value)}
          />
        </label>
        <label class="field-inline">
          <span>To</span>
          <input
            type="date"
            value={list.to.value}
            min={list.from.value}
            onChange={(event) => (list.to.value = event.currentTarget.value)}
          />
        </label>
        {list.filtered.value && (
          <button type="button" class="link" onClick={() => list.clearFilters()}>
            Clear
          </button>
        )}
      </div>
    </form>
  );
}

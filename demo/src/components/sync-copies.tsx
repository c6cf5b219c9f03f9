import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { SyncCopy } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { nameOf } from "./device-name.ts";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";
import { formatMoment } from "./words.ts";

/** Characters that may be more than the box shows: it is scrolled then, also by keys. */
const LONG = 300;

/** Copies of memories that left the vault: each is kept as a new memory, or let go. Nothing is shown where there are none. */
export function SyncCopies({ onEmpty }: { readonly onEmpty: () => void }): JSX.Element | null {
  const { copies } = useApp();
  const task = useTask();
  const items = useRef(new Map<string, HTMLLIElement>());
  const list = copies.list.value;
  const error = task.error ?? copies.problem.value;
  if (list.length === 0 && error === null) return null;
  /** What was pressed goes with its line: the focus moves on to the next one, or to what stands before the list. */
  const leave = (at: number): void => {
    const next = list[at + 1] ?? list[at - 1];
    if (next === undefined) onEmpty();
    else items.current.get(next.id)?.querySelector("button")?.focus();
  };
  return (
    <section class="block" aria-labelledby="copies">
      <h2 id="copies">Copies to decide about</h2>
      <p>
        These texts left the shared vault. This device alone has them: they are in no list, and are
        neither recalled nor sent. Forgetting a memory that says the same takes its copy along.
      </p>
      <SyncProblem error={error} />
      <ul class="copies">
        {list.map((copy, at) => (
          <li
            key={copy.id}
            ref={(item) => {
              if (item === null) items.current.delete(copy.id);
              else items.current.set(copy.id, item);
            }}
          >
            <p class="said" tabIndex={copy.text.length > LONG ? 0 : undefined}>
              {copy.text}
            </p>
            <p class="muted small">
              <Origin copy={copy} />
            </p>
            <div class="row">
              <button
                type="button"
                class="button button-small"
                aria-label={`Keep as a memory: ${copy.text}`}
                disabled={task.busy}
                onClick={() =>
                  void task.run(() => copies.keep(copy)).then((done) => done && leave(at))
                }
              >
                Keep as a memory
              </button>
              <button
                type="button"
                class="link"
                aria-label={`Discard: ${copy.text}`}
                disabled={task.busy}
                onClick={() => {
                  leave(at);
                  copies.letGo(copy);
                }}
              >
                Discard
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Origin({ copy }: { readonly copy: SyncCopy }): JSX.Element {
  const { devices } = useApp();
  const when = (
    <time dateTime={new Date(copy.updatedAt).toISOString()}>{formatMoment(copy.updatedAt)}</time>
  );
  if (copy.reason === "forgotten")
    return (
      <>Edited on this device, {when}. Another device forgot the memory before this was sent.</>
    );
  const writer = devices.list.value?.find(({ id }) => id === copy.deviceId);
  return (
    <>
      Written on {nameOf(writer ?? { id: copy.deviceId, name: null })}, {when}, after it was
      removed.
    </>
  );
}

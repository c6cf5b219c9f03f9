import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** Whether the browser may clear the vault when the disk runs full, and the way to ask it not to. */
export function Persistence({
  persisted,
  onChange,
}: {
  readonly persisted: boolean | null;
  readonly onChange: () => void;
}): JSX.Element {
  const [refused, setRefused] = useState(false);
  if (persisted === null)
    return (
      <p>
        This browser does not tell whether it may clear the vault when the disk runs full. Export
        now and then.
      </p>
    );
  if (persisted) return <p>Protected: the browser clears this vault only when you tell it to.</p>;
  return (
    <div class="stack">
      <p>
        Not protected yet: if the disk runs full, the browser may clear the vault without asking.
      </p>
      <p>
        <button
          type="button"
          class="button"
          onClick={() => {
            navigator.storage.persist().then(
              (granted) => {
                setRefused(!granted);
                onChange();
              },
              () => setRefused(true),
            );
          }}
        >
          Ask the browser to protect it
        </button>
      </p>
      {refused && (
        <p role="status">
          The browser said no, without asking you. Most grant it to pages that are used often,
          bookmarked or installed. Until then, export now and then.
        </p>
      )}
    </div>
  );
}

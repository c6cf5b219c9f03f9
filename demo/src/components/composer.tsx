import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { Icon } from "./icons.tsx";

/** Where one writes. Enter sends, Shift and Enter break the line. */
export function Composer({ hint }: { readonly hint: string }): JSX.Element {
  const { chats } = useApp();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const busy = chats.busy.value;

  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);

  const send = (): void => {
    if (busy || text.trim() === "") return;
    setText("");
    void chats.send(text);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="visually-hidden" for="message">
        Message
      </label>
      <textarea
        id="message"
        ref={field}
        rows={1}
        value={text}
        placeholder="Write a message"
        aria-describedby="message-hint"
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            send();
          }
          if (event.key === "Escape" && busy) chats.stop();
        }}
      />
      {busy ? (
        <button
          type="button"
          class="button-send"
          aria-label="Stop the answer"
          onClick={() => chats.stop()}
        >
          <Icon name="stop" />
        </button>
      ) : (
        <button type="submit" class="button-send" aria-label="Send" disabled={text.trim() === ""}>
          <Icon name="send" />
        </button>
      )}
      <p id="message-hint" class="composer-hint">
        {hint}
      </p>
    </form>
  );
}

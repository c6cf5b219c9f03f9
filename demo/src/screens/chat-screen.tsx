import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Answer } from "../components/answer.tsx";
import { ChatStart } from "../components/chat-start.tsx";
import { Segmented, Switch } from "../components/choice.tsx";
import { Composer } from "../components/composer.tsx";
import { ConversationList } from "../components/conversation-list.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Icon } from "../components/icons.tsx";
import { useApp } from "../state/app-state.ts";
import type { Conversation } from "../state/chat-types.ts";
import { providerLabel } from "../state/provider.ts";

const CAPTURE = [
  { value: "auto", label: "Auto", hint: "Remember what you say" },
  { value: "ask", label: "Ask", hint: "Ask before anything is remembered" },
  { value: "off", label: "Off", hint: "Remember nothing" },
] as const;

/** The chat. */
export function ChatScreen(): JSX.Element {
  const { chats, settings, health } = useApp();
  const [listing, setListing] = useState(false);
  const chat = chats.current.value;
  const entries = chat.entries.value;
  const scripted = settings.provider.value === "scripted";
  const log = useStickToEnd(chat, chats.busy);
  return (
    <div class="chat">
      <header class="chat-head">
        <h1 tabIndex={-1} data-screen-title>
          {chat.title.value === "" ? "New chat" : chat.title.value}
        </h1>
        <div class="chat-actions">
          <button
            type="button"
            class="button button-small chats-button"
            onClick={() => setListing(true)}
          >
            <Icon name="list" /> Chats
          </button>
          <button type="button" class="button button-small" onClick={() => chats.start()}>
            <Icon name="plus" /> New chat
          </button>
        </div>
        <div class="chat-tools">
          <Segmented
            label="Remember"
            value={settings.capture.value}
            options={CAPTURE}
            onChange={(value) => (settings.capture.value = value)}
          />
          <Switch
            label="Temporary"
            hint="A temporary chat reads memory and writes none. Switching starts a new chat."
            checked={chat.temporary}
            onChange={(temporary) => chats.start({ temporary })}
          />
        </div>
      </header>
      <div
        class="chat-log"
        ref={log}
        tabIndex={entries.length > 0 ? 0 : -1}
        role="region"
        aria-label="Conversation"
      >
        <div class="chat-column">
          {entries.length === 0 ? (
            <ChatStart temporary={chat.temporary} />
          ) : (
            entries.map((entry, at) =>
              entry.role === "user" ? (
                <div key={entry.id} class="question">
                  <h2 class="visually-hidden">You said</h2>
                  <p>{entry.text}</p>
                </div>
              ) : (
                <Answer key={entry.id} answer={entry} last={at === entries.length - 1} />
              ),
            )
          )}
        </div>
      </div>
      <div class="chat-foot">
        <div class="chat-column">
          <Composer
            hint={
              scripted
                ? "Built-in demo model: no network, no intelligence. It can only quote what stands in the request it gets."
                : `Goes from this browser to ${providerLabel(settings)}.`
            }
          />
          {health.state.value === "down" && (
            <p class="composer-hint">Memory is not available: the chat goes on without it.</p>
          )}
        </div>
      </div>
      {listing && (
        <Dialog title="Chats of this page" onClose={() => setListing(false)} kind="sheet">
          <ConversationList onPick={() => setListing(false)} />
        </Dialog>
      )}
    </div>
  );
}

/** How long after an answer its last lines (what was remembered, what it cost) are still followed. */
const AFTER_MS = 1500;

/** Keeps the end of the conversation in view while an answer grows, unless one has scrolled up to read. */
function useStickToEnd(
  chat: Conversation,
  busy: ReadonlySignal<boolean>,
): { current: HTMLDivElement | null } {
  const log = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    const element = log.current;
    const column = element?.firstElementChild;
    if (element === null || column === null || column === undefined) return undefined;
    let atEnd = true;
    let until = 0;
    let ran = busy.peek();
    const read = (): void => {
      atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    };
    const touched = (): void => {
      until = 0;
    };
    const observer = new ResizeObserver(() => {
      if (atEnd && Date.now() < until) element.scrollTop = element.scrollHeight;
    });
    const stop = busy.subscribe((running) => {
      if (running) atEnd = true;
      if (running || ran) until = running ? Infinity : Date.now() + AFTER_MS;
      ran = running;
    });
    element.scrollTop = chat.entries.peek().length > 0 ? element.scrollHeight : 0;
    element.addEventListener("scroll", read, { passive: true });
    element.addEventListener("click", touched);
    observer.observe(column);
    return () => {
      stop();
      observer.disconnect();
      element.removeEventListener("scroll", read);
      element.removeEventListener("click", touched);
    };
  }, [chat.id]);
  return log;
}

import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";
import { Icon } from "./icons.tsx";

/** The chats of this page, newest first. */
export function ConversationList({ onPick }: { readonly onPick?: () => void }): JSX.Element | null {
  const { chats, router } = useApp();
  const listed = chats.all.value.filter((chat) => chat.entries.value.length > 0);
  if (listed.length === 0)
    return (
      <p class="muted small">
        Chats of this page show up here. They end with the page; what is remembered stays.
      </p>
    );
  return (
    <ul class="conversations">
      {listed.map((chat) => (
        <li key={chat.id}>
          <button
            type="button"
            class="conversation"
            aria-current={
              chat.id === chats.current.value.id && router.route.value.screen === "chat"
                ? "true"
                : undefined
            }
            onClick={() => {
              chats.open(chat.id);
              router.go("chat");
              onPick?.();
            }}
          >
            {chat.temporary && <Icon name="ghost" />}
            <span>{chat.title.value}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

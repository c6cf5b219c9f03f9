import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";

const PAIRS = [
  { tell: "I’m learning the cello and I practise on Sunday mornings.", ask: "What do I do on Sundays?" },
  { tell: "My sister Ines lives in Porto and visits me every spring.", ask: "When does my sister visit?" },
  { tell: "I work night shifts in a bakery, so I sleep until noon.", ask: "Until when do I sleep after a night shift?" },
] as const;

/** An empty chat: what this is, and a way to see it work in two steps. */
export function ChatStart({ temporary }: { readonly temporary: boolean }): JSX.Element {
  const { chats } = useApp();
  return (
    <div class="start">
      <Arches />
      <h2 class="start-title">{temporary ? "A chat that leaves no trace" : "Tell it once."}</h2>
      <p class="start-text">
        {temporary
          ? "This chat may read what you said before. Nothing you say in it is remembered."
          : "What you say is kept in this browser and nowhere else. Ask in any later chat, and the part that matters goes along with your question."}
      </p>
      {!temporary && (
        <section class="start-pairs" aria-label="Try this in two steps">
          <p class="start-steps" aria-hidden="true">
            <span>1. Say</span>
            <span>2. Ask in a new chat</span>
          </p>
          {PAIRS.map((pair) => (
            <div key={pair.tell} class="start-pair">
              <button type="button" class="chip" onClick={() => void chats.send(pair.tell)}>
                <span class="visually-hidden">Say: </span>
                {pair.tell}
              </button>
              <button
                type="button"
                class="chip chip-ask"
                onClick={() => {
                  chats.start();
                  void chats.send(pair.ask);
                }}
              >
                <span class="visually-hidden">Ask: </span>
                {pair.ask}
              </button>
            </div>
          ))}
        </section>
      )}
    </div>
  );
}

function Arches(): JSX.Element {
  return (
    <svg class="arches" viewBox="0 0 240 132" aria-hidden="true" focusable="false">
      <path class="arch-3" d="M12 132V116a108 108 0 0 1 216 0v16z" />
      <path class="arch-2" d="M44 132V116a76 76 0 0 1 152 0v16z" />
      <path class="arch-1" d="M76 132V116a44 44 0 0 1 88 0v16z" />
      <path class="arch-0" d="M104 132V118a16 16 0 0 1 32 0v14z" />
    </svg>
  );
}

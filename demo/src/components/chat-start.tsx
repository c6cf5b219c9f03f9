import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";

const PAIRS = [
  {
    tell: "I’m learning the cello and I practise on Sunday mornings.",
    ask: "What do I do on Sundays?",
  },
  {
    tell: "My sister Ines lives in Porto and visits me every spring.",
    ask: "When does my sister visit?",
  },
  {
    tell: "I work night shifts in a bakery, so I sleep until noon.",
    ask: "Until when do I sleep after a night shift?",
  },
] as const;

/** An empty chat: what this is, and a way to see it work in two steps. */
export function ChatStart({ temporary }: { readonly temporary: boolean }): JSX.Element {
  const { chats, devices } = useApp();
  return (
    <div class="start">
      <Arches />
      <h2 class="start-title">{temporary ? "Off the record." : "Tell it once."}</h2>
      <p class="start-text">
        {temporary
          ? "This chat may read what you said before. Nothing you say in it is remembered."
          : `What you say is remembered in this browser and ${devices.isOn.value ? "on the devices that share its vault" : "nowhere else"}. Ask in any later chat, and the part that matters goes along with your question.`}
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
    <svg class="arches" viewBox="0 0 148 156" aria-hidden="true" focusable="false">
      <path class="arch-3" d="M0 156V74a74 74 0 0 1 148 0v82z" />
      <path class="arch-2" d="M18 156V78a56 56 0 0 1 112 0v78z" />
      <path class="arch-1" d="M36 156V84a38 38 0 0 1 76 0v72z" />
      <path class="arch-shelf" d="M36 138h76v18H36z" />
      <path class="arch-0" d="M62 138v-22a12 12 0 0 1 24 0v22z" />
    </svg>
  );
}

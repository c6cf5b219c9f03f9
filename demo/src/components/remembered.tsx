import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import type { AnswerMessage } from "../state/chat-types.ts";
import { explain } from "../state/explain.ts";
import { Icon } from "./icons.tsx";
import { MemoryEditor } from "./memory-editor.tsx";

/** Under an answer: what was remembered from this exchange, or the question whether it shall be. */
export function Remembered({ answer }: { readonly answer: AnswerMessage }): JSX.Element | null {
  if (answer.pending.value !== null) return <Question answer={answer} />;
  return <Captured answer={answer} />;
}

function Captured({ answer }: { readonly answer: AnswerMessage }): JSX.Element | null {
  const { forgetting } = useApp();
  const [editing, setEditing] = useState<string | null>(null);
  if (answer.decision.value === "discarded")
    return <p class="remembered-note">Not remembered, as you asked.</p>;
  // The person's own words come first; the answer is kept as context and is not worth a second line.
  const own = answer.captured.value.filter(
    (record) => record.role === "user" && !forgetting.waiting.value.has(record.id),
  );
  if (own.length === 0) return null;
  const edited = own.find((record) => record.id === editing);
  return (
    <div class="remembered">
      {own.map((record) => (
        <p key={record.id} class="remembered-line">
          <Icon name="check" />
          <span>
            <span class="remembered-label">Remembered:</span> <q>{record.text}</q>
          </span>
          <span class="remembered-actions">
            <button
              type="button"
              class="link"
              onClick={() => setEditing(record.id)}
              aria-label={`Edit: ${record.text}`}
            >
              Edit
            </button>
            <button
              type="button"
              class="link"
              onClick={() => forgetting.schedule([record.id])}
              aria-label={`Forget: ${record.text}`}
            >
              Forget
            </button>
          </span>
        </p>
      ))}
      {edited !== undefined && <MemoryEditor record={edited} onClose={() => setEditing(null)} />}
    </div>
  );
}

function Question({ answer }: { readonly answer: AnswerMessage }): JSX.Element | null {
  const { notices } = useApp();
  const [deciding, setDeciding] = useState(false);
  const pending = answer.pending.value;
  if (pending === null) return null;
  const decide = async (accept: boolean): Promise<void> => {
    setDeciding(true);
    try {
      if (accept) await pending.accept();
      else pending.discard();
      answer.decision.value = accept ? "accepted" : "discarded";
      answer.pending.value = null;
      notices.announce(accept ? "Remembered." : "Not remembered.");
    } catch (error) {
      setDeciding(false);
      notices.tell(`Not remembered: ${explain(error).text}`, { tone: "problem" });
    }
  };
  return (
    <div class="ask" role="group" aria-label="Remember this exchange?">
      <p class="ask-title">Remember this exchange?</p>
      <ul class="ask-turns">
        {pending.turns.map((turn, at) => (
          <li key={at}>
            <span class="muted">{turn.role === "user" ? "You" : "Answer"}</span>{" "}
            <span class="clamp">{turn.text}</span>
          </li>
        ))}
      </ul>
      <div class="row">
        <button
          type="button"
          class="button button-small button-primary"
          disabled={deciding}
          onClick={() => void decide(true)}
        >
          Remember
        </button>
        <button
          type="button"
          class="button button-small"
          disabled={deciding}
          onClick={() => void decide(false)}
        >
          Don’t remember
        </button>
      </div>
    </div>
  );
}

import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";
import type { AnswerMessage } from "../state/chat-types.ts";
import { AnswerMemory } from "./answer-memory.tsx";
import { Icon } from "./icons.tsx";
import { Remembered } from "./remembered.tsx";

/** One answer: its text as it comes in, then what memory had to do with it. */
export function Answer({
  answer,
  last,
}: {
  readonly answer: AnswerMessage;
  readonly last: boolean;
}): JSX.Element {
  const { chats, notices } = useApp();
  const state = answer.state.value;
  const text = answer.text.value;
  const over = state === "done" || state === "stopped" || state === "failed";
  return (
    <article class="answer" aria-busy={!over} data-state={state}>
      <h3 class="visually-hidden">Answer</h3>
      {text !== "" && (
        <div class="answer-text">
          {text.split(/\n{2,}/u).map((paragraph, at) => (
            <p key={at}>{paragraph}</p>
          ))}
        </div>
      )}
      {state === "waiting" && (
        <p class="waiting">
          <span class="visually-hidden">Waiting for the answer</span>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
        </p>
      )}
      {state === "failed" && (
        <div class="failed">
          <p>
            <Icon name="warning" /> {answer.problem.value}
          </p>
          {last && (
            <button type="button" class="button button-small" onClick={() => void chats.retry()}>
              Try again
            </button>
          )}
        </div>
      )}
      {over && (
        <footer class="answer-foot">
          <Remembered answer={answer} />
          <AnswerMemory answer={answer} />
          <p class="answer-by">
            <span>{answer.provider.value}</span>
            {state === "stopped" && <span> · stopped</span>}
            {text !== "" && (
              <button
                type="button"
                class="link"
                onClick={() => {
                  navigator.clipboard.writeText(text).then(
                    () => notices.tell("Answer copied"),
                    () => notices.tell("The browser did not allow copying.", { tone: "problem" }),
                  );
                }}
              >
                Copy
              </button>
            )}
          </p>
        </footer>
      )}
    </article>
  );
}

import type { JSX } from "preact";
import type { RecalledMemory, Trace } from "@alcove/sdk";
import { href } from "../state/router.ts";
import { Bar } from "./bar.tsx";
import { SignalBars } from "./signal-bars.tsx";
import { explainLeft, formatDay } from "./words.ts";

/** What was put into the prompt: each memory with its reason and its numbers. */
export function RecalledMemories({
  memories,
}: {
  readonly memories: readonly RecalledMemory[];
}): JSX.Element {
  return (
    <ol class="recalled">
      {memories.map((memory) => (
        <li key={memory.id} class="recalled-item">
          <p class="said">
            <a href={href("memories", memory.id)}>{memory.text}</a>
          </p>
          <p class="recalled-why">
            <span class="tag tag-memory">
              {memory.part === "profile" ? "Profile" : "This turn"}
            </span>{" "}
            <span>{memory.why}</span>
          </p>
          <details class="fold">
            <summary>
              <span class="score">
                <Bar share={memory.score} />
                <span class="figure">{memory.score.toFixed(2)}</span>
              </span>
              <span class="muted">said {formatDay(memory.createdAt)} · signals</span>
            </summary>
            <SignalBars signals={memory.signals} />
          </details>
        </li>
      ))}
    </ol>
  );
}

/** What was looked at and left out, and why. */
export function LeftOut({ left }: { readonly left: Trace["left"] }): JSX.Element {
  return (
    <ul class="left-out">
      {left.map((item) => (
        <li key={item.id}>
          <a href={href("memories", item.id)}>Memory …{item.id.slice(-6)}</a>{" "}
          <span class="figure">{item.score.toFixed(2)}</span>{" "}
          <span class="muted">{explainLeft(item.reason)}</span>
        </li>
      ))}
    </ul>
  );
}

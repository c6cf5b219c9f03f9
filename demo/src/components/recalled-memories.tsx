import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RecalledMemory, Trace } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
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

/** What was looked at and left out, and why. The trace names ids; their texts are read when the list is shown. */
export function LeftOut({ left }: { readonly left: Trace["left"] }): JSX.Element {
  const { memory } = useApp();
  const [texts, setTexts] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    let gone = false;
    const read = async (): Promise<void> => {
      const records = await Promise.all(left.map((item) => memory.get(item.id)));
      if (gone) return;
      setTexts(
        new Map(records.flatMap((record) => (record === null ? [] : [[record.id, record.text]]))),
      );
    };
    // The ids alone still say what was left out.
    read().catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [left]);
  return (
    <ul class="left-out">
      {left.map((item) => (
        <li key={item.id}>
          <a class="clamp" href={href("memories", item.id)}>
            {texts.get(item.id) ?? `Memory …${item.id.slice(-6)}`}
          </a>
          <p>
            <span class="figure">{item.score.toFixed(2)}</span>{" "}
            <span class="muted">{explainLeft(item.reason)}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}

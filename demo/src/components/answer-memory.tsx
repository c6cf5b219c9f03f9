import type { JSX } from "preact";
import type { Trace } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import type { AnswerMessage } from "../state/chat-types.ts";
import { Bar } from "./bar.tsx";
import { Icon } from "./icons.tsx";
import { Niche } from "./mark.tsx";
import { PromptDiff } from "./prompt-diff.tsx";
import { LeftOut, RecalledMemories } from "./recalled-memories.tsx";
import { count, explainSkip, formatMs, formatNumber } from "./words.ts";

/** Under an answer: what memory did for it, what it cost, and the exact difference it made to the prompt. */
export function AnswerMemory({ answer }: { readonly answer: AnswerMessage }): JSX.Element | null {
  const { settings } = useApp();
  const trace = answer.trace.value;
  if (trace === null) return null;
  const used = trace.memories.length;
  return (
    <details class="trace">
      <summary>
        <Niche lit={used > 0} />
        <span class="trace-line">{summaryOf(trace)}</span>
        <Icon name="chevron" />
      </summary>
      <div class="trace-body">
        {trace.problem !== undefined && (
          <p class="problem-line">
            {trace.problem.message} <code>{trace.problem.code}</code>
          </p>
        )}
        {trace.skipped !== undefined && <p>{explainSkip(trace.skipped)}</p>}
        {used > 0 && (
          <section>
            <h3>Put into the prompt</h3>
            <RecalledMemories memories={trace.memories} />
          </section>
        )}
        <section>
          <h3>Cost</h3>
          <dl class="cost">
            <div>
              <dt>Tokens</dt>
              <dd>
                <Bar
                  share={
                    settings.budgetTokens.value === 0
                      ? 0
                      : trace.injected.tokens / settings.budgetTokens.value
                  }
                />
                <span class="figure">
                  {formatNumber(trace.injected.tokens)} of{" "}
                  {formatNumber(settings.budgetTokens.value)}
                </span>
              </dd>
            </div>
            <div>
              <dt>Time added</dt>
              <dd>
                <span class="figure">{formatMs(trace.addedMs)}</span>
                <span class="muted steps">
                  {Object.entries(trace.steps)
                    .map(([step, ms]) => `${step} ${formatMs(ms)}`)
                    .join(" · ")}
                </span>
              </dd>
            </div>
          </dl>
        </section>
        {trace.left.length > 0 && (
          <details class="fold fold-section">
            <summary>{count(trace.left.length, "other")} looked at and left out</summary>
            <LeftOut left={trace.left} />
          </details>
        )}
        {trace.request !== null && (
          <details class="fold fold-section">
            <summary>The exact prompt</summary>
            <PromptDiff before={trace.request.before} after={trace.request.after} />
          </details>
        )}
      </div>
    </details>
  );
}

function summaryOf(trace: Trace): string {
  if (trace.memories.length > 0) {
    return `${count(trace.memories.length, "memory", "memories")} used · ${count(trace.injected.tokens, "token")} · ${formatMs(trace.addedMs)}`;
  }
  return `No memory used · ${formatMs(trace.addedMs)}`;
}

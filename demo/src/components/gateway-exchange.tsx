import type { JSX } from "preact";
import type { Trace } from "@alcove/sdk";
import {
  compareHeaders,
  earlierMessages,
  type Exchange,
  type SeenRequest,
} from "../gateways/exchange.ts";
import { showJson } from "../prompt-diff/show-json.ts";
import { useApp } from "../state/app-state.ts";
import { PromptDiff } from "./prompt-diff.tsx";
import { RecalledMemories } from "./recalled-memories.tsx";
import { count, explainSkip, formatMs } from "./words.ts";

/** One call of gateway code, from all sides. */
export function GatewayExchange({
  exchange,
  host,
}: {
  readonly exchange: Exchange;
  readonly host: string;
}): JSX.Element {
  const { requests } = useApp();
  const { made, received, answer, text, trace } = exchange;
  const contacted = requests.hosts.value.find((one) => one.host === host)?.requests ?? 0;
  return (
    <>
      <section class="block" aria-label="The answer">
        <h2>The answer</h2>
        <div class="answer-text">
          {text.split(/\n{2,}/u).map((paragraph, at) => (
            <p key={at}>{paragraph}</p>
          ))}
        </div>
        {trace !== null && <MemoryLine trace={trace} earlier={earlierMessages(exchange)} />}
      </section>
      <section class="block" aria-label="The request">
        <h2>The request, before and after</h2>
        <dl class="route">
          <div>
            <dt>The app called</dt>
            <dd>
              <code>{made.url}</code>
            </dd>
          </div>
          <div>
            <dt>It went to</dt>
            <dd>
              <code>{received?.url ?? "nowhere: it was answered on this device"}</code>
            </dd>
          </div>
        </dl>
        <p class="muted small">
          What went out is what the built-in provider received, as it told this page.{" "}
          <code>{host}</code> was contacted {count(contacted, "time")}, as the browser counts this
          page’s requests.
        </p>
        {received !== null && (
          <>
            <h3>Body</h3>
            <PromptDiff before={made.body} after={received.body} />
            <h3>Headers</h3>
            <HeaderTable made={made.headers} received={received.headers} />
          </>
        )}
      </section>
      <section class="block" aria-label="The response">
        <h2>The response</h2>
        <table>
          <caption>Headers, as the app’s client sees them</caption>
          <tbody>
            <tr>
              <th scope="row">status</th>
              <td>{answer.status}</td>
            </tr>
            {answer.headers.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <details class="fold">
          <summary>The whole body</summary>
          <pre class="prompt-text" tabIndex={0} role="region" aria-label="Body of the response">
            {showJson(answer.body)}
          </pre>
        </details>
      </section>
      <Kept />
    </>
  );
}

function MemoryLine({
  trace,
  earlier,
}: {
  readonly trace: Trace;
  readonly earlier: number;
}): JSX.Element {
  const used = trace.memories.length;
  const cost =
    used === 0
      ? trace.skipped === undefined || earlier > 0
        ? "No memory was recalled."
        : explainSkip(trace.skipped)
      : `${count(used, "memory", "memories")} used, ${count(trace.injected.tokens, "token")}, ${formatMs(trace.addedMs)} added.`;
  return (
    <>
      <p class="muted small">
        {cost}
        {earlier > 0 &&
          ` ${count(earlier, "earlier message")} of this conversation went along, from this device.`}
      </p>
      {used > 0 && <RecalledMemories memories={trace.memories} />}
    </>
  );
}

function HeaderTable({
  made: sent,
  received: got,
}: {
  readonly made: SeenRequest["headers"];
  readonly received: SeenRequest["headers"];
}): JSX.Element {
  return (
    <table class="fates">
      <caption class="visually-hidden">Headers of the request, before and after</caption>
      <thead>
        <tr>
          <th scope="col">Header</th>
          <th scope="col">The app sent</th>
          <th scope="col">The provider got</th>
        </tr>
      </thead>
      <tbody>
        {compareHeaders(sent, got).map(({ name, made, received }) => (
          <tr key={name} data-changed={made !== received}>
            <th scope="row">{name}</th>
            <td>{made ?? <span class="muted">–</span>}</td>
            <td>{received ?? <span class="muted">removed</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What was remembered of this call, and for whom. */
function Kept(): JSX.Element {
  const { gateways, notices } = useApp();
  const kept = gateways.captured.value;
  const whose = kept?.scope.user ?? kept?.scope.container;
  return (
    <section class="block" aria-label="What was remembered">
      <h2>What was remembered</h2>
      {kept === null ? (
        <p class="muted">Nothing yet.</p>
      ) : (
        <>
          <ul class="kept">
            {kept.captured.turns.map((turn, at) => (
              <li key={at}>
                <span class="muted small">{turn.role === "user" ? "The user" : "The answer"}</span>
                <q>{turn.text}</q>
              </li>
            ))}
          </ul>
          <dl class="route">
            <div>
              <dt>For</dt>
              <dd>
                <code>{whose ?? "nobody in particular"}</code>
              </dd>
            </div>
            {kept.threadId !== null && (
              <div>
                <dt>Conversation</dt>
                <dd>
                  <code>{kept.threadId}</code>
                </dd>
              </div>
            )}
          </dl>
        </>
      )}
      <p class="muted small">
        Kept in a vault of its own on this device, apart from your chats.{" "}
        <button
          type="button"
          class="link"
          onClick={() =>
            void gateways
              .forget()
              .then(() => notices.tell("Everything that was remembered here is deleted"))
          }
        >
          Delete what was tried here
        </button>
      </p>
    </section>
  );
}

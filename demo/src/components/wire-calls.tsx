import type { JSX } from "preact";
import type { WireCall } from "../server-watch/watch-messages.ts";
import { formatBytes, formatSecond } from "./words.ts";

/** What went over the wire while one was looking. */
export function WireCalls({ calls }: { readonly calls: readonly WireCall[] }): JSX.Element {
  return (
    <details class="fold fold-section">
      <summary>On the wire: {calls.length === 0 ? "nothing yet" : calls[0]?.procedure}</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Requests of sync">
        <table>
          <caption>Requests of sync since this view was opened, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Request</th>
              <th scope="col">Sent</th>
              <th scope="col">Got</th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <tr key={call.id}>
                <td class="figure">{formatSecond(call.at)}</td>
                <td>
                  <code>{call.procedure}</code>
                </td>
                <td class="figure">
                  {call.outcome === "kept" ? "kept here" : formatBytes(call.sentBytes)}
                </td>
                <td class="figure">{gotOf(call)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function gotOf({ outcome, gotBytes }: WireCall): string {
  if (outcome === "kept") return "offline";
  if (outcome === "failed") return "no answer";
  const size = gotBytes === null ? "a stream" : formatBytes(gotBytes);
  return outcome === "refused" ? `refused, ${size}` : size;
}

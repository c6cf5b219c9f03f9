import type { JSX } from "preact";
import type { LineMark, SnippetLine } from "../gateways/gateway.ts";

const MARKS: Readonly<Record<LineMark, { readonly sign: string; readonly meaning: string }>> = {
  changed: { sign: "→", meaning: "The one line of the gateway’s code that changes" },
  setup: { sign: "+", meaning: "Once for the whole app" },
  page: { sign: "·", meaning: "Only because this code runs in a page" },
};

/** The gateway's usual code, with what is new in it marked. */
export function GatewaySnippet({ lines }: { readonly lines: readonly SnippetLine[] }): JSX.Element {
  const used = (Object.keys(MARKS) as LineMark[]).filter((mark) =>
    lines.some((line) => line.mark === mark),
  );
  return (
    <>
      <pre class="snippet" tabIndex={0} role="region" aria-label="Code">
        {lines.map((line, at) => (
          <span key={at} class="snippet-line" data-mark={line.mark}>
            <span class="snippet-sign" aria-hidden="true">
              {line.mark === undefined ? " " : MARKS[line.mark].sign}
            </span>
            {line.mark === "changed" ? <mark>{line.code}</mark> : <span>{line.code}</span>}
            {"\n"}
          </span>
        ))}
      </pre>
      <ul class="snippet-legend small">
        {used.map((mark) => (
          <li key={mark} data-mark={mark}>
            <span class="snippet-sign" aria-hidden="true">
              {MARKS[mark].sign}
            </span>
            <span>
              {MARKS[mark].meaning}:{" "}
              <code>{lines.find((line) => line.mark === mark)?.code.trim()}</code>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

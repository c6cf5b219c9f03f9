import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";
import { count, formatNumber } from "./words.ts";

const PARTIES = {
  own: "This page",
  provider: "The provider you chose",
  third: "Third party",
} as const;

/** Every host this page has contacted since it was loaded. */
export function RequestTable(): JSX.Element {
  const { requests } = useApp();
  const hosts = requests.hosts.value;
  const foreign = hosts
    .filter((host) => host.party === "third")
    .reduce((sum, host) => sum + host.requests, 0);
  return (
    <>
      <p class="verdict" data-good={foreign === 0}>
        {count(foreign, "third-party request")}
      </p>
      <table>
        <caption class="visually-hidden">Hosts contacted since the page was loaded</caption>
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col">Whose</th>
            <th scope="col">Requests</th>
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <tr key={host.host}>
              <td>{host.host}</td>
              <td>{PARTIES[host.party]}</td>
              <td class="figure">{formatNumber(host.requests)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted small">
        Counted by the browser’s own resource timing for this page. The page’s security policy lets
        scripts, styles and fonts come from this host only; the worker that holds the vault makes no
        requests but for its own script.
      </p>
    </>
  );
}

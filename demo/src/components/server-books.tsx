import type { JSX } from "preact";
import type { LogLine, ServerHoldings } from "../server-watch/server-holdings.ts";
import { formatNumber, formatUtcDay } from "./words.ts";

/** What the server has noted of devices and of the changes among them. */
export function ServerBooks({ holdings }: { readonly holdings: ServerHoldings }): JSX.Element {
  return (
    <details class="fold fold-section">
      <summary>Devices and days, as it notes them</summary>
      <div class="stack">
        <div class="table-wide" tabIndex={0} role="region" aria-label="Devices at the server">
          <table>
            <caption>Devices: keys and numbers, no names</caption>
            <thead>
              <tr>
                <th scope="col">Device</th>
                <th scope="col">Batches sent</th>
                <th scope="col">Last day here</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {holdings.devices.map((device) => (
                <tr key={device.id}>
                  <td>
                    <code>{device.id}</code>
                  </td>
                  <td class="figure">{formatNumber(device.batches)}</td>
                  <td>
                    {device.lastSeenDay === null ? "never" : formatUtcDay(device.lastSeenDay)}
                  </td>
                  <td>{device.removed ? "removed" : "takes part"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div class="table-wide" tabIndex={0} role="region" aria-label="Log at the server">
          <table>
            <caption>The log of members, signed by devices</caption>
            <thead>
              <tr>
                <th scope="col">Entry</th>
                <th scope="col">Day</th>
                <th scope="col">What</th>
              </tr>
            </thead>
            <tbody>
              {holdings.log.map((line) => (
                <tr key={line.index}>
                  <td class="figure">{line.index}</td>
                  <td>{formatUtcDay(line.day)}</td>
                  <td>
                    {CHANGES[line.change]}
                    {line.epoch === null ? "" : `, epoch ${line.epoch}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p class="muted small">
          The vault is <code class="long">{holdings.vaultId}</code> to it: a number that says
          nothing of you.
        </p>
      </div>
    </details>
  );
}

const CHANGES: Readonly<Record<LogLine["change"], string>> = {
  genesis: "The vault begins",
  add: "A device is added",
  revoke: "A device is removed",
  rotate: "New keys",
  floor: "Old keys are let go",
  recovery: "New recovery words",
  "keep-recovery": "The recovery words stay",
  reseed: "Filled anew",
};

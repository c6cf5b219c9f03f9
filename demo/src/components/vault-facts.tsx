import type { JSX } from "preact";
import type { VaultStats } from "@alcove/sdk";
import { Bar } from "./bar.tsx";
import { formatBytes, formatNumber } from "./words.ts";

/** What the vault holds and how much room it takes. */
export function VaultFacts({ stats }: { readonly stats: VaultStats }): JSX.Element {
  const { usage, quota } = stats.storage;
  return (
    <>
      <dl class="counts">
        <Count label="Said in chats" value={stats.turns} />
        <Count label="Notes" value={stats.notes} />
        <Count label="Derived" value={stats.derived} />
        <Count label="Chats" value={stats.threads} />
        <Count label="Earlier versions" value={stats.versions} />
      </dl>
      {usage !== null && quota !== null && quota > 0 && (
        <p class="quota">
          <Bar share={usage / quota} />
          <span class="figure">
            {formatBytes(usage)} of {formatBytes(quota)}
          </span>{" "}
          <span class="muted">that the browser allows this page</span>
        </p>
      )}
      <p class="muted small">
        The memory engine runs{" "}
        {stats.host === "worker"
          ? "in a worker beside the page"
          : "inside the page (no worker could be had)"}{" "}
        and holds {formatBytes(stats.index.residentBytes)} of index for{" "}
        {formatNumber(stats.index.documents)} texts.
      </p>
      {stats.scopes.length > 1 && (
        <table>
          <caption>Separate scopes in this vault</caption>
          <thead>
            <tr>
              <th scope="col">Scope</th>
              <th scope="col">Memories</th>
            </tr>
          </thead>
          <tbody>
            {stats.scopes.slice(0, 20).map(({ scope, records }) => {
              const fields = Object.entries(scope).map(
                ([field, value]) => `${field} ${String(value)}`,
              );
              const name = fields.length === 0 ? "You" : fields.join(", ");
              return (
                <tr key={name}>
                  <td>{name}</td>
                  <td class="figure">{formatNumber(records)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </>
  );
}

function Count({ label, value }: { readonly label: string; readonly value: number }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{formatNumber(value)}</dd>
    </div>
  );
}

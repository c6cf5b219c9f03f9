import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Memory } from "@alcove/sdk";
import type { SealedRow, ServerHoldings } from "../server-watch/server-holdings.ts";
import type { ServerWatch } from "../server-watch/server-watch.ts";
import { SealedRows } from "./sealed-rows.tsx";
import { ServerBooks } from "./server-books.tsx";
import { useNewest } from "./use-newest.ts";
import { WireCalls } from "./wire-calls.tsx";
import { WordSearch } from "./word-search.tsx";
import { count, formatBytes, formatNumber, formatSecond } from "./words.ts";

/** What the server holds of a vault at this moment, and what the same is on the device. Follows every exchange of sync. */
export function ServerLive(props: {
  readonly watch: ServerWatch;
  readonly memory: Pick<Memory, "list" | "on">;
  /** The device that asks, as the page calls it. */
  readonly device: string;
}): JSX.Element {
  const { watch, device } = props;
  useEffect(() => watch.follow(), [watch]);
  const holdings = watch.holdings.value;
  const fresh = useFresh(holdings);
  return (
    <div class="server-live">
      {!watch.isLegible.value && (
        <p class="problem-line" role="alert">
          What the server answered last is nothing of the protocol, so it is not shown.
        </p>
      )}
      {holdings === null ? (
        <p class="muted">Asking the server what it has…</p>
      ) : (
        <>
          <p class="muted small">
            {watch.isPlugged.value
              ? `The server’s own answer to ${device}, ${formatSecond(holdings.at)}.`
              : `Offline: this is the server’s last answer to ${device}, ${formatSecond(holdings.at)}.`}
          </p>
          <p class="visually-hidden" role="status">
            The server holds {count(holdings.entries, "sealed row")}.
          </p>
          <Figures holdings={holdings} />
          <div class="server-sides">
            <section aria-label="What the server holds">
              <h3>It holds</h3>
              <SealedRows holdings={holdings} fresh={fresh} />
              {holdings.snapshot !== null && (
                <p class="muted small">
                  And a sealed snapshot of {count(holdings.snapshot.rows, "row")} for new devices:{" "}
                  {count(holdings.snapshot.blobs, "blob")}, {formatBytes(holdings.snapshot.bytes)}.
                </p>
              )}
            </section>
            <section aria-label="What the server does not see">
              <h3>It does not see</h3>
              <Readable memory={props.memory} device={device} />
            </section>
          </div>
          <WordSearch holdings={holdings} />
          <ServerBooks holdings={holdings} />
        </>
      )}
      <WireCalls calls={watch.calls.value} />
    </div>
  );
}

function Figures({ holdings }: { readonly holdings: ServerHoldings }): JSX.Element {
  const epochs = new Set(holdings.rows.map(({ epoch }) => epoch));
  const figures: readonly (readonly [string, string])[] = [
    ["Sealed rows", formatNumber(holdings.entries)],
    ["In all", formatBytes(holdings.bytes)],
    ["Devices", formatNumber(holdings.devices.filter(({ removed }) => !removed).length)],
    [
      epochs.size > 1 ? "Epochs of keys" : "Epoch of keys",
      [...epochs].toSorted((a, b) => a - b).join(", "),
    ],
  ];
  return (
    <dl class="counts">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value === "" ? "–" : value}</dd>
        </div>
      ))}
    </dl>
  );
}

const SHOWN = 5;

function Readable(props: {
  readonly memory: Pick<Memory, "list" | "on">;
  readonly device: string;
}): JSX.Element {
  const newest = useNewest(props.memory, SHOWN);
  if (newest === null) return <p class="muted">Reading…</p>;
  if (newest.length === 0)
    return <p class="muted">Nothing is remembered yet, so there is nothing to hide.</p>;
  return (
    <>
      <p class="muted small">The newest of it, opened by the keys on {props.device}:</p>
      <ul class="readable">
        {newest.map(({ id, text }) => (
          <li key={id} class="said clamp">
            {text}
          </li>
        ))}
      </ul>
      <p class="muted small">
        Nor when it was said, in which chat, under what tags, or that one row is an edit and another
        a thing forgotten.
      </p>
    </>
  );
}

/** Rows that were not in the answer before. */
function useFresh(holdings: ServerHoldings | null): ReadonlySet<number> {
  const known = useRef<{ at: number; seqs: ReadonlySet<number>; fresh: ReadonlySet<number> }>({
    at: 0,
    seqs: new Set(),
    fresh: new Set(),
  });
  if (holdings !== null && holdings.at !== known.current.at) {
    const { at, seqs, fresh } = known.current;
    const now = new Set(holdings.rows.map((row: SealedRow) => row.seq));
    const added = new Set([...now].filter((seq) => !seqs.has(seq)));
    known.current = {
      at: holdings.at,
      seqs: now,
      // At first all is as it was; and a look that brings nothing leaves the marks of the one before.
      fresh: at === 0 ? new Set() : added.size === 0 ? fresh : added,
    };
  }
  return known.current.fresh;
}

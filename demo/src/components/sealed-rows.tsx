import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { toHex, type SealedRow, type ServerHoldings } from "../server-watch/server-holdings.ts";
import { count, formatNumber } from "./words.ts";

const FEW = 8;
/** Of one row; the largest has 258,048 bytes, which nobody reads. */
const MOST_SHOWN = 1_024;
const TAG_BYTES = 16;

/** The rows of a vault as the server has them: sizes, numbers and ciphertext. */
export function SealedRows(props: {
  readonly holdings: ServerHoldings;
  readonly fresh: ReadonlySet<number>;
}): JSX.Element {
  const { rows, entries } = props.holdings;
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FEW);
  if (rows.length === 0) return <p class="muted">No row.</p>;
  return (
    <>
      <ol class="sealed">
        {shown.map((row) => (
          <Row key={row.seq} row={row} fresh={props.fresh.has(row.seq)} />
        ))}
      </ol>
      {rows.length > FEW && !all && (
        <button type="button" class="button button-small" onClick={() => setAll(true)}>
          Show all {formatNumber(rows.length)}
        </button>
      )}
      {entries > rows.length && (
        <p class="muted small">Of {count(entries, "row")}, the newest are shown.</p>
      )}
    </>
  );
}

function Row({ row, fresh }: { readonly row: SealedRow; readonly fresh: boolean }): JSX.Element {
  const [open, setOpen] = useState(false);
  const { ciphertext } = row;
  return (
    <li class="sealed-row" data-fresh={fresh}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class="sealed-facts">
            <span class="sealed-seq">{formatNumber(row.seq)}</span>
            <span>{formatNumber(ciphertext.length - TAG_BYTES)} bytes</span>
            <span>epoch {row.epoch}</span>
            <span>
              device <code>{row.writer.slice(0, 6)}</code>
            </span>
            <span>{row.batchNo === null ? "an older batch" : `batch ${row.batchNo}`}</span>
            {fresh && <span class="tag tag-memory">new</span>}
          </span>
          <code class="hex hex-line" aria-hidden="true">
            {spaced(ciphertext.subarray(0, 48))}
          </code>
        </summary>
        {open && (
          <p class="hex" translate={false}>
            {spaced(ciphertext.subarray(0, MOST_SHOWN))}
            {ciphertext.length > MOST_SHOWN &&
              ` … and ${count(ciphertext.length - MOST_SHOWN, "byte")} more`}
          </p>
        )}
      </details>
    </li>
  );
}

/** Pairs of bytes, so that a line can break between them. */
function spaced(bytes: Uint8Array): string {
  return toHex(bytes).replaceAll(/.{4}(?=.)/gu, "$& ");
}

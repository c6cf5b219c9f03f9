import type { SyncRecordRow } from "../vault/sync-store.ts";
import { isAside, keptRecord, recordOf } from "./aside.ts";
import type { Ledger } from "./ledger.ts";
import { mergeAll } from "./merge-pulled.ts";
import { isForgotten } from "./merge.ts";
import { readable } from "./open-rows.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { write } from "./pull.ts";

/** Takes up what was set aside and can be read by now: another version may run since. */
export async function readAgain(
  deps: PullDeps,
  ledger: Ledger,
  kept: readonly SyncRecordRow[],
): Promise<void> {
  const opened: OpenedRow[] = [];
  for (const { key, shape } of kept) {
    const state = shape && (await readable(deps, recordOf(key), shape));
    if (!shape || !state) continue;
    const said = {
      record: recordOf(key),
      digest: await deps.replica.digestOf(state),
      tombstone: isForgotten(state),
    };
    const dots = ledger.dotsOf(key);
    opened.push(
      ...dots.map((row) => ({ row: { ...row, ...said }, state, content: shape, claims: [] })),
    );
  }
  if (opened.length === 0) return;
  for (const { row } of opened) ledger.hold(row);
  const records = await mergeAll(deps, ledger, opened);
  const still = new Set(records.map(({ row }) => row.key).filter(isAside));
  const read = kept.filter(({ key }) => !still.has(key) && ledger.dotsOf(key).length === 0);
  const dots = opened.flatMap(({ row }) => ledger.held.get(row.dot) ?? []);
  await write(deps, [...read.map(({ key }) => keptRecord(key, null)), ...records], {
    state: ledger.next(),
    manifests: [],
    dots,
    gone: [],
  });
}

import type { SyncRecordRow } from "../vault/sync-store.ts";
import { isAside, isSealed, keptRecord, recordOf } from "./aside.ts";
import { toDot, type Ledger } from "./ledger.ts";
import { mergeAll } from "./merge-pulled.ts";
import { isForgotten } from "./merge.ts";
import { createKeys, openSigned, readable } from "./open-rows.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { write } from "./pull.ts";

/** Takes up what was set aside and can be read by now: another version may run since. */
export async function readAgain(
  deps: PullDeps,
  ledger: Ledger,
  kept: readonly SyncRecordRow[],
): Promise<void> {
  const opened: OpenedRow[] = [];
  const keyOf = createKeys(deps.access);
  for (const { key, shape } of kept) {
    for (const row of ledger.dotsOf(key)) {
      const place = { ...toDot(row.dot), epoch: row.epoch };
      const content =
        shape && isSealed(key) ? await openSigned(deps.access, keyOf, place, shape) : shape;
      const state = content && (await readable(deps, recordOf(key), content));
      // What opens by now and cannot be read is set aside as that.
      if (!content || (!state && !isSealed(key))) continue;
      const said = {
        record: recordOf(key),
        digest: state ? await deps.replica.digestOf(state) : "",
        tombstone: state !== null && isForgotten(state),
      };
      opened.push({ row: { ...row, ...said }, state, content, claims: [] });
    }
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

import type { RemoteRecord } from "../vault/sync-store.ts";
import { WireError } from "../wire/wire-error.ts";
import type { Ledger } from "./ledger.ts";
import { toMemory } from "./memory-state.ts";
import { isForgotten, mergeRecords } from "./merge.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { deviceRecord, isDevice, vaultIdOfKey, ID_FIELD } from "./record-id.ts";
import { withoutVectors, type HeldRecord } from "./replica.ts";

/** What this device holds from now on of the records that rows came of. */
export async function mergeAll(
  deps: PullDeps,
  ledger: Ledger,
  opened: readonly OpenedRow[],
): Promise<readonly RemoteRecord[]> {
  const pulled = new Map<string, OpenedRow[]>();
  for (const one of opened)
    pulled.set(one.row.record, [...(pulled.get(one.row.record) ?? []), one]);
  const held = await deps.replica.read(
    [...pulled].map(([key, rows]) => ({ key, id: idOf(key, rows) })),
    ledger,
  );
  return Promise.all(held.map((one) => mergeOne(deps, one, pulled.get(one.key) ?? [])));
}

function idOf(key: string, rows: readonly OpenedRow[]): string {
  for (const { state } of rows) {
    if (isForgotten(state)) continue;
    if (state.fields["kind"]?.value === "device") return deviceRecord(key);
    return vaultIdOfKey(key, state.fields[ID_FIELD]?.value);
  }
  return vaultIdOfKey(key, null);
}

async function mergeOne(
  { replica, vault }: PullDeps,
  held: HeldRecord,
  rows: readonly OpenedRow[],
): Promise<RemoteRecord> {
  const { key, id, local } = held;
  // A member may write what it likes into a record, but not take another record's place in the vault.
  if ((await replica.keyOf(id)) !== key && !rows.every(({ state }) => isForgotten(state)))
    throw new WireError("A record says that it is another one.", "refused");
  const states = rows.map(({ state }) => withoutVectors(state));
  const merged = [...(held.state ? [held.state] : []), ...states].reduce(mergeRecords);
  const digest = await replica.digestOf(merged);
  const send = held.dots.some((row) => row.digest !== digest);
  const memory = isForgotten(merged) || isDevice(id) ? null : toMemory(id, merged);
  const row = replica.rowOf(key, id, merged, memory?.draft.scope.user);
  if (!memory || isForgotten(merged)) return { row, memory: null, from: held.outbox, send };
  const { draft } = memory;
  const embedding = rows
    .flatMap(({ state }) => (isForgotten(state) ? [] : state.text.versions))
    .find(({ stamp, embedding: of }) => of && stamp === merged.text.versions[0]?.stamp)?.embedding;
  const vector = embedding
    ? { space: embedding.space, vector: new Uint8Array(embedding.vector) }
    : null;
  const known = new Set([
    draft.text,
    local?.record.text,
    ...(held.row?.others ?? []).map(({ text }) => text),
  ]);
  return {
    row,
    memory: {
      draft,
      entry: vault.entryOf(draft),
      nodes: memory.nodes,
      vector: vector && (await vault.takesVector(vector)) ? vector : null,
      lost: row.others
        .filter(({ text }) => !known.has(text))
        .map(({ text, textHash }) => ({ ...draft, text, textHash })),
    },
    from: held.outbox,
    send,
  };
}

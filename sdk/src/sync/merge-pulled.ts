import type { RemoteRecord } from "../vault/sync-store.ts";
import { isFaultOfContent } from "./aside.ts";
import type { Ledger } from "./ledger.ts";
import { toMemory } from "./memory-state.ts";
import { isForgotten, mergeRecords, type SyncRecord } from "./merge.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { claimedId } from "./open-rows.ts";
import { isDevice, vaultIdOfKey } from "./record-id.ts";
import { withoutVectors, type HeldRecord } from "./replica.ts";

/** A row that can be read. */
export type ReadRow = OpenedRow & { readonly state: SyncRecord };

/** What this device holds from now on of the records that rows came of. Rows that cannot be taken are set aside. */
export async function mergeAll(
  deps: PullDeps,
  ledger: Ledger,
  opened: readonly OpenedRow[],
): Promise<readonly RemoteRecord[]> {
  const pulled = new Map<string, ReadRow[]>();
  const unread: OpenedRow[] = [];
  for (const one of opened) {
    if (!isRead(one)) unread.push(one);
    else pulled.set(one.row.record, [...(pulled.get(one.row.record) ?? []), one]);
  }
  const held = await deps.replica.read(
    [...pulled].map(([key, rows]) => ({ key, id: idOf(key, rows) })),
    ledger,
  );
  const undone = new Set(ledger.state.reread?.undone);
  const merged = await Promise.all(
    held.map((one) => {
      const from = undone.has(one.key) ? { ...one, state: null } : one;
      return mergeRows(deps, ledger, from, pulled.get(one.key) ?? []);
    }),
  );
  if (unread.length === 0) return merged.flat();
  const { setAside } = await import("./repairs.ts");
  const aside = await Promise.all(unread.map((one) => setAside(deps, ledger, one)));
  return [...merged.flat(), ...aside];
}

function isRead(one: OpenedRow): one is ReadRow {
  return one.state !== null;
}

async function mergeRows(
  deps: PullDeps,
  ledger: Ledger,
  held: HeldRecord,
  rows: readonly ReadRow[],
): Promise<readonly RemoteRecord[]> {
  try {
    return [await mergeOne(deps, held, rows)];
  } catch (error) {
    if (!isFaultOfContent(error)) throw error;
  }
  const { mergeApart } = await import("./repairs.ts");
  return mergeApart(deps, ledger, held, rows, mergeOne);
}

function idOf(key: string, rows: readonly ReadRow[]): string {
  const live = rows.find(({ state }) => !isForgotten(state));
  return live ? claimedId(key, live.state) : vaultIdOfKey(key, null);
}

async function mergeOne(
  { replica, vault }: PullDeps,
  held: HeldRecord,
  rows: readonly ReadRow[],
): Promise<RemoteRecord> {
  const { key, id, local } = held;
  const states = rows.map(({ state }) => withoutVectors(state));
  const merged = [...(held.state ? [held.state] : []), ...states].reduce(mergeRecords);
  const [alone] = held.state === null && rows.length === 1 ? rows : [];
  const digest = alone?.row.digest ?? (await replica.digestOf(merged));
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
